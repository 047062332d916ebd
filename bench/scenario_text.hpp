// Scenarios of the benchmarks.
//
//  * `fleet_scenario`  a million daily users before one autoscaled fleet, with parts to add: `cache`, …
//  * `read`            reads one; named tables come from the source tree's configs/
#pragma once

#include <fstream>
#include <initializer_list>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/yaml_reader.hpp"
#include "sim/scenario.hpp"

namespace bench {

// What can be added to the fleet's scenario: a whole section of the file, or lines of the option.
struct Part {
  std::string_view section = {};  // "cache: {…}\n"
  std::string_view option = {};   // "    purchase: {…}\n"
};

inline constexpr Part cache{
    .section = "cache: {kind: exact, entries: 2_000_000, ttl: 1h, popularity: {zipf: 0.9, keys: 50_000_000}}\n"};

// `length`: of the horizon, "days: 31".
inline std::string fleet_scenario(std::string_view length, std::initializer_list<Part> parts) {
  std::string sections;
  std::string option;
  for (const Part& part : parts) {
    sections += part.section;
    option += part.option;
  }
  return "scenario: fleet\n"
         "horizon: {start: 2026-12-01, " +
         std::string{length} +
         "}\n"
         "traffic:\n"
         "  daily_users: 1_000_000\n"
         "  requests_per_user_day: 10\n"
         "  hour_of_day: consumer\n"
         "  day_of_week: [1.05, 1.0, 1.0, 1.0, 0.98, 0.9, 0.95]\n"
         "  tokens: {from: azure-conversation-2023}\n" +
         sections +
         "options:\n"
         "  - name: fleet\n"
         "    kind: self_hosted\n"
         "    instance: gcp/a2-highgpu-1g\n"
         "    serving: {histogram: latency/llmpilot-llama-7b-a100-16-users, slots: 16}\n"
         "    queue: {limit: 1000}\n"
         "    autoscaler: {kind: hpa, metric: concurrency, target: 12, min: 4, max: 200}\n"
         "    cold_start: {provision: 60s, image: 60s, weights: {size: 13.5GB, bandwidth: 1GB/s}, warmup: 30s}\n" +
         option;
}

inline std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error{"cannot read " + path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

inline std::string named_table(std::string_view name) {
  const std::string folder = name.find('/') == std::string_view::npos ? "configs/tokens/" : "configs/";
  return read_file(PROJECT_SOURCE "/" + folder + std::string{name} + ".yaml");
}

inline sim::Scenario read(std::string_view text) {
  const core::Document document{"bench.yaml", text};
  return sim::read_scenario(document.root(), named_table, [](const core::Section& option) {
    if (option.has("instance")) option.text("instance");
    return sim::InstanceFacts{};
  });
}

}  // namespace bench
