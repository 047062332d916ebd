#include "sim/api/rate_limit.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "sim/api/calls_at_once.hpp"
#include "tests/sim/serving_run.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using core::Int128;
using serving_run::Dice;
using sim::RateLimit;
using sim::TokenBucket;

namespace {

constexpr std::int64_t minute = 60 * core::ns_per_second;

struct Admission {
  std::int64_t when_ns;
  std::int64_t tokens;
};

}  // namespace

TEST_CASE("A token bucket never admits more than rate times t plus its burst, over a million windows",
          "[sim][managed_api][property]") {
  Dice dice{1};
  std::int64_t windows = 0;
  for (int round = 0; round < 100; ++round) {
    CAPTURE(round);
    const std::int64_t rate = dice.between(1, dice.one_in(2) ? 1'000 : 150'000'000);
    const std::int64_t capacity = dice.between(1, std::max<std::int64_t>(rate / 10, 2));
    const std::int64_t gap_ns = dice.between(1, std::max<std::int64_t>(4 * minute / rate, 2));
    TokenBucket bucket{rate, minute, capacity};
    std::vector<Admission> admitted;
    std::vector<Int128> sums{0};
    std::int64_t now_ns = 0;
    for (int i = 0; i < 2'000; ++i) {
      now_ns += dice.below(gap_ns);
      const std::int64_t tokens = dice.between(1, std::min<std::int64_t>(capacity, 5));
      bucket.refill(now_ns);
      if (!bucket.holds(tokens)) continue;
      bucket.take(tokens);
      admitted.push_back({now_ns, tokens});
      sums.push_back(sums.back() + tokens);
    }
    const auto last = static_cast<std::int64_t>(admitted.size()) - 1;
    bool holds = true;
    for (int i = 0; i < 10'000; ++i, ++windows) {
      // The tightest window around some of them: it begins with one and ends with another.
      const auto first = static_cast<std::size_t>(dice.between(0, last));
      const auto end = static_cast<std::size_t>(dice.between(static_cast<std::int64_t>(first), last));
      const Int128 tokens = sums[end + 1] - sums[first];
      const Int128 t_ns = admitted[end].when_ns - admitted[first].when_ns;
      holds = holds && tokens * minute <= Int128{rate} * t_ns + Int128{capacity} * minute;
    }
    CHECK(holds);
  }
  CHECK(windows == 1'000'000);
}

TEST_CASE("A bucket that is always asked gives all that its rate and its burst allow", "[sim][managed_api]") {
  // 7 a minute do not divide a minute's nanoseconds; 10^12 calls a minute would overflow 64 bits of parts.
  for (const std::int64_t rate : {std::int64_t{7}, std::int64_t{600}, std::int64_t{1'000'000'000'000}}) {
    CAPTURE(rate);
    const std::int64_t size = std::max<std::int64_t>(rate / 600, 1);
    TokenBucket bucket{rate, minute, 3 * size};
    std::int64_t calls = 0;
    for (std::int64_t now_ns = 0; now_ns <= 10 * minute; now_ns += 10'000'000) {
      bucket.refill(now_ns);
      if (!bucket.holds(size)) continue;
      bucket.take(size);
      ++calls;
    }
    // Asked every 10 ms: a call waits less than that for its tokens, and what comes in meanwhile is kept.
    CHECK(calls == 3 + 10 * rate / size);
  }
}

TEST_CASE("Retry-After is the first nanosecond at which there is room", "[sim][managed_api][property]") {
  Dice dice{2};
  for (int round = 0; round < 20'000; ++round) {
    const std::int64_t rate = dice.between(1, 1'000'000);
    const std::int64_t capacity = dice.between(1, 1'000);
    TokenBucket bucket{rate, minute, capacity};
    std::int64_t now_ns = dice.below(minute);
    bucket.refill(now_ns);
    bucket.take(dice.between(0, 2 * capacity));
    now_ns += dice.below(core::ns_per_second);
    bucket.refill(now_ns);
    const std::int64_t tokens = dice.between(1, capacity);
    const std::int64_t wait_ns = bucket.time_until(tokens);
    REQUIRE((wait_ns == 0) == bucket.holds(tokens));
    if (wait_ns == 0) continue;
    TokenBucket before = bucket;
    before.refill(now_ns + wait_ns - 1);
    REQUIRE_FALSE(before.holds(tokens));
    bucket.refill(now_ns + wait_ns);
    REQUIRE(bucket.holds(tokens));
  }
}

TEST_CASE("A call is admitted by every dimension or takes from none", "[sim][managed_api]") {
  RateLimit limits{{.requests_per_minute = 60, .tokens_per_minute = 6'000, .burst = 10s}};
  // Buckets of 10 calls and of 1,000 tokens.
  CHECK(limits.admit(0, 900, 50) == RateLimit::admitted);
  // 50 tokens are left; 100 a second come in, so 50 more take half a second.
  CHECK(limits.admit(0, 60, 40) == 500'000'000);
  CHECK(limits.admit(0, 60, 40) == 500'000'000);
  CHECK(limits.admit(499'999'999, 60, 40) == 1);
  CHECK(limits.admit(500'000'000, 60, 40) == RateLimit::admitted);
  // Two calls have been taken in half a second, not five: eight and a half are left.
  for (int i = 0; i < 8; ++i) CHECK(limits.admit(500'000'000, 0, 0) == RateLimit::admitted);
  CHECK(limits.admit(500'000'000, 0, 0) == 500'000'000);
  CHECK(limits.admit(500'000'000, 1'000, 1) == RateLimit::too_large);
}

TEST_CASE("A day of requests refills through the day", "[sim][managed_api]") {
  RateLimit limits{{.requests_per_day = 10'000}};
  for (int i = 0; i < 10'000; ++i) REQUIRE(limits.admit(0, 1, 1) == RateLimit::admitted);
  CHECK(limits.admit(0, 1, 1) == 8'640'000'000);
}

TEST_CASE("An estimate is corrected when its answer ends", "[sim][managed_api]") {
  const sim::LimitsConfig config{
      .output_tokens_per_minute = 6'000, .burst = 10s, .max_output_tokens = 400, .is_corrected = true};
  RateLimit limits{config};
  CHECK(limits.admit(0, 5, 10) == RateLimit::admitted);
  CHECK(limits.admit(0, 5, 10) == RateLimit::admitted);
  // 200 of 1,000 are left, and 200 more take two seconds.
  CHECK(limits.admit(0, 5, 10) == 2'000'000'000);
  limits.ends(100, 390);
  limits.ends(50, 300);
  CHECK(limits.admit(49, 5, 10) == 1'999'999'951);
  CHECK(limits.admit(50, 5, 10) == 999'999'950);
  CHECK(limits.admit(100, 5, 10) == 899'999'900);
  RateLimit uncorrected{{.output_tokens_per_minute = 6'000, .burst = 10s, .max_output_tokens = 400}};
  CHECK(uncorrected.admit(0, 5, 10) == RateLimit::admitted);
  uncorrected.ends(10, 1);
  CHECK(uncorrected.admit(10, 5, 10) == RateLimit::admitted);
  CHECK(uncorrected.admit(10, 5, 10) == 1'999'999'990);
}

TEST_CASE("Calls at once are counted as a list of them would be", "[sim][managed_api][property]") {
  for (const std::int64_t limit : {1, 2, 3, 7, 50, 400}) {
    CAPTURE(limit);
    Dice dice{static_cast<std::uint64_t>(limit)};
    sim::CallsAtOnce calls{limit};
    std::multiset<std::int64_t> under_way;
    std::vector<std::int64_t> untold;  // ends that are told later
    std::int64_t now_ns = 0;
    std::int64_t refused = 0;
    for (int i = 0; i < 50'000; ++i) {
      // Loads from far below the limit to far beyond it.
      now_ns += dice.below(1 + 2'000 / limit / (1 + (i / 5'000) % 5));
      while (!untold.empty() && (untold.back() <= now_ns || dice.one_in(3))) {
        calls.ends(untold.back());
        untold.pop_back();
      }
      under_way.erase(under_way.begin(), under_way.upper_bound(now_ns));
      const bool has_room = static_cast<std::int64_t>(under_way.size()) < limit;
      REQUIRE(calls.has_room(now_ns) == has_room);
      if (!has_room) {
        ++refused;
        continue;
      }
      const std::int64_t end_ns = now_ns + dice.between(1, 2'000);
      under_way.insert(end_ns);
      if (dice.one_in(4)) {
        untold.push_back(end_ns);
        std::sort(untold.rbegin(), untold.rend());
      } else {
        calls.ends(end_ns);
      }
    }
    CHECK(refused > 1'000);
  }
}
