// Spot prices that vary, against closed forms. Tolerances are 4 standard errors of what is estimated.
#include "pricing/spot_price.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/calendar.hpp"
#include "core/usage.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gunzip.hpp"
#include "tests/support/reference_data.hpp"

namespace pricing {
namespace {

using core::Money;
using core::Quantity;
using std::chrono::hours;

const Money base = Money::parse("0.4");

SpotPrices drawn(const SpotPriceProcess& process, std::uint64_t seed, std::int64_t hour_count,
                 std::optional<Money> on_demand = std::nullopt) {
  return spot_prices({.price = {}, .process = process, .trace = {}}, base, on_demand, core::Stream{seed}, hour_count);
}

constexpr int seeds = 10'000;

}  // namespace

TEST_CASE("A spot price begins at its base, keeps it as its mean, and spreads by its half life", "[spot]") {
  const SpotPriceProcess process{.sigma = 0.31, .half_life = hours{24}, .step = hours{1}, .capped = false};
  for (const std::size_t hour : {6U, 24U, 240U}) {
    CAPTURE(hour);
    double sum = 0;
    double squares = 0;
    double logs = 0;
    double log_squares = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const SpotPrices prices = drawn(process, seed, 241);
      REQUIRE(prices.parts[0] == prices.whole);
      const double multiple = static_cast<double>(prices.parts[hour]) / static_cast<double>(prices.whole);
      sum += multiple;
      squares += multiple * multiple;
      logs += std::log(multiple);
      log_squares += std::log(multiple) * std::log(multiple);
    }
    const double mean = sum / seeds;
    CHECK(std::abs(mean - 1) <= 4 * std::sqrt((squares / seeds - mean * mean) / seeds));
    const double log_mean = logs / seeds;
    const double variance = log_squares / seeds - log_mean * log_mean;
    // σ² (1 − 2^(−2 t ÷ half life)); the estimate of a normal's variance has the relative error √(2 ÷ n).
    const double expected = 0.31 * 0.31 * (1 - std::exp2(-2 * static_cast<double>(hour) / 24));
    CHECK(std::abs(variance / expected - 1) <= 4 * std::sqrt(2.0 / seeds));
  }
}

TEST_CASE("After a half life, half of a spot price's deviation is left", "[spot]") {
  const SpotPriceProcess process{.sigma = 0.31, .half_life = hours{24}, .step = hours{1}, .capped = false};
  constexpr std::int64_t count = 400'000;
  const SpotPrices prices = drawn(process, 1, count);
  std::vector<double> x;
  for (const std::int64_t parts : prices.parts) {
    x.push_back(std::log(static_cast<double>(parts) / static_cast<double>(prices.whole)) + 0.31 * 0.31 / 2);
  }
  double product = 0;
  double square = 0;
  for (std::size_t i = 1000; i + 24 < x.size(); ++i) {
    product += x[i] * x[i + 24];
    square += x[i] * x[i];
  }
  // Bartlett: an autocorrelation of lag k of an AR(1) has the variance ((1 + a²)(1 − a^2k) ÷ (1 − a²) − 2 k a^2k) ÷ n.
  const double a = std::exp2(-1.0 / 24);
  const double tail = 0.25;  // a^48
  const double error = std::sqrt(((1 + a * a) * (1 - tail) / (1 - a * a) - 48 * tail) / static_cast<double>(count));
  CHECK(std::abs(product / square - 0.5) <= 4 * error);
  CHECK(4 * error < 0.1);
}

TEST_CASE("A spot price stays for its step, and below on demand", "[spot]") {
  const SpotPriceProcess process{.sigma = 1, .half_life = hours{24}, .step = hours{6}, .capped = true};
  const Money on_demand = Money::parse("0.7");  // 1.75 times the base
  const SpotPrices prices = drawn(process, 5, 6000, on_demand);
  std::size_t at_cap = 0;
  for (std::size_t hour = 0; hour < prices.parts.size(); ++hour) {
    REQUIRE(prices.parts[hour] == prices.parts[hour / 6 * 6]);
    REQUIRE(prices.parts[hour] <= 1'750'000);
    if (prices.parts[hour] == 1'750'000) ++at_cap;
  }
  CHECK(at_cap > 100);
  const auto free_of_cap = SpotPriceProcess{.sigma = 1, .half_life = hours{24}, .step = hours{6}, .capped = false};
  const SpotPrices more = drawn(free_of_cap, 5, 6000, on_demand);
  CHECK(*std::max_element(more.parts.begin(), more.parts.end()) > 1'750'000);
  for (std::size_t hour = 0; hour < more.parts.size(); ++hour) {
    REQUIRE(prices.parts[hour] == std::min<std::int64_t>(more.parts[hour], 1'750'000));
  }
  // A cap that is no whole number of parts is never exceeded.
  const Money odd = Money::parse("0.333333333");
  for (const std::int64_t parts : drawn(process, 5, 600, odd).parts) {
    REQUIRE(core::cost(Quantity::nano(parts * 1000), base) <= odd);
  }
}

TEST_CASE("The same seed gives the same spot prices, whatever the horizon", "[spot]") {
  const SpotPrices year = drawn({}, 9, 8760);
  const SpotPrices month = drawn({}, 9, 744);
  CHECK(std::equal(month.parts.begin(), month.parts.end(), year.parts.begin()));
  CHECK(drawn({}, 10, 744).parts != month.parts);
  // The same bits on every machine: whoever changes these has changed every bill.
  CHECK(year.parts[1] == 990'101);
  CHECK(year.parts[8759] == 872'846);
}

TEST_CASE("Listed spot prices take turns, and are billed exactly", "[spot]") {
  const SpotPriceTrace trace{{Money::parse("0.31"), Money::parse("0.290000001")}, hours{2}};
  const SpotPrices prices = spot_prices({.price = {}, .process = {}, .trace = trace}, {}, {}, core::Stream{1}, 7);
  CHECK(prices.parts == std::vector<std::int64_t>{310'000'000, 310'000'000, 290'000'001, 290'000'001, 310'000'000,
                                                  310'000'000, 290'000'001});
  std::vector<core::HourUsage> used(7);
  used[1].spot_billed_seconds = 1800;
  used[3].spot_billed_seconds = 3600;
  const SpotCost cost = spot_cost(prices, used, 0);
  CHECK(cost.amount == Money::parse("0.445000001"));  // 0.155 + 0.290000001
  CHECK(cost.mean == Money::parse("0.296666667"));
  CHECK(cost.lowest == Money::parse("0.290000001"));
  CHECK(cost.highest == Money::parse("0.31"));
  const SpotCost none = spot_cost(prices, std::vector<core::HourUsage>(1), 2);
  CHECK(none.amount == Money{});
  CHECK(none.mean == Money::parse("0.290000001"));
}

TEST_CASE("Twice the base price is twice the cost of spot, exactly", "[spot][property]") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    core::Stream chance{seed};
    std::vector<core::HourUsage> used(48);
    for (core::HourUsage& hour : used) {
      hour.spot_billed_seconds = static_cast<std::int64_t>(chance.next() % 100'000);
    }
    const Money price = Money::atto(static_cast<std::int64_t>(chance.next() % 9'000'000'000) * 1'000'000'000);
    const SpotPricePlan plan{.price = {}, .process = SpotPriceProcess{}, .trace = {}};
    const auto amount = [&](int times) {
      return spot_cost(spot_prices(plan, price * times, price * 2 * times, core::Stream{seed}, 48), used, 0).amount;
    };
    CHECK(amount(2) == amount(1) * 2);
  }
}

TEST_CASE("The default volatility is that of Google's spot prices in 90 days", "[spot][reference]") {
  const auto packed =
      test_support::read_reference_data("prices/gcp_spot_price_history_us_2026-05-05_2026-08-03.csv.gz");
  if (!packed) return;
  std::istringstream lines{test_support::gunzip(*packed)};
  std::string line;
  std::getline(lines, line);
  std::map<std::string, std::map<core::Date, double>> series;  // logarithms, by region and type
  while (std::getline(lines, line)) {
    std::istringstream cells{line};
    std::string date;
    std::string region;
    std::string type;
    std::string on_demand;
    std::string spot;
    std::getline(cells, date, ',');
    std::getline(cells, region, ',');
    std::getline(cells, type, ',');
    std::getline(cells, on_demand, ',');
    std::getline(cells, spot, ',');
    series[region + " " + type][core::parse_date(date)] = std::log(std::stod(spot));
  }
  CHECK(series.size() == 206);
  // Of the process, a change within t has the mean square 2 σ² (1 − 2^(−t ÷ half life)).
  double squares = 0;
  double shares = 0;
  for (const auto& [name, prices] : series) {
    for (auto before = prices.begin(), after = std::next(before); after != prices.end(); ++before, ++after) {
      const auto days = static_cast<double>((after->first - before->first).count());
      squares += (after->second - before->second) * (after->second - before->second);
      shares += 2 * (1 - std::exp2(-days / 90));
    }
  }
  CHECK(SpotPriceProcess{}.half_life == hours{90 * 24});
  CHECK(SpotPriceProcess{}.sigma == Approx(std::sqrt(squares / shares)).margin(0.005));
}

}  // namespace pricing
