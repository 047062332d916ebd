#include "sim/api/rate_limit.hpp"

#include <algorithm>
#include <chrono>

namespace sim {

namespace {

using namespace std::chrono_literals;

// At least one token, or nobody would ever be admitted.
std::int64_t tokens_in(std::int64_t rate, core::Duration burst) {
  return std::max<std::int64_t>(static_cast<std::int64_t>(core::Int128{rate} * core::to_ns(burst) / core::to_ns(1min)),
                                1);
}

}  // namespace

RateLimit::RateLimit(const LimitsConfig& config)
    : config_{config}, has_concurrency_{config.concurrency > 0}, at_once_{config.concurrency} {
  constexpr std::int64_t all = -1;  // every bit
  const auto a_minute = [&](std::int64_t rate, Dimension dimension) {
    if (rate > 0) add(rate, 1min, tokens_in(rate, config.burst), dimension);
  };
  a_minute(config.requests_per_minute, {.per_call = 1});
  if (config.requests_per_day > 0) add(config.requests_per_day, 24h, config.requests_per_day, {.per_call = 1});
  a_minute(config.tokens_per_minute, {.input_tokens = all, .output_tokens = all});
  a_minute(config.input_tokens_per_minute, {.input_tokens = all});
  a_minute(config.output_tokens_per_minute, {.output_tokens = all});
}

void RateLimit::add(std::int64_t rate, core::Duration period, std::int64_t capacity, Dimension dimension) {
  dimension.bucket = TokenBucket{rate, core::to_ns(period), capacity};
  dimensions_[count_++] = dimension;
}

std::int64_t RateLimit::retry_after() const {
  std::int64_t longest_ns = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const Dimension& d = dimensions_[i];
    if (!d.bucket.can_ever_hold(d.need)) return too_large;
    longest_ns = std::max(longest_ns, d.bucket.time_until(d.need));
  }
  return longest_ns;
}

void RateLimit::correct_until(std::int64_t now_ns) {
  while (!corrections_.empty() && corrections_.top().when_ns <= now_ns) {
    const Correction correction = corrections_.top();
    corrections_.pop();
    for (std::size_t i = 0; i < count_; ++i) {
      Dimension& d = dimensions_[i];
      if (d.output_tokens == 0) continue;
      d.bucket.refill(correction.when_ns);
      d.bucket.give_back(correction.tokens);
    }
  }
}

}  // namespace sim
