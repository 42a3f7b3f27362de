#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/unique_fd.hpp"
#include "io/event_loop.hpp"
#include "net/address.hpp"

namespace nbcrawl {

/// A listening socket: hands over each client that comes. Out of descriptors it stops for a moment instead of being
/// told again and again of the client it can't take; that client waits in the system's queue.
class Listener final : public Pollable {
 public:
  using OnAccept = std::move_only_function<void(UniqueFd socket, const Address& client)>;

  /// Binds and begins; port 0 lets the system choose. Errors: system_failed, and those of EventLoop::watch().
  static Result<std::unique_ptr<Listener>> open(EventLoop& loop, const Address& address, OnAccept on_accept);

  /// Takes no client until resume().
  void pause() noexcept;
  void resume();

  /// What it is bound to, with the port.
  [[nodiscard]] const Address& address() const noexcept { return address_; }

  [[nodiscard]] int fileno() const noexcept override { return socket_.get(); }
  void on_ready(bool readable, bool writable) override;

 private:
  Listener(EventLoop& loop, UniqueFd socket, const Address& address, OnAccept on_accept);
  void set_accepting(bool accepting);

  EventLoop& loop_;
  UniqueFd socket_;
  Registration registration_;
  Timer retry_;
  Address address_;
  OnAccept on_accept_;
  bool paused_ = false;
};

}  // namespace nbcrawl
