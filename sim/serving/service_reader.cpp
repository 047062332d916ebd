#include "sim/serving/service_reader.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "sim/serving/latency_reader.hpp"

namespace sim {

using namespace std::chrono_literals;
using core::Section;
using core::traffic::TextLoader;

core::Duration read_timeout(const Section& option) {
  if (option.has("timeout")) return option.duration("timeout", {.min = 1ns, .max = 24h});
  option.assume("timeout", "none", "clients wait for their answer however long it takes");
  return no_timeout;
}

PacedLatency read_paced(const Section& section, const TextLoader& load_text) {
  return {.first_token = read_latency(section, "time_to_first_token", load_text),
          .per_output_token = read_latency(section, "per_output_token", load_text)};
}

std::string slip(const Section& section, std::initializer_list<std::string_view> missing) {
  for (const std::string_view key : missing) {
    if (const auto near = core::nearest(key, section.keys())) return fmt::format(" (is '{}' meant?)", *near);
  }
  return "";
}

// Both take the same quantile of their distributions, so the one must lie below the other at each of them.
void demand_first_token_first(const Section& serving, const WholeLatency& model) {
  constexpr std::uint64_t steps = 1000;
  for (std::uint64_t step = 1; step < steps; ++step) {
    const std::uint64_t bits = ~std::uint64_t{0} / steps * step;
    std::int64_t whole_ns = 0;
    std::int64_t first_ns = 0;
    model.whole.draw(&bits, 1, &whole_ns);
    model.first_token->draw(&bits, 1, &first_ns);
    if (first_ns <= whole_ns) continue;
    throw serving.error(
        "time_to_first_token",
        fmt::format("{} where the whole answer takes {}", core::format_duration(core::Duration{first_ns}),
                    core::format_duration(core::Duration{whole_ns})),
        "a first token that comes before the answer is whole");
  }
}

ServiceModel read_service(const Section& serving, const TextLoader& load_text) {
  constexpr std::string_view expected =
      "a model, a profile, the latency of whole answers (histogram), or time_to_first_token and per_output_token";
  const bool has_whole = serving.has("histogram");
  const bool has_pace = serving.has("per_output_token");
  if (has_whole && has_pace) throw serving.error("per_output_token", "both a histogram and a pace", expected);
  if (!has_whole && !has_pace) {
    throw serving.error("histogram", "nothing" + slip(serving, {"histogram", "per_output_token", "model", "profile"}),
                        expected);
  }
  if (has_pace) return ServiceModel{read_paced(serving, load_text)};
  WholeLatency model{.whole = read_latency(serving, "histogram", load_text), .first_token = std::nullopt};
  if (serving.has("time_to_first_token")) {
    model.first_token = read_latency(serving, "time_to_first_token", load_text);
    demand_first_token_first(serving, model);
  }
  return ServiceModel{std::move(model)};
}

}  // namespace sim
