#pragma once

#include <string_view>

#include "callbacks/save_file.hpp"
#include "charset/page_decoder.hpp"
#include "nbcrawl/callback.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// What a built-in callback is given.
struct CallbackInput {
  const Response& response;
  std::string_view argument;  ///< behind the colon of its spec
  PageDecoder& decoder;
  SaveFile* saved;  ///< of `save`; null elsewhere
};

// The built-in callbacks, each in the file of its name. Errors: callback_failed, for save output_failed.
Result<> run_decode(const CallbackInput& input, Emitter& emitter);
Result<> run_raw(const CallbackInput& input, Emitter& emitter);
Result<> run_headers(const CallbackInput& input, Emitter& emitter);
Result<> run_links(const CallbackInput& input, Emitter& emitter);
Result<> run_title(const CallbackInput& input, Emitter& emitter);
Result<> run_text(const CallbackInput& input, Emitter& emitter);
Result<> run_json(const CallbackInput& input, Emitter& emitter);
Result<> run_save(const CallbackInput& input, Emitter& emitter);
Result<> run_discard(const CallbackInput& input, Emitter& emitter);

// Whether an argument is good, told when the job list is read. Error: invalid_job.
Result<> check_no_argument(std::string_view argument);
Result<> check_raw(std::string_view argument);
Result<> check_decode(std::string_view argument);
Result<> check_json(std::string_view argument);
Result<> check_exec(std::string_view argument);

}  // namespace nbcrawl
