#include "core/traffic/arrivals.hpp"

#include <cmath>
#include <memory>
#include <vector>

#include "tests/core/statistics.hpp"
#include "tests/support/catch.hpp"

using namespace core;
using namespace core::traffic;
using namespace std::chrono_literals;
using Process = ArrivalsConfig::Process;

namespace {

const Date monday = std::chrono::sys_days{std::chrono::year{2026} / 11 / 30};

// Arrivals of `hours` hours; checks on the way that time never goes back and stays within what was asked for.
std::vector<std::int64_t> arrivals_of(const ArrivalsConfig& config, const DemandConfig& demand_config,
                                      std::int32_t hours, std::uint64_t seed) {
  const Demand demand{demand_config, Horizon::hours(monday, hours)};
  const auto process = make_arrivals(config, demand, Stream{seed});
  auto block = std::make_unique<Block>();
  std::vector<std::int64_t> all;
  bool is_in_order = true;
  for (std::int32_t hour = 0; hour < hours; ++hour) {
    for (;;) {
      process->take(*block, (hour + 1) * ns_per_hour);
      if (block->count == 0) { break; }
      for (std::size_t i = 0; i < block->count; ++i) {
        const std::int64_t at_ns = block->arrival_ns[i];
        is_in_order = is_in_order && at_ns >= hour * ns_per_hour && at_ns < (hour + 1) * ns_per_hour &&
                      (all.empty() || at_ns >= all.back());
        all.push_back(at_ns);
      }
    }
  }
  REQUIRE(is_in_order);
  return all;
}

DemandConfig busy_day() {
  DemandConfig config{.daily_users = 1e5, .requests_per_user_day = 10};
  config.hour_of_day = hour_profile(1);
  config.day_of_week = {1.5, 1, 1, 1, 1, 0.5, 0.5};
  return config;
}

// Expected arrivals from the start up to each arrival: the operational time, in which gaps have mean 1.
std::vector<double> operational_gaps(const std::vector<std::int64_t>& arrivals, const DemandConfig& config,
                                     std::int32_t hours) {
  Demand demand{config, Horizon::hours(monday, hours)};
  std::vector<double> gaps;
  double before_minutes = 0;
  double previous = 0;
  std::int64_t minute = 0;
  for (const std::int64_t at_ns : arrivals) {
    for (; minute < at_ns / ns_per_minute; ++minute) { before_minutes += demand.minute(minute); }
    const double now = before_minutes + demand.minute(minute) * static_cast<double>(at_ns % ns_per_minute) /
                                            static_cast<double>(ns_per_minute);
    gaps.push_back(now - previous);
    previous = now;
  }
  return gaps;
}

}  // namespace

TEST_CASE("Poisson counts have the demand as mean and as variance, whatever its shape", "[traffic][arrivals]") {
  // Over 3 days × 288 five-minute bins, Σ (count - expected)²/expected has mean 864 and variance 864 × 2 (and the
  // Poisson's little 1/expected); five deviations.
  const DemandConfig config = busy_day();
  constexpr std::int32_t hours = 72;
  const auto arrivals = arrivals_of({.process = Process::poisson}, config, hours, 1);
  Demand demand{config, Horizon::hours(monday, hours)};
  const double total = demand.expected_requests();
  CHECK(std::fabs(static_cast<double>(arrivals.size()) - total) < 5 * std::sqrt(total));
  std::vector<double> seen(hours * 12);
  for (const std::int64_t at_ns : arrivals) { seen[static_cast<std::size_t>(at_ns / (5 * ns_per_minute))] += 1; }
  double dispersion = 0;
  for (std::size_t bin = 0; bin < seen.size(); ++bin) {
    double expected = 0;
    for (std::int64_t i = 0; i < 5; ++i) { expected += demand.minute(static_cast<std::int64_t>(bin) * 5 + i); }
    dispersion += (seen[bin] - expected) * (seen[bin] - expected) / expected;
  }
  const auto bins = static_cast<double>(seen.size());
  CHECK(std::fabs(dispersion - bins) < 5 * std::sqrt(2 * bins));
}

TEST_CASE("Poisson gaps are exponential in operational time", "[traffic][arrivals]") {
  const auto arrivals = arrivals_of({.process = Process::poisson}, busy_day(), 24, 2);
  const auto gaps = operational_gaps(arrivals, busy_day(), 24);
  CHECK(statistics::kolmogorov(gaps, [](double x) { return 1 - std::exp(-x); }) < statistics::kolmogorov_bound);
}

TEST_CASE("Renewal gaps have mean 1 and the cv they were asked for", "[traffic][arrivals]") {
  for (const Process process : {Process::gamma, Process::weibull}) {
    for (const double cv : {0.3, 1.1, 2.5}) {
      CAPTURE(cv);
      const auto arrivals = arrivals_of({.process = process, .cv = cv}, busy_day(), 24, 3);
      const auto gaps = operational_gaps(arrivals, busy_day(), 24);
      const auto n = static_cast<double>(gaps.size());
      const auto m = statistics::moments(gaps);
      CHECK(std::fabs(m.mean - 1) < statistics::mean_tolerance(cv * cv, n));
      CHECK(std::fabs(m.variance - cv * cv) < statistics::variance_tolerance(m, n));
      // A renewal process: one gap says nothing of the next. 5/√n for the correlation of independent pairs.
      double together = 0;
      for (std::size_t i = 1; i < gaps.size(); ++i) { together += (gaps[i] - 1) * (gaps[i - 1] - 1) / n; }
      CHECK(std::fabs(together / m.variance) < 5 / std::sqrt(n));
    }
  }
}

TEST_CASE("Hours without demand have no arrivals, and demand after them goes on", "[traffic][arrivals]") {
  DemandConfig config{.daily_users = 1000, .requests_per_user_day = 10};
  config.growth = {.kind = Growth::Kind::phased, .phases = {{monday + std::chrono::days{1}, 1}}};
  for (const Process process : {Process::poisson, Process::gamma, Process::sessions}) {
    ArrivalsConfig arrivals_config{.process = process, .cv = 1.5};
    const auto arrivals = arrivals_of(arrivals_config, config, 48, 4);
    REQUIRE(!arrivals.empty());
    CHECK(arrivals.front() >= 24 * ns_per_hour);
    CHECK(std::fabs(static_cast<double>(arrivals.size()) - 10'000) < 5 * 1.5 * 100);
  }
}

TEST_CASE("A rate of less than one request in an hour is kept", "[traffic][arrivals]") {
  const DemandConfig config{.daily_users = 1, .requests_per_user_day = 5};
  double total = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    total += static_cast<double>(arrivals_of({.process = Process::poisson}, config, 24, seed).size());
  }
  CHECK(std::fabs(total - 500) < 5 * std::sqrt(500.0));
}

TEST_CASE("Bursts keep the mean and make counts as uneven as the theory says", "[traffic][arrivals]") {
  // Flat demand λ, multiplier with two values of mean 1: the count N(T) of an MMPP has
  // variance = λT + 2 λ² V (T/r - (1 - e^(-rT))/r²), V = the multiplier's variance, r = 1/calm + 1/burst
  // (autocovariance V e^(-r t)).
  const DemandConfig config{.daily_users = 1e5, .requests_per_user_day = 8.64};  // 10/s
  const ArrivalsConfig mmpp{.process = Process::mmpp, .burst_factor = 6, .mean_calm = 27s, .mean_burst = 3s};
  CHECK(mmpp.burst_share() == Approx(0.1));
  CHECK(mmpp.calm_factor() == Approx(1 / 1.5));
  constexpr std::int32_t hours = 240;
  const auto arrivals = arrivals_of(mmpp, config, hours, 5);
  const double calm = 1 / 1.5;
  const double v = 0.9 * (calm - 1) * (calm - 1) + 0.1 * (4 - 1) * (4 - 1);
  const double r = 1.0 / 27 + 1.0 / 3;
  const double t = 60;
  const double variance = 10 * t + 2 * 100 * v * (t / r - (1 - std::exp(-r * t)) / (r * r));
  std::vector<double> counts(hours * 60);
  for (const std::int64_t at_ns : arrivals) { counts[static_cast<std::size_t>(at_ns / ns_per_minute)] += 1; }
  const auto m = statistics::moments(counts);
  const auto n = static_cast<double>(counts.size());
  // Neighbouring minutes are correlated through the burst on their border: the variance of a mean over all time is
  // (λ + 2 λ² V / r) / T, which stands in for variance / n.
  const double mean_error = 5 * 60 * std::sqrt((10 + 2 * 100 * v / r) / (n * 60));
  CHECK(std::fabs(m.mean - 600) < mean_error);
  CHECK(std::fabs(m.variance - variance) < 1.3 * statistics::variance_tolerance(m, n));
  // Without bursts the variance would be 600.
  CHECK(variance > 5000);
}

TEST_CASE("Sessions have the requests, the think times and the mean they were asked for", "[traffic][arrivals]") {
  // 1 session start a second, sparse enough in nothing: the counts per session come from the totals.
  const DemandConfig config{.daily_users = 86'400, .requests_per_user_day = 4};
  const ArrivalsConfig sessions{.process = Process::sessions, .requests_per_session = 4, .mean_think_time = 30s};
  constexpr std::int32_t hours = 96;
  const auto arrivals = arrivals_of(sessions, config, hours, 6);
  // Sessions cut off by the end: about 3 × 30 s × 4/s = 360 requests are missing.
  const double total = 4.0 * 3600 * hours - 360;
  // A session brings 4 ± √12 requests (geometric): variance of the total = sessions × (12 + 16).
  CHECK(std::fabs(static_cast<double>(arrivals.size()) - total) < 5 * std::sqrt(3600.0 * hours * 28));
  // The rate is reached after some think times and then stays: the second hour has all its requests.
  double second_hour = 0;
  for (const std::int64_t at_ns : arrivals) { second_hour += at_ns / ns_per_hour == 1 ? 1 : 0; }
  CHECK(std::fabs(second_hour - 14'400) < 5 * std::sqrt(3600.0 * 28));
  // Counts are more uneven than Poisson: over long times the variance tends to 28/4 = 7 × the mean. In 10 minutes
  // part of a session falls outside; between 4 and 7.2 is what is left to claim.
  std::vector<double> counts(hours * 6 - 6);
  for (const std::int64_t at_ns : arrivals) {
    const auto bin = at_ns / (600 * ns_per_second);
    if (bin >= 6) { counts[static_cast<std::size_t>(bin) - 6] += 1; }
  }
  const auto m = statistics::moments(counts);
  CHECK(m.variance / m.mean > 4);
  CHECK(m.variance / m.mean < 7.2 + 5 * 7 * std::sqrt(2.0 / static_cast<double>(counts.size())));
}

TEST_CASE("Sessions of one request are the Poisson process itself", "[traffic][arrivals]") {
  const DemandConfig config{.daily_users = 86'400, .requests_per_user_day = 1};
  const ArrivalsConfig sessions{.process = Process::sessions, .requests_per_session = 1};
  CHECK(arrivals_of(sessions, config, 5, 7) == arrivals_of({.process = Process::poisson}, config, 5, 7));
}

TEST_CASE("Arrivals have the same nanoseconds in every build", "[traffic][arrivals][golden]") {
  const auto hash_of = [](const ArrivalsConfig& config) {
    statistics::Hash hash;
    for (const std::int64_t at_ns : arrivals_of(config, busy_day(), 3, 8)) {
      hash.add(static_cast<std::uint64_t>(at_ns));
    }
    return hash.value();
  };
  CHECK(hash_of({.process = Process::poisson}) == 0xa112c6cdc93e69c0U);
  CHECK(hash_of({.process = Process::gamma, .cv = 1.1}) == 0xef869b207436e36aU);
  CHECK(hash_of({.process = Process::weibull, .cv = 1.1}) == 0xfccfb2959561df41U);
  CHECK(hash_of({.process = Process::mmpp, .burst_factor = 5, .mean_calm = 9min, .mean_burst = 1min}) ==
        0xd2fb165253d02c11U);
  CHECK(hash_of({.process = Process::sessions, .requests_per_session = 4, .mean_think_time = 30s}) ==
        0x4c907cff75495ff1U);
}

TEST_CASE("Constant arrivals are a metronome that holds rate times duration requests", "[traffic]") {
  // 1,000 a second: the first half a gap after the start, and then every millisecond.
  const auto arrivals =
      arrivals_of({.process = Process::constant}, {.daily_users = 86'400'000, .requests_per_user_day = 1}, 1, 1);
  REQUIRE(arrivals.size() == 3'600'000);
  std::int64_t worst_ns = 0;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const std::int64_t due_ns = 500'000 + static_cast<std::int64_t>(i) * 1'000'000;
    worst_ns = std::max(worst_ns, std::abs(arrivals[i] - due_ns));
  }
  // Within a minute, 60,000 additions of 1 to a sum of that size err by less than 1e-11 of an arrival each.
  CHECK(worst_ns <= 1);
}
