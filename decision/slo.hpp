// Service level objectives: what users must get, whoever serves them.
//
//  * `Target`    one line of a scenario's `slo` section: "latency p95 at most 2 s"
//  * `Slo`       all of them
//  * `SloCheck`  a target held against one option: the value, the margin, and whether it is held
//
// Latencies are those of answered requests; that the others were not answered is what `availability` says: answered
// requests ÷ (all arrivals less those in flight when the horizon ended). What is unknown does not hold.
//
// Example:
//   slo: {latency: {p95: 2s, p99.9: 8s}, time_to_first_token: {p95: 800ms}, time_per_output_token: {p95: 50ms},
//         availability: 99.9%,
//         classes: {interactive: {latency: {p95: 300ms}, availability: 99.95%}, batch: {latency: {p95: 1h}}}}
//
// The first targets are for all requests together, those of a class for its requests alone: a class that waits is not
// made up for by one that does not. No cache hits are among a class's requests, for a cache does not ask for classes.
//
//   const Slo slo = read_slo(doc.root(), {"interactive", "batch"});
//   for (const SloCheck& check : check_slo(slo, {latency_ns, &first_token_ns, usage})) …
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/histogram.hpp"
#include "core/usage.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

enum class Measure { latency, time_to_first_token, time_per_output_token, availability };

// Latencies in whole nanoseconds, at most; availability in parts per billion, at least.
struct Target {
  Measure measure = Measure::latency;
  std::int32_t per_ten_thousand = 0;  // 9500 is p95, 9999 is p99.99; 0 for availability
  std::int64_t limit = 0;
  std::string traffic_class{};  // whose requests; empty: all

  std::string name() const;                   // "latency p95", "availability", "interactive: latency p95"
  std::string say(std::int64_t value) const;  // "1.31 s", "99.9 %"
  bool operator==(const Target&) const = default;
};

struct Slo {
  std::vector<Target> targets;  // in the order of the file
  bool operator==(const Slo&) const = default;
};

// Reads the `slo` section of a scenario; without one there are no targets. `classes`: the names of traffic.classes.
Slo read_slo(const core::Section& root, const std::vector<std::string>& classes = {});

// What an option did for the requests of one class.
struct ClassFacts {
  std::string_view name;
  const core::Histogram& latency_ns;
  const core::Histogram* time_to_first_token_ns;  // null: the serving model knows no first token
  const std::array<std::int64_t, core::outcome_count>& outcomes;
};

// What an option did, as far as targets ask.
struct ServiceFacts {
  const core::Histogram& latency_ns;
  const core::Histogram* time_to_first_token_ns;  // null: the serving model knows no first token
  const core::Usage& usage;
  const core::Histogram* time_per_output_token_ns = nullptr;  // null: nor the pace of a single answer
  std::vector<ClassFacts> classes{};
};

enum class Held { yes, no, unknown };

struct SloCheck {
  Target target;
  std::optional<std::int64_t> value;  // in the target's unit; nothing: unknown
  Held held = Held::unknown;
  std::string why;  // why it is unknown; else empty

  // How much room is left (negative: how much is missing), in the target's unit; 0 when unknown.
  std::int64_t margin() const;
  std::string sentence() const;  // "latency p95 is 2.3 s, the target is at most 2 s"
  bool operator==(const SloCheck&) const = default;
};

std::vector<SloCheck> check_slo(const Slo& slo, const ServiceFacts& facts);
bool all_held(const std::vector<SloCheck>& checks);  // true without targets

}  // namespace decision
