// From asking for an instance to its first answer, in parts. It is billed from the beginning and serves from the end.
//
//  * `ColdStartPart`  a constant time, or one that is drawn anew each time
//  * `ColdStart`      the four parts: two of the node, two of each replica on it
//
// A 70B model takes 1.5 to 6 minutes on a fresh node: image 60–180 s, weights 5–60 s from the store and 10–180 s into
// the GPU. What varies that much is a distribution, not a number.
//
// Example:
//   ColdStart cold{.provision = 60s, .weights = 16s};
//   cold.image = ColdStartPart{std::make_shared<Latency>(Latency{.table = QuantileTable::lognormal(60e9, 180e9)})};
//   const std::int64_t node_takes_ns = cold.node_ns(luck_of_node);
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "core/random.hpp"
#include "core/time.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

class ColdStartPart {
 public:
  ColdStartPart() = default;
  ColdStartPart(core::Duration constant) : constant_{constant} {}  // NOLINT: a duration is one, without more words
  // Shared with the copies of the configuration that holds it; nobody changes it.
  explicit ColdStartPart(std::shared_ptr<const Latency> drawn) : drawn_{std::move(drawn)} {}

  // By 64 random bits; never negative.
  std::int64_t draw_ns(std::uint64_t bits) const {
    if (!drawn_) return core::to_ns(constant_);
    std::int64_t ns = 0;
    drawn_->draw(&bits, 1, &ns);
    return ns;
  }
  bool is_constant() const { return drawn_ == nullptr; }
  // The constant; of one that is drawn, its mean.
  core::Duration typical() const {
    return drawn_ ? core::Duration{static_cast<std::int64_t>(drawn_->mean_ns())} : constant_;
  }

 private:
  core::Duration constant_{0};
  std::shared_ptr<const Latency> drawn_;
};

struct ColdStart {
  ColdStartPart provision{};
  ColdStartPart image{};    // pulling the container image, once on each node
  ColdStartPart weights{};  // size / bandwidth, for each replica
  ColdStartPart warmup{};

  // By one number of 64 random bits for each node and each replica.
  std::int64_t node_ns(std::uint64_t luck) const {
    return provision.draw_ns(core::mix(luck ^ 1U)) + image.draw_ns(core::mix(luck ^ 2U));
  }
  std::int64_t replica_ns(std::uint64_t luck) const {
    return weights.draw_ns(core::mix(luck ^ 3U)) + warmup.draw_ns(core::mix(luck ^ 4U));
  }
  core::Duration typical() const {
    return provision.typical() + image.typical() + weights.typical() + warmup.typical();
  }
};

}  // namespace sim
