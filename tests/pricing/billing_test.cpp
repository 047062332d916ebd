#include "pricing/billing.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar.hpp"
#include "core/random.hpp"
#include "core/usage.hpp"
#include "pricing/catalog.hpp"
#include "pricing/cost_plan.hpp"
#include "tests/pricing/support/tables.hpp"
#include "tests/support/catch.hpp"

namespace pricing {
namespace {

using core::BillingPeriod;
using core::HourUsage;
using core::Money;
using core::Quantity;
using core::Usage;

const core::Stream chance{1};  // of spot prices

// SplitMix64; the properties need varied figures, not good ones.
class Figures {
 public:
  explicit Figures(std::uint64_t seed) : state_{seed} {}
  std::int64_t below(std::int64_t limit) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<std::int64_t>((z ^ (z >> 31)) % static_cast<std::uint64_t>(limit));
  }

 private:
  std::uint64_t state_;
};

Usage every_hour(std::int32_t hours, const HourUsage& hour) {
  Usage usage;
  usage.hours.assign(static_cast<std::size_t>(hours), hour);
  return usage;
}

BillingPeriod whole(const Usage& usage, const char* name = "730 hours") {
  return {name, 0, static_cast<std::int32_t>(usage.hours.size())};
}

const BillLine& line(const Bill& bill, std::string_view item) {
  for (const BillLine& each : bill.lines) {
    if (each.item == item) return each;
  }
  FAIL("no line '" << std::string{item} << "'");
  return bill.lines.front();
}

CostPlan plan_on(const std::string& instance) {
  CostPlan plan;
  plan.instance = instance;
  return plan;
}

// A month with everything in it, drawn from a seed.
Usage drawn_usage(std::uint64_t seed, std::int32_t hours) {
  Figures figures{seed};
  Usage usage;
  for (std::int32_t i = 0; i < hours; ++i) {
    HourUsage hour;
    hour.arrivals = figures.below(1'000'000);
    hour.cache_hits = hour.arrivals / 3;
    hour.served = hour.arrivals - hour.cache_hits;
    hour.input_tokens = figures.below(2'000'000'000);
    hour.output_tokens = figures.below(500'000'000);
    hour.cache_hit_output_tokens = figures.below(100'000'000);
    hour.billed_instance_seconds = figures.below(360'000);
    hour.spot_billed_seconds = figures.below(2) * hour.billed_instance_seconds / (1 + figures.below(4));
    usage.hours.push_back(hour);
  }
  return usage;
}

CostPlan drawn_plan(std::uint64_t seed) {
  Figures figures{seed ^ 0xabcdef};
  const Catalog& catalog = test::catalog();
  std::vector<const Sku*> instances;
  std::vector<const Sku*> models;
  for (const Row& row : catalog.rows()) {
    if (row->meter == Meter::instance_time) instances.push_back(row.sku);
    if (row->meter == Meter::tokens) models.push_back(row.sku);
  }
  const auto pick = [&figures](const std::vector<const Sku*>& skus) {
    return Catalog::name_of(*skus[static_cast<std::size_t>(figures.below(std::ssize(skus)))]);
  };
  CostPlan plan;
  std::string cloud = "aws";
  if (figures.below(3) == 0) {
    plan.model = pick(models);
  } else {
    plan.instance = pick(instances);
    cloud = plan.instance.substr(0, plan.instance.find('/'));
    plan.purchase.committed_share = Quantity::nano(figures.below(1'000'000'001));
    plan.purchase.spot = SpotPricePlan{};
    if ((*catalog.find(plan.instance))->find_offer("spot") == nullptr) {
      plan.purchase.spot->price = Money::parse("1.47");
    }
  }
  plan.weights = WeightsPlan{figures.below(100'000'000'000), 1 + figures.below(5), cloud + "/storage.object"};
  plan.egress = EgressPlan{figures.below(100'000), figures.below(20), cloud + "/egress.internet"};
  plan.load_balancer =
      LoadBalancerPlan{cloud + "/lb", 1 + figures.below(20), figures.below(300), figures.below(3000), figures.below(8)};
  plan.training = TrainingPlan{.gpu_hours = Quantity::nano(figures.below(1'000'000'000'000)),
                               .instance = "aws/p5.48xlarge",
                               .retrain_every = std::chrono::hours{24 + figures.below(500)},
                               .labels = LabelsPlan{figures.below(100'000), Money::parse("0.08")},
                               .engineer_days = Quantity::whole(figures.below(100)),
                               .day_rate = Money::parse("1167")};
  plan.engineering = EngineeringPlan{Quantity::whole(10), Money::parse("900")};
  plan.cache_tier = CacheTierPlan{"aws/cache.m6g.large", 1 + figures.below(9)};
  return plan;
}

std::optional<Money> doubled(const std::optional<Money>& price) {
  return price ? std::optional{*price * 2} : std::nullopt;
}

TokenPrices doubled(const TokenPrices& prices) {
  return {doubled(prices.input), doubled(prices.cached_input), doubled(prices.output)};
}

Catalog doubled(const Catalog& catalog) {
  Catalog result;
  for (PriceTable table : catalog.tables()) {
    for (Sku& sku : table.skus) {
      for (Offer& offer : sku.offers) offer.price = doubled(offer.price);
      if (sku.tiers) {
        for (TierStep& step : sku.tiers->steps) step.price = doubled(step.price);
      }
      if (sku.tokens) {
        sku.tokens->base = doubled(sku.tokens->base);
        for (TokenBracket& bracket : sku.tokens->brackets) bracket.prices = doubled(bracket.prices);
      }
    }
    result.add(std::move(table));
  }
  return result;
}

}  // namespace

TEST_CASE("G7: the bill of 10,000 new connections a second through a load balancer", "[billing][golden]") {
  const Usage usage = every_hour(730, {.arrivals = 10'000LL * 3600});
  CostPlan plan;
  plan.load_balancer = LoadBalancerPlan{.sku = "aws/lb", .requests_per_connection = 1, .connection_seconds = 1};
  const Bill got = bill(plan, test::catalog(), usage, whole(usage), chance);
  const BillLine& units = line(got, "load balancer, capacity units");
  CHECK(units.quantity == Quantity::whole(292'000));
  CHECK(units.amount == Money::parse("2336.00"));
  CHECK(line(got, "load balancer, hours").amount == Money::parse("16.425"));
  CHECK(units.note ==
        "at most 10 rules, which are free; without the answers, for the option has no egress section that gives their "
        "bytes");
  // Ten requests a connection need a tenth of it.
  plan.load_balancer->requests_per_connection = 10;
  CHECK(line(bill(plan, test::catalog(), usage, whole(usage), chance), "load balancer, capacity units").amount ==
        Money::parse("233.60"));
}

TEST_CASE("G8: ten starts of 7 s are billed as 600 s", "[billing][golden]") {
  const auto rule = test::catalog().metering_rule("aws/g6.xlarge").value();
  HourUsage hour;
  for (int start = 0; start < 10; ++start) {
    ++hour.instance_starts;
    hour.billed_instance_seconds += rule.billed_seconds(std::chrono::seconds{7});
  }
  CHECK(hour.billed_instance_seconds == 600);
  const Usage usage = every_hour(1, hour);
  const Bill got = bill(plan_on("aws/g6.xlarge"), test::catalog(), usage, whole(usage), chance);
  REQUIRE(got.lines.size() == 1);
  CHECK(got.lines[0].quantity == Quantity::parse("0.166666667"));
  CHECK(got.lines[0].amount == Money::parse("0.1341333336016"));  // 0.166666667 × 0.8048
}

TEST_CASE("Ten spot starts of 7 s are billed as 600 s, at the spot price", "[billing][golden][spot]") {
  const auto rule = test::catalog().metering_rule("aws/g6.xlarge").value();
  HourUsage hour;
  for (int start = 0; start < 10; ++start) {
    ++hour.instance_starts;
    ++hour.spot_starts;
    ++hour.spot_interruptions;
    hour.billed_instance_seconds += rule.billed_seconds(std::chrono::seconds{7});
    hour.spot_billed_seconds += rule.billed_seconds(std::chrono::seconds{7});
  }
  const Usage usage = every_hour(1, hour);
  CostPlan plan = plan_on("aws/g6.xlarge");
  plan.purchase.spot = SpotPricePlan{};
  const Bill got = bill(plan, test::catalog(), usage, whole(usage), chance);
  REQUIRE(got.lines.size() == 2);
  CHECK(got.lines[0].item == "aws/g6.xlarge, spot");
  CHECK(got.lines[0].driver == "billed seconds of spot instances");
  CHECK(got.lines[0].quantity == Quantity::parse("0.166666667"));
  CHECK(got.lines[0].unit_price == Money::parse("0.410448"));       // 0.8048 × 0.51
  CHECK(got.lines[0].amount == Money::parse("0.068408000136816"));  // 0.166666667 × 0.410448
  CHECK(got.lines[0].source->offer == "spot");
  CHECK(got.lines[0].source->confidence == "assumption");
  CHECK(got.lines[0].note ==
        "spot instances started: 10, taken away: 10; assumed: on demand less the 49 % that the Spot Advisor of "
        "2025-06-28 "
        "shows; interrupted >20% a month");
  CHECK(got.lines[1].item == "aws/g6.xlarge, on demand");
  CHECK(got.lines[1].amount == Money{});
}

TEST_CASE("G12: a month of 1,000 requests a second is 2.592e9 of 30 days and 2.628e9 of 730 hours",
          "[billing][golden]") {
  const HourUsage hour{.served = 3'600'000, .input_tokens = 3'600'000};  // a token each
  CostPlan plan;
  plan.model = "gpt-4o-mini";
  const core::Date start = core::parse_date("2026-11-01");
  const core::Horizon november = core::Horizon::months(start, 1);
  const core::Horizon average = core::Horizon::average_months(start, 1);
  for (const auto& [horizon, requests, millions] :
       {std::tuple{november, 2'592'000'000LL, 2592}, std::tuple{average, 2'628'000'000LL, 2628}}) {
    const Usage usage = every_hour(horizon.hour_count(), hour);
    CHECK(usage.total().served == requests);
    const Bill got = bill(plan, test::catalog(), usage, horizon.periods.at(0), chance);
    CHECK(line(got, "gpt-4o-mini, input tokens").quantity == Quantity::whole(millions));
    CHECK(line(got, "gpt-4o-mini, input tokens").amount == core::cost(Quantity::whole(millions), Money::parse("0.15")));
  }
}

TEST_CASE("A commitment is settled hour by hour and its unused part is a line of its own", "[billing]") {
  Usage usage;
  for (const std::int64_t instances : {0, 4, 8}) usage.hours.push_back({.billed_instance_seconds = instances * 3600});
  CostPlan plan = plan_on("aws/g6.xlarge");
  plan.purchase.committed_share = Quantity::parse("0.5");  // of a mean of 4
  const Bill got = bill(plan, test::catalog(), usage, whole(usage), chance);
  REQUIRE(got.lines.size() == 3);
  CHECK(line(got, "aws/g6.xlarge, committed 1y").quantity == Quantity::whole(4));          // 0 + 2 + 2
  CHECK(line(got, "aws/g6.xlarge, committed 1y, unused").quantity == Quantity::whole(2));  // 2 + 0 + 0
  CHECK(line(got, "aws/g6.xlarge, on demand").quantity == Quantity::whole(8));             // 0 + 2 + 6
  const Money rate = Money::parse("0.579456");                                             // 0.72 × 0.8048
  CHECK(line(got, "aws/g6.xlarge, committed 1y, unused").amount == core::cost(Quantity::whole(2), rate));
  const BillLine& committed = line(got, "aws/g6.xlarge, committed 1y");
  CHECK(committed.unit_price == rate);
  CHECK(committed.source->offer == "committed_1y");
  CHECK(committed.source->confidence == "assumption");
  CHECK(committed.note ==
        "committed instances: 2, for 1y, paid for whether they run or not; assumed: Compute Savings Plans, 1 year "
        "without upfront payment, take about 27 to 28 % off this family");
}

TEST_CASE("A commitment is a share of the whole usage, not of the period that is billed", "[billing]") {
  Usage usage;
  usage.hours.assign(10, {.billed_instance_seconds = 3600});
  usage.hours.resize(20, {.billed_instance_seconds = 9 * 3600});
  CostPlan plan = plan_on("aws/g6.xlarge");
  plan.purchase.committed_share = Quantity::whole(1);  // of a mean of 5
  const Bill quiet = bill(plan, test::catalog(), usage, {"2026-12", 0, 10}, chance);
  CHECK(line(quiet, "aws/g6.xlarge, committed 1y, unused").quantity == Quantity::whole(40));
  CHECK(line(quiet, "aws/g6.xlarge, on demand").quantity == Quantity{});
  const Bill busy = bill(plan, test::catalog(), usage, {"2027-01", 10, 20}, chance);
  CHECK(line(busy, "aws/g6.xlarge, committed 1y, unused").quantity == Quantity{});
  CHECK(line(busy, "aws/g6.xlarge, on demand").quantity == Quantity::whole(40));
}

TEST_CASE("A commitment never covers spot, and what it does not cover is on demand", "[billing][spot]") {
  // Hours with 8 instances of which 6, 2 and 8 are spot; 3 are committed: 3 of a mean of 8 are 37.5 %.
  Usage usage;
  for (const std::int64_t spot : {6, 2, 8}) {
    usage.hours.push_back({.billed_instance_seconds = 8 * 3600, .spot_billed_seconds = spot * 3600});
  }
  CostPlan plan = plan_on("aws/g6.xlarge");
  plan.purchase.committed_share = Quantity::parse("0.375");
  plan.purchase.spot = SpotPricePlan{};
  const Bill got = bill(plan, test::catalog(), usage, whole(usage), chance);
  REQUIRE(got.lines.size() == 4);
  CHECK(line(got, "aws/g6.xlarge, spot").quantity == Quantity::whole(16));
  CHECK(line(got, "aws/g6.xlarge, committed 1y").quantity == Quantity::whole(5));          // 2 + 3 + 0
  CHECK(line(got, "aws/g6.xlarge, committed 1y, unused").quantity == Quantity::whole(4));  // 1 + 0 + 3
  CHECK(line(got, "aws/g6.xlarge, on demand").quantity == Quantity::whole(3));             // 0 + 3 + 0
  // Spot seconds are billed as spot whatever the plan knows of them.
  plan.purchase.spot.reset();
  CHECK(bill(plan, test::catalog(), usage, whole(usage), chance) == got);
}

TEST_CASE("Spot at prices that vary is billed second by second, in whole parts of a price", "[billing][spot]") {
  Usage usage = every_hour(48, {});
  Figures figures{3};
  for (HourUsage& hour : usage.hours) {
    hour.spot_billed_seconds = figures.below(20'000);
    hour.billed_instance_seconds = hour.spot_billed_seconds + figures.below(20'000);
  }
  CostPlan plan = plan_on("aws/g6.xlarge");
  plan.purchase.spot = SpotPricePlan{};
  const Bill constant = bill(plan, test::catalog(), usage, whole(usage), chance);
  plan.purchase.spot->process = SpotPriceProcess{};
  const Bill varying = bill(plan, test::catalog(), usage, whole(usage), chance);
  const SpotPrices prices = spot_prices(*plan.purchase.spot, Money::parse("0.410448"), Money::parse("0.8048"),
                                        chance.child("spot price of aws/g6.xlarge"), 48);
  core::Int128 parts = 0;
  for (std::size_t i = 0; i < 48; ++i) parts += core::Int128{usage.hours[i].spot_billed_seconds} * prices.parts[i];
  const BillLine& spot = line(varying, "aws/g6.xlarge, spot");
  CHECK(spot.amount == core::cost(Quantity::ratio(parts, 3'600'000'000), Money::parse("0.410448")));
  CHECK(spot.amount != line(constant, "aws/g6.xlarge, spot").amount);
  CHECK(spot.quantity == line(constant, "aws/g6.xlarge, spot").quantity);
  CHECK(spot.source->offer == "spot");
  CHECK(varying.total() == *spot.amount + *line(varying, "aws/g6.xlarge, on demand").amount);
  // The mean price times the hours is the amount, but for the rounding of the mean.
  const Money product = core::cost(spot.quantity, *spot.unit_price);
  CHECK((product - *spot.amount < Money::parse("1e-6") && *spot.amount - product < Money::parse("1e-6")));
  // Another seed is another month; the same one the same, for whoever rents this type.
  CHECK(bill(plan, test::catalog(), usage, whole(usage), core::Stream{2}) != varying);
  CHECK(bill(plan, test::catalog(), usage, whole(usage), chance) == varying);
  // Without volatility it is the constant, to the last digit.
  plan.purchase.spot->process->sigma = 0;
  CHECK(line(bill(plan, test::catalog(), usage, whole(usage), chance), "aws/g6.xlarge, spot").amount ==
        line(constant, "aws/g6.xlarge, spot").amount);
}

TEST_CASE("The prices of a period go on from those of the period before", "[billing][spot]") {
  const Usage usage = every_hour(100, {.billed_instance_seconds = 3600, .spot_billed_seconds = 3600});
  CostPlan plan = plan_on("aws/g6.xlarge");
  plan.purchase.spot = SpotPricePlan{.price = {}, .process = SpotPriceProcess{}, .trace = {}};
  const auto spot = [&](std::int32_t first, std::int32_t end) {
    return *line(bill(plan, test::catalog(), usage, {"2026-12", first, end}, chance), "aws/g6.xlarge, spot").amount;
  };
  // An instance for a whole hour: parts per million of an hour are not rounded.
  CHECK(spot(0, 40) + spot(40, 100) == spot(0, 100));
  CHECK(spot(0, 1) == Money::parse("0.410448"));
}

TEST_CASE("Spot without a price is unpriced, and a scenario can give one", "[billing][spot]") {
  const Usage usage = every_hour(10, {.billed_instance_seconds = 3600, .spot_billed_seconds = 3600});
  CostPlan plan = plan_on("azure/NC24ads_A100_v4");
  for (const auto& process : {std::optional<SpotPriceProcess>{}, std::optional{SpotPriceProcess{}}}) {
    plan.purchase.spot = SpotPricePlan{.price = {}, .process = process, .trace = {}};
    const Bill got = bill(plan, test::catalog(), usage, whole(usage), chance);
    CHECK_FALSE(got.complete());
    CHECK(got.lines[0].quantity == Quantity::whole(10));
    CHECK(got.lines[0].note ==
          "unpriced; spot instances started: 0, taken away: 0; azure/NC24ads_A100_v4 has no offer spot");
  }
  plan.purchase.spot = SpotPricePlan{.price = Money::parse("1.47"), .process = {}, .trace = {}};
  const Bill given = bill(plan, test::catalog(), usage, whole(usage), chance);
  CHECK(given.lines[0].amount == Money::parse("14.7"));
  CHECK_FALSE(given.lines[0].source.has_value());
  plan.instance = "colo/none";
  const Bill unknown = bill(plan, test::catalog(), usage, whole(usage), chance);
  CHECK(unknown.lines[0].amount == Money::parse("14.7"));
  plan.purchase.spot->process = SpotPriceProcess{};  // without a row there is no cap
  CHECK(bill(plan, test::catalog(), usage, whole(usage), chance).lines[0].amount.has_value());
}

TEST_CASE("Committed instances are whole, rounded half to even", "[billing]") {
  const Usage mean_of_five = every_hour(10, {.billed_instance_seconds = 5 * 3600});
  CHECK(committed_instances(Quantity::parse("0.3"), mean_of_five) == 2);  // 1.5
  CHECK(committed_instances(Quantity::parse("0.5"), mean_of_five) == 2);  // 2.5
  CHECK(committed_instances(Quantity::parse("0.500000001"), mean_of_five) == 3);
  CHECK(committed_instances(Quantity::parse("0.7"), mean_of_five) == 4);  // 3.5
  CHECK(committed_instances(Quantity::whole(1), mean_of_five) == 5);
  CHECK(committed_instances(Quantity{}, mean_of_five) == 0);
  CHECK(committed_instances(Quantity::whole(1), Usage{}) == 0);
}

TEST_CASE("Storage is billed by its share of the calendar month", "[billing]") {
  CHECK(hours_of_month({"2026-12", 0, 10}) == 744);
  CHECK(hours_of_month({"2027-02", 0, 10}) == 672);
  CHECK(hours_of_month({"2028-02", 0, 10}) == 696);
  CHECK(hours_of_month({"730 hours", 0, 10}) == 730);
  CostPlan plan;
  plan.weights = WeightsPlan{10 * 1'073'741'824LL, 2, "aws/storage.object"};
  const Usage usage = every_hour(744, {});
  CHECK(bill(plan, test::catalog(), usage, {"2026-12", 0, 744}, chance).total() == Money::parse("0.46"));
  CHECK(bill(plan, test::catalog(), usage, {"2026-12", 0, 372}, chance).total() == Money::parse("0.23"));
}

TEST_CASE("Retraining is billed in the period in which it begins", "[billing]") {
  CostPlan plan;
  plan.training = TrainingPlan{.gpu_hours = Quantity::whole(8),
                               .instance = "aws/p5.48xlarge",
                               .retrain_every = std::chrono::hours{100},
                               .labels = LabelsPlan{10, Money::parse("1")},
                               .engineer_days = {},
                               .day_rate = {}};
  const Usage usage = every_hour(401, {});
  const auto trainings = [&](std::int32_t first, std::int32_t end) {
    const Bill got = bill(plan, test::catalog(), usage, {"2026-12", first, end}, chance);
    return got.lines.empty() ? Quantity{} : got.lines.at(0).quantity;
  };
  CHECK(trainings(0, 100) == Quantity{});  // the one at hour 100 belongs to the next period
  CHECK(trainings(0, 101) == Quantity::whole(1));
  CHECK(trainings(100, 101) == Quantity::whole(1));
  CHECK(trainings(101, 401) == Quantity::whole(3));
  CHECK(trainings(0, 401) == Quantity::whole(4));
  CHECK(one_time(plan, test::catalog()).lines.at(0).quantity == Quantity::whole(1));
  CHECK(one_time(plan, test::catalog()).total() == Money::parse("65.04"));  // 55.04 + 10 labels
}

TEST_CASE("A semantic cache pays for the reading of every question, whoever answers it", "[billing]") {
  CostPlan plan;
  plan.model = "gpt-4o-mini";
  plan.embedding_model = "text-embedding-3-small";
  const Usage usage = every_hour(1, {.arrivals = 3, .cache_hits = 1, .served = 2, .cache_lookup_tokens = 3'000'000});
  const BillLine read =
      line(bill(plan, test::catalog(), usage, whole(usage)), "text-embedding-3-small, embedding of questions");
  CHECK(read.category == "cache");
  CHECK(read.amount == Money::parse("0.06"));
  plan.embedding_model = "nobody";
  CHECK_FALSE(bill(plan, test::catalog(), usage, whole(usage)).lines.back().amount.has_value());
}

TEST_CASE("Answers of the cache leave through the network but use no model", "[billing]") {
  CostPlan plan;
  plan.model = "gpt-4o-mini";
  plan.egress = EgressPlan{1000, 5, "gcp/egress.internet"};
  const Usage usage = every_hour(
      1, {.arrivals = 3, .cache_hits = 1, .served = 2, .output_tokens = 200, .cache_hit_output_tokens = 100});
  const Bill got = bill(plan, test::catalog(), usage, whole(usage), chance);
  CHECK(line(got, "gpt-4o-mini, output tokens").quantity == Quantity::parse("0.0002"));
  CHECK(line(got, "internet egress, up to 1024 GB a month").quantity == Quantity::ratio(3 * 1000 + 300 * 5, 1 << 30));
}

TEST_CASE("A long-context price that the sums cannot select is said on the line", "[billing]") {
  CostPlan plan;
  plan.model = "gemini-2.5-pro";
  const Usage usage = every_hour(1, {.input_tokens = 1'000'000});
  CHECK(line(bill(plan, test::catalog(), usage, whole(usage), chance), "gemini-2.5-pro, input tokens").note ==
        "requests of more than 200000 prompt tokens cost more; all are billed at the lower rate here");
}

TEST_CASE("A row that is not there is an unpriced line with its quantity, never 0", "[billing]") {
  const Usage usage =
      every_hour(10, {.arrivals = 100, .served = 100, .input_tokens = 5, .billed_instance_seconds = 3600});
  CostPlan plan = plan_on("aws/g6.xlage");
  plan.weights = WeightsPlan{16'000'000'000, 1, "no-storage"};
  plan.egress = EgressPlan{1, 1, "no-egress"};
  plan.load_balancer = LoadBalancerPlan{.sku = "no-lb"};
  plan.cache_tier = CacheTierPlan{"no-node", 2};
  plan.training = TrainingPlan{.gpu_hours = Quantity::whole(8),
                               .instance = "no-gpu",
                               .retrain_every = std::chrono::hours{1},
                               .labels = {},
                               .engineer_days = {},
                               .day_rate = {}};
  const Bill got = bill(plan, test::catalog(), usage, whole(usage), chance);
  CHECK(got.lines.size() == 7);
  CHECK_FALSE(got.complete());
  for (const BillLine& each : got.lines) {
    CAPTURE(each.item);
    CHECK_FALSE(each.amount.has_value());
    CHECK_FALSE(each.unit_price.has_value());
    CHECK_FALSE(each.source.has_value());
    CHECK(each.quantity > Quantity{});
    CHECK(each.note.starts_with("unpriced; "));
  }
  CHECK(got.lines[0].item == "aws/g6.xlage, on demand");
  CHECK(got.lines[0].quantity == Quantity::whole(10));
  CHECK(got.lines[0].note == "unpriced; no price row 'aws/g6.xlage'; did you mean 'aws/g6.xlarge'?");
  CHECK_FALSE(one_time(plan, test::catalog()).complete());

  plan = CostPlan{};
  plan.model = "gpt4o-mini";
  const Bill tokens = bill(plan, test::catalog(), usage, whole(usage), chance);
  CHECK(tokens.lines.size() == 2);
  CHECK(tokens.lines[0].note == "unpriced; no price row 'gpt4o-mini'; did you mean 'gpt-4o-mini'?");
}

TEST_CASE("An offer that a row does not have is unpriced, too", "[billing]") {
  const Usage usage = every_hour(10, {.billed_instance_seconds = 3600});
  CostPlan plan = plan_on("aws/g6.xlarge");
  plan.purchase = {Quantity::whole(1), "committed_3y"};
  const Bill got = bill(plan, test::catalog(), usage, whole(usage), chance);
  CHECK_FALSE(got.complete());
  CHECK(got.lines[0].note ==
        "unpriced; committed instances: 1, for 3y, paid for whether they run or not; aws/g6.xlarge has no offer "
        "committed_3y");
}

TEST_CASE("A period beyond the usage is our own mistake", "[billing]") {
  const Usage usage = every_hour(10, {});
  CHECK_THROWS_WITH(bill({}, test::catalog(), usage, {"2026-12", 0, 11}, chance),
                    "billing period 2026-12 covers hours 0 to 11 of a usage of 10 hours");
}

TEST_CASE("Every line is its quantity times its price, and the lines sum to the total", "[billing][property]") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    const Usage usage = drawn_usage(seed, 48);
    const CostPlan plan = drawn_plan(seed);
    for (const Bill& got :
         {bill(plan, test::catalog(), usage, whole(usage, "2026-12"), chance), one_time(plan, test::catalog())}) {
      Money sum;
      for (const BillLine& each : got.lines) {
        CAPTURE(each.item);
        REQUIRE(each.amount.has_value());
        CHECK(each.amount == core::cost(each.quantity, *each.unit_price));
        sum += *each.amount;
      }
      CHECK(sum == got.total());
      CHECK(got.complete());
    }
  }
}

TEST_CASE("The instance-hours of a bill are those of the usage", "[billing][property]") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    const Usage usage = drawn_usage(seed, 48);
    CostPlan plan = plan_on("aws/g6.xlarge");
    plan.purchase.committed_share = Quantity::nano(Figures{seed}.below(1'000'000'001));
    const Bill got = bill(plan, test::catalog(), usage, whole(usage), chance);
    Quantity used;
    Quantity committed;
    for (const BillLine& each : got.lines) {
      if (each.item.ends_with("spot")) {
        CHECK(each.quantity == Quantity::ratio(usage.total().spot_billed_seconds, 3600));
        continue;
      }
      const bool unused = each.item.ends_with("unused");
      if (!unused) used += each.quantity;
      if (each.item.find("committed") != std::string::npos) committed += each.quantity;
    }
    CHECK(used == Quantity::ratio(usage.total().billed_instance_seconds - usage.total().spot_billed_seconds, 3600));
    CHECK(committed == Quantity::whole(48 * committed_instances(plan.purchase.committed_share, usage)));
  }
}

// A line is round(quantity × price), so doubling the price doubles it exactly unless the product has digits below
// 1e-18. Quantities lie on 1e-9 (tokens on 1e-6 of a million) and shipped prices on 1e-9 (tokens on 1e-12; see
// tables_test), so products are whole numbers of 1e-18 and nothing is rounded: the equality is exact. With a finer
// price it need not be, which the last lines show; the difference is then at most one step of 1e-18, because
// |round(2x) - 2 round(x)| ≤ 1/2 + 2 · 1/2 < 2.
TEST_CASE("Doubling every price doubles every line exactly", "[billing][property]") {
  const Catalog twice = doubled(test::catalog());
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    const Usage usage = drawn_usage(seed, 48);
    CostPlan plan = drawn_plan(seed);
    std::optional<SpotPricePlan>& spot = plan.purchase.spot;
    if (spot && seed % 2 == 0) spot->process = SpotPriceProcess{};
    const Bill once_monthly = bill(plan, test::catalog(), usage, whole(usage), chance);
    const Bill once_bought = one_time(plan, test::catalog());
    plan.training->labels->each = plan.training->labels->each * 2;
    plan.training->day_rate = plan.training->day_rate * 2;
    plan.engineering->day_rate = plan.engineering->day_rate * 2;
    if (spot && spot->price) spot->price = *spot->price * 2;
    const Bill twice_monthly = bill(plan, twice, usage, whole(usage), chance);
    const Bill twice_bought = one_time(plan, twice);
    for (const auto& [before, after] :
         {std::pair{&once_monthly, &twice_monthly}, std::pair{&once_bought, &twice_bought}}) {
      REQUIRE(before->lines.size() == after->lines.size());
      for (std::size_t i = 0; i < before->lines.size(); ++i) {
        CAPTURE(before->lines[i].item);
        CHECK(after->lines[i].quantity == before->lines[i].quantity);
        CHECK(after->lines[i].amount == *before->lines[i].amount * 2);
      }
      CHECK(after->total() == before->total() * 2);
    }
  }
  const Quantity five_nanos = Quantity::nano(5);
  const Money fine = Money::parse("1e-10");  // the product is half of a step
  CHECK(core::cost(five_nanos, fine) * 2 == Money{});
  CHECK(core::cost(five_nanos, fine * 2) == Money::atto(1));
}

}  // namespace pricing
