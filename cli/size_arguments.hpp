// The arguments of `billcast size`.
//
// Example:
//   if (const auto size = parse_size({"llama-3-8b", "L4", "--rate", "50", "--slo", "ttft.p95<500ms"}, out)) …
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "core/time.hpp"
#include "core/traffic/arrivals.hpp"
#include "decision/latency_objective.hpp"

namespace cli {

// "512:128": every request the same.
struct FixedTokens {
  std::uint32_t input = 0;
  std::uint32_t output = 0;
  bool operator==(const FixedTokens&) const = default;
};

struct SizeArguments {
  Words words;  // as typed
  std::string model;
  Words gpus;  // empty: all that have a card and a price
  double rate_per_s = 0;
  std::vector<decision::LatencyObjective> objectives;  // at least one, no two of one name
  std::string tokens = "azure-conversation-2023";      // as typed: a table's name or file, unless `fixed_tokens`
  std::optional<FixedTokens> fixed_tokens;
  std::optional<std::string> quantization;      // nothing: as the model is published
  std::optional<std::int64_t> tensor_parallel;  // GPUs of a replica; nothing: whatever is cheapest
  core::traffic::ArrivalsConfig::Process arrivals = core::traffic::ArrivalsConfig::Process::poisson;
  std::optional<core::Duration> duration;  // simulated, of each trial; nothing: as `usual_duration` says
  std::uint64_t seed = 1;
  std::string router = "round_robin";  // as a scenario's serving section has it
  std::int64_t max_replicas = 1'000;
  std::optional<std::string> price_table;
  bool json = false;
};

// In whole minutes: ten; less when 100,000 requests come in less, but two at least, so that the longest answers are
// among them; more when it takes more for 1,000 requests, up to a day.
core::Duration usual_duration(double rate_per_s);

// As those of cli/arguments.hpp. Names of models, GPUs, tables and files are not looked up here.
std::optional<SizeArguments> parse_size(const Words& words, const Out& out);

}  // namespace cli
