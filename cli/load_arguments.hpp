// The command line of `billcast load`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/arguments.hpp"
#include "core/time.hpp"
#include "core/traffic/arrivals.hpp"
#include "loadgen/llm/answer_reader.hpp"

namespace cli {

struct LoadArguments {
  Words words;  // as typed, for the recording: without the values of headers that stand there in full
  std::string url;
  std::optional<std::string> scenario;  // none: the plan is --rate's, or a closed loop's

  // The plan.
  std::optional<double> rate_per_s;
  core::traffic::ArrivalsConfig arrivals{};
  std::string arrivals_words = "constant";
  std::optional<core::Duration> duration;
  std::optional<std::int64_t> requests;
  core::Duration ramp_up{};
  core::Duration from{};
  double speed = 1;
  std::uint64_t seed = 1;
  Words sets;
  std::int64_t concurrency = 0;
  core::Duration think_time{};
  std::optional<std::string> plan_only;

  // The request.
  std::string method;
  Words headers;
  std::string body;
  std::optional<loadgen::llm::Api> api;
  std::string model;
  std::optional<std::string> prompts;
  std::optional<std::uint32_t> max_tokens;
  bool stream = true;
  bool ignore_eos = false;
  std::optional<std::string> api_key_env;
  int lowest_status = 200;
  int highest_status = 299;
  std::optional<std::string> ca_file;
  bool insecure = false;

  // Bounds.
  Words allow_hosts;
  std::optional<std::string> allow_file;
  double max_rate_per_s = 20'000;
  core::Duration max_duration = std::chrono::hours{1};
  int connections = 256;
  core::Duration timeout = std::chrono::seconds{30};
  core::Duration connect_timeout = std::chrono::seconds{5};
  core::Duration drain = std::chrono::seconds{10};
  bool drops_late = false;

  // Judgement.
  Words fail_if;
  std::optional<core::Duration> warm_up;
  bool finds_warm_up = false;
  std::optional<std::string> find_max;
  core::Duration probe = std::chrono::seconds{10};

  std::optional<std::string> out;
  bool quiet = false;
};

std::optional<LoadArguments> parse_load(const Words& words, const Out& out);

}  // namespace cli
