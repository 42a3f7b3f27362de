#include "cli/fetch_command.hpp"

#include <CLI/CLI.hpp>

#include "cli/config_option.hpp"
#include "cli/option_types.hpp"
#include "jobs/field_values.hpp"
#include "net/resolver.hpp"
#include "url/proxy_url.hpp"

namespace nbcrawl {

namespace {

void add_load_options(CLI::App& fetch, Options& options) {
  fetch.option_defaults()->group("Load");
  add_count_option(fetch, "-P,--concurrency", options.concurrency, transfers, "Transfers under way at once");
  add_count_option(fetch, "--per-host", options.per_host, transfers, "Transfers under way to one host");
  add_threads_option(fetch, options.threads);
  add_rate_option(fetch, "--rate", options.gap, "Requests a second, at most, in all");
  add_rate_option(fetch, "--host-rate", options.host_gap, "Requests a second, at most, to one host");
  add_gap_option(fetch, "--host-delay", options.host_gap, "Least time between two requests to one host");
  add_multiplexer_option(fetch, options.multiplexer);
}

void add_retry_options(CLI::App& fetch, Options& options) {
  fetch.option_defaults()->group(
      "Retry (Retry-After holds up its whole host, for 5 minutes at most, also where the job is not tried again)");
  add_count_option(
      fetch, "--retry", options.retries, {.least = 0, .most = max_count},
      "Further tries where the connection failed or the status says so; methods that may be repeated only");
  add_retry_statuses_option(fetch, options.retry_statuses);
}

void add_time_options(CLI::App& fetch, Options& options) {
  fetch.option_defaults()->group("Time (units ms s m h; a bare number is seconds)");
  add_duration_option(fetch, "--connect-timeout", options.connect_timeout,
                      "For name look-up, connect and TLS handshake together");
  add_duration_option(fetch, "-m,--max-time", options.max_time,
                      "For one try of a job, from its start to its last byte");
  auto* const speed_limit =
      add_size_option(fetch, "--speed-limit", options.speed_limit,
                      "A response of fewer bytes a second than this for --speed-time fails its job; 0: none does");
  add_duration_option(fetch, "--speed-time", options.speed_time, "For how long it must be slower")->needs(speed_limit);
}

void add_version_options(CLI::App& fetch, Options& options) {
  const auto add = [&](const char* name, HttpVersion version, const char* help) {
    return fetch.add_flag_callback(name, [&options, version] { options.http_version = version; }, help);
  };
  auto* const http1 = add("--http1.1", HttpVersion::http1_1, "Speak HTTP/1.1 only");
  auto* const http2 =
      add("--http2", HttpVersion::http2, "With https speak HTTP/2 where the server does, else HTTP/1.1 (the default)");
  auto* const only_http2 =
      add("--http2-prior-knowledge", HttpVersion::http2_prior_knowledge,
          "Speak HTTP/2 only, with http URLs too; proxies that are handed whole requests excepted");
  http1->excludes(http2, only_http2);
  http2->excludes(only_http2);
}

void add_http_options(CLI::App& fetch, FetchSettings& settings) {
  Options& options = settings.options;
  fetch.option_defaults()->group("HTTP");
  add_header_option(fetch, options.headers);
  add_method_option(fetch, options.method);
  fetch
      .add_option("-d,--data", settings.data,
                  "Body of jobs without one, as form data, and their method POST; @FILE: of a file, without its line "
                  "ends; repeated, joined by &")
      ->type_name("DATA|@FILE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_version_options(fetch, options);
  add_credentials_option(fetch, options.credentials);
  add_cookie_options(fetch, options);
  fetch.add_option("-A,--user-agent", options.user_agent, "User-Agent to send")->capture_default_str();
  add_count_option(fetch, "--max-redirs", options.max_redirects, {.least = 0, .most = max_count},
                   "Redirects followed for one job; 0: a redirect is a result");
}

void add_outcome_options(CLI::App& fetch, Options& options) {
  fetch.option_defaults()->group("Outcome");
  auto* const fail = fetch.add_flag("--fail", options.fail_on_status, "Statuses of 400 and above fail their job");
  add_accept_option(fetch, options.accept)->excludes(fail);
  add_max_errors_option(fetch, options.max_errors);
}

void add_proxy_options(CLI::App& fetch, Options& options) {
  fetch.option_defaults()->group("Proxy (by default that of http_proxy, https_proxy, all_proxy and no_proxy)");
  fetch
      .add_option_function<std::string>(
          "-x,--proxy", [&options](const std::string& url) { options.proxy = url; },
          "Go through this proxy; scheme http, socks5, or socks5h, which looks names up itself; \"\": through none")
      ->type_name("[SCHEME://][USER:PASSWORD@]HOST[:PORT]")
      ->check(good_for(
          [](const std::string& url) -> Result<ProxyUrl> { return url.empty() ? ProxyUrl() : ProxyUrl::parse(url); }));
  fetch
      .add_option_function<std::string>(
          "--noproxy", [&options](const std::string& hosts) { options.no_proxy = hosts; },
          "Hosts reached without: names and all below them, addresses, blocks as 10.0.0.0/8, * for all; \"\": none, "
          "whatever no_proxy says")
      ->type_name("HOST,...");
}

void add_tls_options(CLI::App& fetch, TlsOptions& options) {
  fetch.option_defaults()->group("TLS (files are PEM; SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE are honoured)");
  fetch.add_flag("-k,--insecure", options.insecure, "Take any certificate; records say so");
  add_file_option(fetch, "--cacert", options.ca_file, "Trust these authorities, not the system's");
  auto* const certificate =
      add_file_option(fetch, "--cert", options.certificate_file, "Client certificate and its chain");
  add_file_option(fetch, "--key", options.key_file, "Private key of the client certificate; by default it is in --cert")
      ->needs(certificate);
  add_choice_option<TlsVersion>(fetch, "--tls-min", options.min_version, "Least version of TLS",
                                {{"1.2", TlsVersion::tls1_2}, {"1.3", TlsVersion::tls1_3}});
}

void add_dns_options(CLI::App& fetch, Options& options) {
  fetch.option_defaults()->group("DNS");
  fetch
      .add_option("--resolve", options.resolve,
                  "Use this address for this host and port, in place of a look-up; may be repeated")
      ->type_name("HOST:PORT:ADDR[,ADDR]")
      ->check(good_for(PinnedName::parse))
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  fetch.add_option("--dns-servers", options.dns_servers, "Ask these name servers")
      ->type_name("IP[:PORT],...")
      ->check(not_empty());
  fetch.add_flag("--deny-private", options.deny_private,
                 "Connect to public addresses only, whatever names and redirects say");
  auto* const only_v4 = fetch.add_flag_callback(
      "-4,--ipv4", [&options] { options.family = AddressFamily::ipv4; }, "Use IPv4 addresses only");
  fetch.add_flag_callback(
           "-6,--ipv6", [&options] { options.family = AddressFamily::ipv6; }, "Use IPv6 addresses only")
      ->excludes(only_v4);
}

void add_limit_options(CLI::App& fetch, Options& options) {
  fetch.option_defaults()->group("Limits (units k M G)");
  add_size_option(fetch, "--max-filesize", options.limits.max_body_bytes, "Largest body; a larger one fails its job")
      ->check(above_zero());
  add_size_option(fetch, "--max-body-memory", options.limits.max_body_memory_bytes,
                  "Memory of all bodies that arrive; beyond it large ones wait for each other")
      ->option_text("SIZE [half of the machine's]");
  add_size_option(fetch, "--max-header-size", options.limits.max_header_bytes, "Largest response head; 1G at most")
      ->check(above_zero())
      ->check(at_most(Limits::header_bytes_ceiling));
  add_size_option(fetch, "--limit-rate", options.limit_rate, "Bytes a second, at most, of one response; 0: no limit");
}

/// By a choice, whose text in the help is our own: CLI11 tells it there of all others.
void make_needed(CLI::Option& needed, CLI::Option& choice) {
  choice.needs(&needed)->option_text(choice.get_option_text() + " Needs: " + needed.get_name());
}

void add_output_options(CLI::App& fetch, FetchSettings& settings) {
  fetch.option_defaults()->group("Output");
  fetch
      .add_option("--callback", settings.options.callbacks,
                  "What is done with a page where its job does not say: decode[:CHARSET], raw[:coded], headers, "
                  "save[:TEMPLATE], links, title, text, json[:POINTER], exec:COMMAND, discard; "
                  "repeat it for several, run in order")
      ->type_name("NAME[:ARG]")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_count_option(fetch, "--exec-jobs", settings.options.exec_jobs, {.least = 1, .most = 10'000},
                   "Commands of exec that run at once")
      ->option_text("N [one a processor]");
  auto* const jsonl = fetch.add_flag("--jsonl", settings.jsonl, "Write a record a job (NDJSON) in place of the bodies");
  auto* const body = add_choice_option<BodyForm>(fetch, "--body", settings.body, "How records hold the body",
                                                 {body_forms.begin(), body_forms.end()});
  make_needed(*jsonl, *body);
  add_fields_option(fetch, settings.fields)->needs(jsonl);
  fetch.add_flag("--ordered", settings.ordered, "Results in the order of the jobs, not as they complete");
  fetch.add_flag("-0,--null", settings.null_separator, "A NUL after each body")->excludes(jsonl);
  add_file_option(fetch, "-o,--output", settings.output_file, "Write results to this file; - is standard output");
  add_file_option(fetch, "--output-dir", settings.output_directory,
                  "Write each body to a file of its own below this folder")
      ->type_name("DIR");
}

void add_resume_options(CLI::App& fetch, FetchSettings& settings) {
  const std::string group = "Resuming (docs/resumable-runs.md)";
  auto* const state =
      add_file_option(fetch, "--state", settings.state_file,
                      "Keep in this file what is done; the same command goes on where a run was stopped or killed")
          ->group(group);
  fetch.add_flag("--retry-failed", settings.retry_failed, "Also fetch again what failed in earlier runs")
      ->needs(state)
      ->group(group);
}

void add_message_options(CLI::App& fetch, FetchSettings& settings) {
  fetch.option_defaults()->group("Messages (on standard error)");
  fetch.add_flag("-v,--verbose", settings.verbose, "Tell each step of each transfer");
  fetch.add_flag("-s,--silent", settings.silent, "No progress, no line for a failed job, no summary");
  add_choice_option<ProgressMode>(fetch, "--progress", settings.progress,
                                  "How progress is shown: a bar on a terminal that neither results nor the log go to, "
                                  "else plain lines",
                                  {{"auto", ProgressMode::automatic},
                                   {"bar", ProgressMode::bar},
                                   {"plain", ProgressMode::plain},
                                   {"none", ProgressMode::none}});
  auto* const log_file =
      add_file_option(fetch, "--log-file", settings.log_file, "Append a log to this file; - is standard error");
  auto* const log_level = add_choice_option<LogLevel>(
      fetch, "--log-level", settings.log_level,
      "The log file tells where the run goes on with less (warning), also which host is left alone for how long "
      "(info), also each step of each transfer (debug)",
      {{"debug", LogLevel::debug}, {"info", LogLevel::info}, {"warning", LogLevel::warning}});
  make_needed(*log_file, *log_level);
}

}  // namespace

CLI::App* add_fetch_command(CLI::App& app, FetchSettings& settings) {
  CLI::App* fetch = app.add_subcommand("fetch", "Fetch a job list");
  fetch->add_option("JOBS", settings.jobs, "Job lists: files, - for standard input, or http:// URLs")
      ->required()
      ->check(not_empty());
  fetch->add_flag("--skip-invalid", settings.skip_invalid,
                  "A bad record of the job list fails alone; the rest goes on");
  fetch->fallthrough();  // --version belongs to the program, and stands behind the subcommand too
  add_config_option(*fetch, settings.config_file);  // before all options that it may set
  add_load_options(*fetch, settings.options);
  add_time_options(*fetch, settings.options);
  add_retry_options(*fetch, settings.options);
  add_http_options(*fetch, settings);
  add_proxy_options(*fetch, settings.options);
  add_tls_options(*fetch, settings.options.tls);
  add_dns_options(*fetch, settings.options);
  add_limit_options(*fetch, settings.options);
  add_outcome_options(*fetch, settings.options);
  add_output_options(*fetch, settings);
  add_resume_options(*fetch, settings);
  add_message_options(*fetch, settings);
  return fetch;
}

}  // namespace nbcrawl
