// What a vendor admits: a token bucket for each dimension, exact in whole numbers.
//
//  * `TokenBucket`  a bucket of tokens that refills continuously
//  * `RateLimit`    the buckets of a `LimitsConfig` and the calls at once, admitted together or not at all
//
// A bucket holds at most rate × burst tokens and begins full. It gains `rate` tokens each period, a little every
// nanosecond, so in any window of length t no more is admitted than rate × t + rate × burst. To be exact it counts in
// parts of which a token has as many as its period has nanoseconds: a nanosecond then adds `rate` parts, and nothing
// is ever rounded. (128 bits: 150 million tokens a minute are 9e18 parts.)
//
// A call is admitted only if every dimension has room for all of it, and then takes from each. A call that is not
// admitted takes nothing. `Retry-After` is the time until the dimensions that were short would have room if nobody
// else came; how long until a place among the calls at once is free, a vendor does not know, and does not say.
//
// A day's limit is a bucket of a day's requests that refills through the day: OpenAI's headers show 8.64 s until the
// next of 10,000 a day. Vendors that count by calendar days are laxer early in it and stricter late.
//
// Example:
//   TokenBucket bucket{600, 60 * core::ns_per_second, 10};   // 600 a minute, at most 10 at once
//   bucket.refill(now_ns);
//   if (bucket.holds(1)) bucket.take(1); else wait_ns = bucket.time_until(1);
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

#include "core/money.hpp"
#include "core/time.hpp"
#include "sim/api/api_config.hpp"
#include "sim/api/calls_at_once.hpp"

namespace sim {

class TokenBucket {
 public:
  TokenBucket() = default;
  // `rate` ≥ 1 tokens each period of `period_ns` ≥ 1; `capacity` ≥ 1 tokens. Full at time 0.
  TokenBucket(std::int64_t rate, std::int64_t period_ns, std::int64_t capacity)
      : parts_per_ns_{rate},
        parts_per_token_{period_ns},
        capacity_tokens_{capacity},
        capacity_{core::Int128{capacity} * period_ns},
        parts_{capacity_} {}

  // Times never decrease.
  void refill(std::int64_t now_ns) {
    const core::Int128 parts = parts_ + core::Int128{parts_per_ns_} * (now_ns - refilled_ns_);
    parts_ = parts < capacity_ ? parts : capacity_;
    refilled_ns_ = now_ns;
  }
  bool holds(std::int64_t tokens) const { return parts_ >= core::Int128{tokens} * parts_per_token_; }
  // Of more than it holds: it then owes them.
  void take(std::int64_t tokens) { parts_ -= core::Int128{tokens} * parts_per_token_; }
  // Beyond the capacity is lost.
  void give_back(std::int64_t tokens) {
    const core::Int128 parts = parts_ + core::Int128{tokens} * parts_per_token_;
    parts_ = parts < capacity_ ? parts : capacity_;
  }
  bool can_ever_hold(std::int64_t tokens) const { return tokens <= capacity_tokens_; }
  // Until it holds so many, which it can: the first whole nanosecond, 73 years at most. 0: now.
  std::int64_t time_until(std::int64_t tokens) const {
    const core::Int128 missing = core::Int128{tokens} * parts_per_token_ - parts_;
    if (missing <= 0) return 0;
    constexpr core::Int128 longest_ns = core::Int128{1} << 61;
    const core::Int128 wait_ns = (missing + parts_per_ns_ - 1) / parts_per_ns_;
    return static_cast<std::int64_t>(wait_ns < longest_ns ? wait_ns : longest_ns);
  }

 private:
  std::int64_t parts_per_ns_ = 1;
  std::int64_t parts_per_token_ = 1;
  std::int64_t capacity_tokens_ = 0;
  core::Int128 capacity_ = 0;
  core::Int128 parts_ = 0;
  std::int64_t refilled_ns_ = 0;
};

class RateLimit {
 public:
  explicit RateLimit(const LimitsConfig& config);

  // What became of a call that asked at `now_ns`.
  static constexpr std::int64_t admitted = 0;
  static constexpr std::int64_t no_hint = -1;                // refused, and no word when to come again
  static constexpr std::int64_t too_large = core::never_ns;  // refused: no bucket of this size ever holds it
  // Else the Retry-After, ≥ 1 ns. `input_tokens`: those that count. Times never decrease. O(dimensions).
  std::int64_t admit(std::int64_t now_ns, std::int64_t input_tokens, std::int64_t output_tokens) {
    if (!corrections_.empty()) correct_until(now_ns);
    const std::int64_t estimate = config_.max_output_tokens > 0 ? config_.max_output_tokens : output_tokens;
    bool has_room = true;
    for (std::size_t i = 0; i < count_; ++i) {
      Dimension& d = dimensions_[i];
      d.need = d.per_call + (d.input_tokens & input_tokens) + (d.output_tokens & estimate);
      d.bucket.refill(now_ns);
      has_room &= d.bucket.holds(d.need);
    }
    if (!has_room) [[unlikely]]
      return retry_after();
    if (has_concurrency_ && !at_once_.has_room(now_ns)) [[unlikely]]
      return no_hint;
    for (std::size_t i = 0; i < count_; ++i) dimensions_[i].bucket.take(dimensions_[i].need);
    return admitted;
  }
  // An admitted call, once it is known when it ends and how much it will have written by then. Calls at once are
  // counted from the admission on, whether or not that is known. Each admitted call ends once.
  void ends(std::int64_t end_ns, std::int64_t output_tokens) {
    if (has_concurrency_) at_once_.ends(end_ns);
    if (config_.is_corrected && output_tokens < config_.max_output_tokens) {
      corrections_.push({end_ns, config_.max_output_tokens - output_tokens});
    }
  }

 private:
  // Masks of all ones or none instead of branches.
  struct Dimension {
    TokenBucket bucket{};
    std::int64_t per_call = 0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::int64_t need = 0;  // of the call that asks
  };
  struct Correction {
    std::int64_t when_ns;
    std::int64_t tokens;
    bool operator<(const Correction& other) const { return when_ns > other.when_ns; }
  };
  void add(std::int64_t rate, core::Duration period, std::int64_t capacity, Dimension dimension);
  std::int64_t retry_after() const;
  void correct_until(std::int64_t now_ns);

  LimitsConfig config_;
  std::array<Dimension, 5> dimensions_{};
  std::size_t count_ = 0;
  bool has_concurrency_;
  CallsAtOnce at_once_;
  std::priority_queue<Correction> corrections_;
};

}  // namespace sim
