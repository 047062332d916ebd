// How long one request is served, whoever serves it.
//
//  * `ServiceModel`  a whole-answer latency, or a first token and a pace for the rest
//  * `ServiceTimes`  what it draws for one block, `ServiceTime` for one request
//
// A request's time follows from its own luck (and its own tokens), not from a stream of the option's: every option
// meets the same request, and one that turns it away does not shift the luck of the next.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

#include "core/quantile_table.hpp"
#include "core/time.hpp"
#include "core/traffic/block.hpp"

namespace sim {

// Clients that wait however long it takes. 2^61 ns is 73 years: later than any horizon, and an arrival may be added to
// it.
inline constexpr core::Duration no_timeout{std::int64_t{1} << 61U};

struct ServiceTimes {
  alignas(64) std::array<std::int64_t, core::traffic::Block::capacity> service_ns;
  alignas(64) std::array<std::int64_t, core::traffic::Block::capacity> first_token_ns;  // since the start of service
};

struct ServiceTime {
  std::int64_t service_ns = 0;
  std::int64_t first_token_ns = 0;  // since the start of service
};

// A latency by its inverse distribution function; exponential ones are exact instead of tabulated.
struct Latency {
  core::QuantileTable table;
  core::Duration exponential_mean{0};  // 0: use the table
  void draw(const std::uint64_t* bits, std::size_t count, std::int64_t* out_ns) const;
  double mean_ns() const;
};

// Measured as a whole. First token and whole answer take the same quantile of their distributions, so that no
// answer is complete before it begins.
struct WholeLatency {
  Latency whole;
  std::optional<Latency> first_token;
};

// First token + a pace for each further one; the pace has luck of its own.
struct PacedLatency {
  Latency first_token;
  Latency per_output_token;
};

class ServiceModel {
 public:
  explicit ServiceModel(WholeLatency model) : model_{std::move(model)} {}
  explicit ServiceModel(PacedLatency model) : model_{std::move(model)} {}

  bool has_first_token() const;
  // Service times of at least 1 ns for the requests of `block`. O(requests).
  void draw(const core::traffic::Block& block, ServiceTimes& times) const;
  // What a request of this luck and length gets in any block; of its second call, with luck of its own.
  ServiceTime draw_one(std::uint64_t luck, std::uint32_t output_tokens) const;

 private:
  std::variant<WholeLatency, PacedLatency> model_;
};

}  // namespace sim
