#include "sim/api/api_reader.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/format.hpp"
#include "sim/serving/latency_reader.hpp"
#include "sim/serving/service_reader.hpp"

namespace sim {

namespace {

using namespace std::chrono_literals;
using core::Section;

// Beyond any vendor's: a slip, and a product of two of them must fit 64 bits.
constexpr std::int64_t most = 1'000'000'000'000;
constexpr std::int64_t most_tokens = 1'000'000'000;

std::int64_t limit(const Section& section, std::string_view key, std::string_view unit) {
  return section.has(key) ? section.integer(key, {.min = 1, .max = most, .unit = unit}) : 0;
}

void read_estimate(const Section& section, LimitsConfig& limits) {
  const bool takes_most = section.choice("estimate", {"actual", "max_output"}, 0,
                                         "a call counts what its answer turns out to have: clients that ask for no "
                                         "more than they need") == 1;
  if (!takes_most) {
    for (const std::string_view key : {"max_output_tokens", "corrected"}) {
      if (section.has(key))
        throw section.error(key, "an estimate that is the actual one", "it with estimate: max_output");
    }
    return;
  }
  limits.max_output_tokens = section.integer("max_output_tokens", {.min = 1, .max = most_tokens, .unit = "tokens"});
  limits.is_corrected =
      section.boolean("corrected", true, "Anthropic corrects the estimate when the answer ends; OpenAI does not");
  for (const auto& [key, rate] :
       {std::pair<std::string_view, std::int64_t>{"tokens_per_minute", limits.tokens_per_minute},
        {"output_tokens_per_minute", limits.output_tokens_per_minute}}) {
    const core::Int128 burst = core::Int128{rate} * core::to_ns(limits.burst) / core::to_ns(1min);
    if (rate == 0 || burst >= limits.max_output_tokens) continue;
    throw section.error("max_output_tokens", core::config_integer(limits.max_output_tokens),
                        fmt::format("at most the {} tokens that {} admits at once, or no call is ever admitted",
                                    core::config_integer(static_cast<std::int64_t>(burst)), key));
  }
}

LimitsConfig read_limits(const Section& section) {
  LimitsConfig limits{
      .requests_per_minute = limit(section, "requests_per_minute", "requests a minute"),
      .requests_per_day = limit(section, "requests_per_day", "requests a day"),
      .tokens_per_minute = limit(section, "tokens_per_minute", "tokens a minute"),
      .input_tokens_per_minute = limit(section, "input_tokens_per_minute", "tokens a minute"),
      .output_tokens_per_minute = limit(section, "output_tokens_per_minute", "tokens a minute"),
      .concurrency = section.has("concurrency")
                         ? section.integer("concurrency", {.min = 1, .max = 10'000'000, .unit = "calls"})
                         : 0};
  const bool has_tokens =
      limits.tokens_per_minute + limits.input_tokens_per_minute + limits.output_tokens_per_minute > 0;
  const bool has_rate = has_tokens || limits.requests_per_minute > 0;
  if (!has_rate && limits.requests_per_day == 0 && limits.concurrency == 0) {
    throw section.error("requests_per_minute", "no limit",
                        "at least one of requests_per_minute, requests_per_day, tokens_per_minute, "
                        "input_tokens_per_minute, output_tokens_per_minute and concurrency");
  }
  if (has_rate) {
    limits.burst = section.duration(
        "burst",
        {.min = 1ms, .max = 24h, .fallback = 1min, .why = "a limit a minute lets a minute's worth through at once"});
  }
  if (limits.tokens_per_minute + limits.output_tokens_per_minute > 0) read_estimate(section, limits);
  if (section.has("cached_tokens_count")) limits.cached_tokens_count = section.boolean("cached_tokens_count");
  return limits;
}

RetryConfig read_retry(const Section& section) {
  RetryConfig retry{.max = section.integer("max", {.min = 1, .max = 100, .unit = "calls after the first"})};
  retry.backoff = section.duration(
      "backoff",
      {.min = 1ns, .max = 24h, .fallback = 500ms, .why = "what the clients of OpenAI and Anthropic begin with"});
  retry.cap = section.duration("cap", {.min = 1ns, .max = 24h, .fallback = 30s, .why = "a common cap of back-offs"});
  if (retry.cap < retry.backoff) {
    throw section.error("cap", core::config_duration(retry.cap),
                        fmt::format("at least the backoff of {}", core::config_duration(retry.backoff)));
  }
  retry.jitter = static_cast<Jitter>(section.choice("jitter", {"full", "equal", "none"}, 0,
                                                    "the least load of the three (AWS Architecture Blog, 2015)"));
  if (section.has("budget")) {
    retry.budget_millionths = std::llround(section.share("budget") * 1e6);
    retry.reserve = section.integer(
        "reserve",
        {.min = 0, .max = most_tokens, .unit = "retries", .fallback = 100, .why = "saved up while all is well; ours"});
  }
  retry.honours_retry_after =
      section.boolean("honour_retry_after", true, "the vendors' own clients wait as long as they are told");
  return retry;
}

ErrorsConfig read_errors(const Section& section) {
  ErrorsConfig errors{.share = section.share("share")};
  errors.billed = section.boolean("billed", false, "vendors bill answers, not errors");
  if (section.has("after")) errors.after = section.duration("after", {.min = 0ns, .max = 24h});
  else section.assume("after", "time to first token", "an error comes when the answer would have begun");
  return errors;
}

OutagesConfig read_outages(const Section& section) {
  constexpr core::DurationRule rule{.min = 1s, .max = 24h * 3660};
  return {.mean_between = section.duration("mean_between", rule), .mean_repair = section.duration("mean_repair", rule)};
}

PromptCacheConfig read_prompt_cache(const Section& section) {
  PromptCacheConfig cache{
      .prefix_tokens = section.integer("prefix_tokens", {.min = 1, .max = most_tokens, .unit = "tokens"}),
      .ttl = section.duration(
          "ttl", {.min = 1s, .max = 24h * 30, .fallback = 5min, .why = "OpenAI and Anthropic, renewed by each use"})};
  cache.minimum_tokens =
      section.integer("minimum_tokens", {.min = 0,
                                         .max = most_tokens,
                                         .unit = "tokens",
                                         .fallback = 1024,
                                         .why = "the shortest beginning that OpenAI and Anthropic keep"});
  if (cache.minimum_tokens > cache.prefix_tokens) {
    throw section.error("prefix_tokens", core::config_integer(cache.prefix_tokens),
                        fmt::format("at least the minimum of {} tokens, or nothing is ever cached",
                                    core::config_integer(cache.minimum_tokens)));
  }
  cache.prefixes = section.integer("prefixes", {.min = 1,
                                                .max = 4'000'000,
                                                .unit = "different beginnings",
                                                .fallback = 1,
                                                .why = "one system prompt for everybody"});
  if (cache.prefixes > 1) {
    cache.by_content = section.choice("chosen_by", {"luck", "content"}, 0, "each as likely as another") == 1;
  }
  return cache;
}

ProvisionedConfig read_provisioned(const Section& section) {
  ProvisionedConfig config{
      .units = section.integer("units", {.min = 1, .max = 1'000'000, .unit = "units"}),
      .tokens_per_minute_per_unit =
          section.integer("tokens_per_minute_per_unit", {.min = 1, .max = most_tokens, .unit = "tokens a minute"}),
      .output_weight = section.integer("output_weight", {.min = 1, .max = 1'000, .unit = "input tokens"})};
  config.spills = section.boolean("spill", true, "calls beyond it go by the token, as Azure offers");
  config.window = section.duration(
      "window",
      {.min = 1s, .max = 1h, .fallback = 1min, .why = "how far a burst may run ahead; ours, vendors do not say"});
  config.minimum_units =
      section.integer("minimum_units", {.min = 1, .max = 1'000'000, .unit = "units", .fallback = 1, .why = "not told"});
  config.unit_step =
      section.integer("unit_step", {.min = 1, .max = 1'000'000, .unit = "units", .fallback = 1, .why = "not told"});
  if (config.units < config.minimum_units || (config.units - config.minimum_units) % config.unit_step != 0) {
    throw section.error(
        "units", core::config_integer(config.units),
        fmt::format("{} units and steps of {} beyond, as the vendor sells them",
                    core::config_integer(config.minimum_units), core::config_integer(config.unit_step)));
  }
  return config;
}

ManagedApiConfig read_batch(const Section& option, const core::traffic::TextLoader& load_text) {
  for (const std::string_view key :
       {"timeout", "latency", "limits", "retry", "hedging", "errors", "outages", "prompt_cache", "provisioned"}) {
    if (option.has(key)) {
      throw option.error(key, fmt::format("'{}' beside a batch", key),
                         "batch alone: a queue answers by its deadline, or not at all");
    }
  }
  const Section section = option.section("batch");
  return {.latency = {.first_token = read_latency(section, "turnaround", load_text),
                      .per_output_token = {.table = core::QuantileTable::constant(0)}},
          .batch = BatchConfig{section.duration(
              "deadline",
              {.min = 1min, .max = 24h * 7, .fallback = 24h, .why = "OpenAI, Anthropic and Azure: within a day"})}};
}

}  // namespace

ManagedApiConfig read_managed_api(const Section& option, const core::traffic::TextLoader& load_text) {
  if (option.has("batch")) return read_batch(option, load_text);
  ManagedApiConfig config{.latency = read_paced(option.section("latency"), load_text), .timeout = read_timeout(option)};
  if (const auto section = option.optional_section("limits")) config.limits = read_limits(*section);
  if (const auto section = option.optional_section("retry")) config.retry = read_retry(*section);
  if (const auto section = option.optional_section("hedging")) {
    config.hedging = HedgingConfig{section->duration("after", {.min = 1ms, .max = 24h})};
    if (config.hedging->after >= config.timeout) {
      throw section->error("after", core::config_duration(config.hedging->after),
                           fmt::format("less than the timeout of {}", core::config_duration(config.timeout)));
    }
  }
  if (const auto section = option.optional_section("errors")) config.errors = read_errors(*section);
  if (const auto section = option.optional_section("outages")) config.outages = read_outages(*section);
  if (const auto section = option.optional_section("prompt_cache")) config.prompt_cache = read_prompt_cache(*section);
  if (const auto section = option.optional_section("provisioned")) config.provisioned = read_provisioned(*section);
  return config;
}

}  // namespace sim
