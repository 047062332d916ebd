// What a managed API is like, for those who call it: its latency, what it refuses, and how its clients take that.
//
//  * `ManagedApiConfig`  all of it; every part but the latency may be absent, and then it is not simulated
//  * `LimitsConfig`      how much may be asked of it a minute, a day and at once
//  * `RetryConfig`       what a client does after a call that failed
//  * `HedgingConfig`     a second call when the first one is slow to answer
//  * `ErrorsConfig`, `OutagesConfig`  calls that are answered with an error: now and then, and for a while all of them
//  * `PromptCacheConfig`, `BatchConfig`, `ProvisionedConfig`  other ways of buying than by the plain token
//
// sim/api/api_reader.hpp says how a scenario spells them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/time.hpp"
#include "sim/drills/fault.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

// A limit of 0 does not exist.
struct LimitsConfig {
  std::int64_t requests_per_minute = 0;
  std::int64_t requests_per_day = 0;
  std::int64_t tokens_per_minute = 0;  // input and output together
  std::int64_t input_tokens_per_minute = 0;
  std::int64_t output_tokens_per_minute = 0;
  std::int64_t concurrency = 0;
  // What a bucket of a minute holds when full, as time of its rate. A bucket of a day holds a day.
  core::Duration burst = std::chrono::minutes{1};
  // What a call is taken to write when it is admitted; 0: what it will really write.
  std::int64_t max_output_tokens = 0;
  bool is_corrected = false;         // the difference is given back when the answer ends
  bool cached_tokens_count = false;  // tokens read from the prompt cache are input of a limit
};

enum class Jitter : std::uint8_t { full, equal, none };

struct RetryConfig {
  std::int64_t max = 0;  // calls after the first one
  core::Duration backoff = std::chrono::milliseconds{500};
  core::Duration cap = std::chrono::seconds{30};
  Jitter jitter = Jitter::full;
  // Retries for each request that comes, in millionths, and those that may be saved up; none: no budget.
  std::optional<std::int64_t> budget_millionths{};
  std::int64_t reserve = 100;
  bool honours_retry_after = true;
};

struct HedgingConfig {
  core::Duration after{0};
};

struct ErrorsConfig {
  double share = 0;          // of calls that were admitted
  bool billed = false;       // their prompts
  core::Duration after{-1};  // until the error comes; negative: when the first token would have come
};

// An alternating renewal process: up for an exponential time, down for an exponential time.
struct OutagesConfig {
  core::Duration mean_between{0};  // up
  core::Duration mean_repair{0};   // down
};

// Who shares a beginning with whom: one of `prefixes`, each as likely as another by the request's own luck, or by what
// it asks (its content key modulo `prefixes`).
struct PromptCacheConfig {
  std::int64_t prefix_tokens = 0;
  core::Duration ttl{0};
  std::int64_t minimum_tokens = 0;  // shorter beginnings are not kept
  std::int64_t prefixes = 1;
  bool by_content = false;
};

// A queue whose jobs are answered one by one; the time that each takes is the `latency`, with a pace of 0.
struct BatchConfig {
  core::Duration deadline{0};
};

struct ProvisionedConfig {
  std::int64_t units = 0;
  std::int64_t tokens_per_minute_per_unit = 0;
  std::int64_t output_weight = 1;  // what an output token counts for in input tokens
  bool spills = true;              // calls beyond it go by the token; else they are turned away
  core::Duration window = std::chrono::minutes{1};
  // How the vendor sells them, for the advice on how many are needed.
  std::int64_t minimum_units = 1;
  std::int64_t unit_step = 1;
};

struct ManagedApiConfig {
  PacedLatency latency;
  core::Duration timeout = no_timeout;  // from the request to its whole answer, over all its calls
  std::optional<LimitsConfig> limits{};
  std::optional<RetryConfig> retry{};
  std::optional<HedgingConfig> hedging{};
  std::optional<ErrorsConfig> errors{};
  std::optional<OutagesConfig> outages{};
  std::optional<PromptCacheConfig> prompt_cache{};
  std::optional<BatchConfig> batch{};
  std::optional<ProvisionedConfig> provisioned{};
  Faults faults{};  // vendor_outage and slow_dependency are brought about here; others are nothing to an API
};

}  // namespace sim
