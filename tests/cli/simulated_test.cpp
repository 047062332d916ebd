// Decisions that rest on a simulation: break-evens, rollouts from a simulated bill, levers as they were simulated, the
// quality of combinations; and bills and latencies that must follow from closed forms.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/break_evens.hpp"
#include "cli/program.hpp"
#include "core/money.hpp"
#include "decision/exact.hpp"
#include "reports/json.hpp"
#include "reports/text.hpp"
#include "tests/support/billcast.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/figure.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using core::Money;
using core::Quantity;
using test_support::billcast;
using test_support::check_says;
using test_support::figure;

const std::string configs = std::string{PROJECT_SOURCE} + "/configs/";

struct Run {
  int exit_code = 0;
  std::string said;
  std::string text;  // of result.json
  reports::Result result;
};

// A file, or the name of one in configs/.
Run run(const std::string& scenario, const std::vector<std::string>& more = {}) {
  const test_support::TemporaryFolder folder;
  const std::string file = scenario.find('/') == std::string::npos ? configs + scenario + ".yaml" : scenario;
  std::vector<std::string> arguments{"run", file, "--out", folder / "result"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Run run;
  run.exit_code = billcast(arguments, run.said);
  INFO(run.said);
  REQUIRE(std::filesystem::exists(folder / "result/result.json"));
  run.text = test_support::text_of(folder / "result/result.json");
  run.result = reports::from_json("result.json", run.text);
  CHECK(reports::to_json(run.result) == run.text);
  return run;
}

// A scenario of a few lines.
class Scenario {
 public:
  explicit Scenario(const std::string& text) { std::ofstream{path_} << text; }
  Run run(const std::vector<std::string>& more = {}) const { return ::run(path_, more); }
  const std::string& path() const { return path_; }

 private:
  test_support::TemporaryFolder folder_;
  std::string path_ = folder_ / "scenario.yaml";
};

std::vector<decision::Answer> answers(const Run& run, std::string_view section) {
  std::vector<decision::Answer> found;
  REQUIRE(run.result.answers.has_value());
  for (const decision::Answer& answer : run.result.answers->sections) {
    if (answer.section == section) found.push_back(answer);
  }
  REQUIRE_FALSE(found.empty());
  return found;
}

bool says(const decision::Answer& answer, std::string_view words) {
  return std::any_of(answer.sentences.begin(), answer.sentences.end(),
                     [&](const std::string& sentence) { return sentence.find(words) != std::string::npos; });
}

// Paragraphs are wrapped at 100 columns.
std::string flat(const std::string& said) {
  std::string text;
  for (const char c : said) {
    const bool is_blank = c == ' ' || c == '\n';
    if (!is_blank || (!text.empty() && text.back() != ' ')) text += is_blank ? ' ' : c;
  }
  return text;
}

double value(Quantity quantity) { return static_cast<double>(quantity.count()) / 1e9; }

const reports::OptionReport& option(const Run& run, std::string_view name) {
  const auto& options = run.result.options;
  const auto found = std::find_if(options.begin(), options.end(), [&](const auto& o) { return o.name == name; });
  REQUIRE(found != options.end());
  return *found;
}

std::int64_t served(const reports::OptionReport& option) { return option.usage.count(core::Outcome::served); }

// 0.05 cents a request at the API, against four machines at $0.8048 an hour. Arrivals are a metronome, so a bill
// follows from arithmetic: nothing is drawn.
const std::string api_or_own = R"(scenario: api-or-own
horizon: {start: 2026-12-01, days: 1}
traffic: {daily_users: 100_000, requests_per_user_day: 1, arrivals: {process: constant}, tokens: {input: 850, output: 100}}
options:
  - {name: api, kind: managed_api, model: gpt-4.1-mini, latency: {time_to_first_token: 1ms, per_output_token: 1us}}
  - name: own
    kind: custom_model
    instance: aws/g6.xlarge
    serving: {histogram: 50ms, slots: 8}
    replicas: 4
)";

}  // namespace

TEST_CASE("Break-even: the traffic at which an API and four machines cost the same", "[cli][simulated]") {
  // 4 × 0.8048 × 24 h ÷ $0.0005 = 154,521.6 requests a day.
  const Scenario scenario{api_or_own + R"(break_even:
  - {key: traffic.daily_users, between: [api, own], from: 10_000, to: 1_000_000, steps: ratios, tolerance: 0.1%}
)"};
  const Run r = scenario.run({"--threads", "1"});
  CHECK(r.exit_code == 0);
  const decision::Answer answer = answers(r, "break_even").at(0);
  CHECK(std::abs(value(figure(answer, "crossing")) / 154'521.6 - 1) < 1e-3);
  CHECK(value(figure(answer, "bracket_low")) <= 154'522);
  CHECK(value(figure(answer, "bracket_high")) >= 154'521);
  check_says(answer.sentences.at(0), "below it api is cheaper, above it own");
  check_says(r.said, "BREAK EVEN");
  CHECK(answer.curves.size() == 1);
  CHECK(answer.table.rows.size() == answer.curves[0].series[0].x.size() + 1);
  CHECK(scenario.run({"--threads", "2"}).text == r.text);
  CHECK(scenario.run({"--threads", "8"}).text == r.text);
}

TEST_CASE("Break-even: the price of a machine and the hit ratio of a cache", "[cli][simulated]") {
  // The API costs 100,000 × $0.0005 a day: 50 ÷ (4 × 24) = $0.520833 an hour.
  const Scenario price{api_or_own +
                       "    cold_start: {provision: 45s, image: 20s, warmup: 5s}\n"
                       "    purchase: {spot: {share: 100%, price: $0.8048, zones: [{name: a, up: 3650d, down: 1m}]}}\n"
                       "break_even:\n"
                       "  - {key: options.own.purchase.spot.price, between: [own, api], from: $0.10, to: $1, "
                       "tolerance: 0.1%}\n"};
  const decision::Answer priced = answers(price.run(), "break_even").at(0);
  CHECK(std::abs(value(figure(priced, "crossing")) / 0.520833 - 1) < 1e-3);
  check_says(priced.sentences.at(0), "= about $0.52");

  // One machine costs $19.3152 a day: the API does at 1 - 19.3152 ÷ 50 = 61.37 % of hits. All but the first of each of
  // a hundred topics are hits that a share of is recognised, so 0.1 % more of them are needed at most; and 100,000
  // draws of that share have a standard deviation of 0.15 points.
  const Scenario hits{
      api_or_own +
      R"(cache: {kind: semantic, similarity: 0.9, hit_share: 10%, wrong: 0%, lookup_latency: 1ms, entries: 1000, ttl: 30d, popularity: {zipf: 0.9, keys: 100}}
break_even:
  - {key: cache.hit_share, between: [api, own], from: 0%, to: 90%, tolerance: 0.1%}
)"};
  const decision::Answer cached = answers(hits.run({"--set", "options.own.replicas=1"}), "break_even").at(0);
  CHECK(std::abs(value(figure(cached, "crossing")) - 61.37) < 0.6);
}

TEST_CASE("Break-even: the traffic at which a percentile passes its limit", "[cli][simulated]") {
  // M/M/1 at 10 a second: times in the system are exponential with rate 10 - λ, their 95th percentile is
  // ln 20 ÷ (10 - λ) = 1 s at λ = 7.0043 a second, 605,169 a day. The density at the percentile is 0.05 × 2.9957, the
  // relaxation time 1 ÷ (10 (1 - √0.7)²) = 3.8 s: 86,400 s hold 11,000 independent values, the percentile has a
  // standard deviation of √(0.05 × 0.95 ÷ 11,000) ÷ 0.15 = 14 ms and the rate one of 14 ms × 2.9957² ÷ ln 20 = 0.6 %.
  const Scenario scenario{R"(scenario: m-m-1
horizon: {start: 2026-12-01, days: 1}
traffic: {daily_users: 100_000, requests_per_user_day: 1, tokens: {input: 1, output: 1}}
options:
  - name: own
    kind: custom_model
    instance: aws/g6.xlarge
    serving: {histogram: {exponential: {mean: 100ms}}, slots: 1}
    replicas: 1
break_even:
  - {key: traffic.daily_users, option: own, latency: 1s, percentile: p95, from: 200_000, to: 800_000, tolerance: 0.2%}
)"};
  const decision::Answer answer = answers(scenario.run({"--threads", "2"}), "break_even").at(0);
  CHECK(std::abs(value(figure(answer, "crossing")) / 605'169 - 1) < 4 * 0.006 + 0.002);
  check_says(answer.sentences.at(0), "The p95 of own passes 1,000 ms at traffic.daily_users");
}

TEST_CASE("Break-even: no crossing, a part of the horizon, and one that is repeated by hand", "[cli][simulated]") {
  const Scenario scenario{api_or_own + R"(break_even:
  - {key: traffic.daily_users, between: [api, own], from: 10_000, to: 100_000, samples: 3, hours: 6}
)"};
  const Run r = scenario.run();
  const decision::Answer answer = answers(r, "break_even").at(0);
  check_says(answer.sentences.at(0), "No crossing of traffic.daily_users from 10,000 to 100,000: api costs ");
  check_says(answer.sentences.at(1), "Each evaluation simulates the first 6 of 24 hours with seed 1");
  // At flat traffic six hours carried over to a month are as much as the day is.
  const Run by_hand = scenario.run({"--set", "traffic.daily_users=10000"});
  CHECK(answer.table.rows.at(1).at(1) == "$152.08");
  CHECK(option(by_hand, "api").monthly.amount.to_fixed(2) == "152.08");
}

TEST_CASE("Break-even: what is done by an interrupt is kept", "[cli][simulated]") {
  const Scenario scenario{api_or_own + R"(break_even:
  - {key: traffic.daily_users, between: [api, own], from: 10_000, to: 1_000_000, samples: 5}
  - {key: traffic.daily_users, between: [own, api], from: 10_000, to: 1_000_000, samples: 5}
)"};
  const cli::ScenarioText text = cli::read_scenario_text(scenario.path());
  const cli::PlanInputs inputs{text, {}, std::nullopt};
  std::atomic<bool> interrupt{false};
  int begun = 0;
  const std::vector<decision::Answer> found = cli::answer_break_evens(
      cli::read_plan(text, {}, std::nullopt), inputs, {.seed = 1, .threads = 1}, interrupt, [&](core::Duration) {
        interrupt = ++begun == 4;
        return cli::ProgressReport{};
      });
  REQUIRE(found.size() == 1);
  CHECK(found[0].table.rows.size() == 4);
  CHECK(says(found[0], "Interrupted after 3 evaluations."));
}

TEST_CASE("Break-even: a slip is found before anything is simulated", "[cli][simulated]") {
  const Scenario unknown{api_or_own + R"(break_even:
  - {key: traffic.daily_uesrs, between: [api, own], from: 10_000, to: 1_000_000}
)"};
  std::string said;
  CHECK(billcast({"check", unknown.path()}, said) == 2);
  check_says(said, "did you mean");
  said.clear();
  CHECK(billcast({"run", unknown.path()}, said) == 2);
  const Scenario beyond{api_or_own + R"(break_even:
  - {key: options.own.replicas, between: [api, own], from: 0, to: 4, whole: true}
)"};
  said.clear();
  CHECK(billcast({"check", beyond.path()}, said) == 2);
  check_says(said, "options.own.replicas");
}

TEST_CASE("SYS-01 a simulated bill at a million users is half a cent a user and day, and caps the rollout",
          "[cli][simulated]") {
  const Run r = run("simulated-rollout", {"--threads", "2"});
  CHECK(r.exit_code == 0);
  const reports::OptionReport& api = option(r, "api");
  // Ten million requests, less those whose answers are on their way at midnight: 116 a second × 1.2 s.
  CHECK(10'000'000 - served(api) < 150);
  CHECK(api.bills.at(0).total() == Money::parse("0.0005") * served(api));
  CHECK(api.bills.at(0).total().to_fixed(1) == "4999.9");  // $5,000 a day, 5,000 × 730 ÷ 24 = $152,083 a month
  CHECK(api.monthly.amount.to_fixed(0) == "152081");
  CHECK(api.unit_costs.per_daily_user_month->to_fixed(4) == "0.1521");

  const decision::Answer rollout = answers(r, "rollout").at(0);
  CHECK(figure(rollout, "api: flat").to_fixed(2) == "6.58");  // 30,000 ÷ (3 × 152,083)
  CHECK(figure(rollout, "api: linear").to_fixed(2) == "13.15");
  CHECK(figure(rollout, "api: per_month").to_fixed(2) == "19.73");
  CHECK(says(rollout, "api: The cap of $30,000.00 binds on 2026-11-03"));  // 91 × √(2 × 30 ÷ 456.25) = 33.0 days
  CHECK(rollout.table.rows.size() == 14);
  CHECK(rollout.table.rows[1][1] == "2026-10-01");
  Quantity weeks;
  for (int week = 1; week <= 13; ++week) weeks += figure(rollout, "api: week_" + std::to_string(week));
  CHECK(std::abs(value(weeks) - value(figure(rollout, "api: total"))) < 1e-6);

  // gpt-4o-mini: (850 × 0.15 + 100 × 0.6) ÷ 500 of the price, 37.5 %.
  const decision::Answer fallbacks = answers(r, "fallbacks").at(0);
  CHECK(std::abs(value(figure(fallbacks, "api: cheaper model + a tenth of the users")) - 152'081 * 0.0375) < 1);
  CHECK(says(fallbacks, "cheaper-api: The least loss under the cap of $10,000.00 is "));

  // The bill is in proportion to the users, for an API: 10,000 ÷ 152,083 of a million.
  const decision::Answer cap = answers(r, "break_even").at(0);
  CHECK(std::abs(value(figure(cap, "crossing")) / 65'753 - 1) < 0.01);
}

TEST_CASE("R-010 no fallback is an answer, also from a simulated bill", "[cli][simulated]") {
  const Run r = run("simulated-rollout", {"--set", "fallbacks.2.costs=90%", "--set", "rollout.cap=$3_000"});
  CHECK(says(answers(r, "fallbacks").at(0), "none exists"));
}

TEST_CASE("SYS-21 the levers take 60 % off the bill, but not those two, and batching makes answers later",
          "[cli][simulated]") {
  const Run r = run("cost-levers", {"--threads", "2"});
  CHECK(r.exit_code == 0);
  const decision::Answer waterfall = answers(r, "waterfall").at(0);
  REQUIRE(waterfall.table.rows.size() == 6);
  Quantity saved;
  for (const char* const step : {"quantised", "batched", "spot", "cached"}) {
    CAPTURE(step);
    const std::string name = step;
    saved += figure(waterfall, name + ": saved");
    CHECK(figure(waterfall, name) == decision::in_dollars(option(r, name).monthly.amount));
  }
  CHECK(std::abs(value(saved) - value(figure(waterfall, "baseline") - figure(waterfall, "cached"))) < 1e-6);
  // Half the bytes to read for each token: half the machines, less what a replica is rounded up to.
  CHECK(value(figure(waterfall, "quantised")) < 0.7 * value(figure(waterfall, "baseline")));
  CHECK(value(figure(waterfall, "saved")) > 60);
  CHECK(says(waterfall, "60 % off is reached"));
  // C-15: the claim is -40 %; requests in a batch slow each other down, and the bill falls instead.
  CHECK(value(figure(waterfall, "batched: mean since quantised")) < 0);
  CHECK(says(waterfall, "S3 claims that batched takes 40 % off the latency (mean) of quantised"));
  CHECK(says(waterfall, "the simulation contradicts it"));
  CHECK(value(figure(waterfall, "batched")) < 0.5 * value(figure(waterfall, "quantised")));
  // C-16: what the two save together is what remains of each, multiplied; far from 60 % here.
  const double both = value(figure(waterfall, "cached: bill since batched"));
  CHECK(both < 60);
  CHECK(says(waterfall, "S3 claims that cached takes 60 % off the bill of batched"));
  // Only the last option has the cache.
  CHECK(option(r, "spot").usage.count(core::Outcome::cache_hit) == 0);
  CHECK(option(r, "cached").usage.count(core::Outcome::cache_hit) > 0);
  CHECK(waterfall.curves.at(0).series.size() == 5);
}

TEST_CASE("SYS-22 a page waits for the light model, the mail for the deep one, and neither for a mean",
          "[cli][simulated]") {
  const Run r = run("hybrid-routing", {"--threads", "2", "--set", "horizon.days=1"});
  const reports::OptionReport& deep = option(r, "deep-only");
  const reports::OptionReport& light = option(r, "light-only");
  const reports::OptionReport& hybrid = option(r, "hybrid");
  const auto check_of = [](const reports::OptionReport& o, std::string_view traffic_class) {
    const auto found = std::find_if(o.slo_checks.begin(), o.slo_checks.end(), [&](const decision::SloCheck& check) {
      return check.target.traffic_class == traffic_class && check.target.measure == decision::Measure::latency;
    });
    REQUIRE(found != o.slo_checks.end());
    return found->held;
  };
  // R-102: a deep model of 500 ms misses 100 ms, a light one of 50 ms holds it.
  CHECK(deep.latency.p50_ns > 490'000'000);
  CHECK(check_of(deep, "interactive") == decision::Held::no);
  CHECK(check_of(deep, "batch") == decision::Held::yes);
  CHECK(std::abs(static_cast<double>(light.classes[0].latency.p50_ns) / 50e6 - 1) < 0.01);
  CHECK(check_of(light, "interactive") == decision::Held::yes);
  CHECK(check_of(hybrid, "interactive") == decision::Held::yes);
  CHECK(check_of(hybrid, "batch") == decision::Held::yes);
  // R-100: each class as if it were alone; all together the p95 is the mail's, which no page ever sees.
  const decision::Answer quality = answers(r, "quality").at(0);
  CHECK(std::abs(value(figure(quality, "hybrid: p95 of interactive")) / 70 - 1) < 0.02);
  CHECK(value(figure(quality, "hybrid: p95 of batch")) > 690);
  CHECK(hybrid.latency.p95_ns > 400'000'000);
  // R-101: 95 % of the accuracy for nine in ten, by the answers that were counted.
  const std::int64_t by_light = served(hybrid.parts[0]);
  const std::int64_t by_deep = served(hybrid.parts[1]);
  CHECK(figure(quality, "hybrid: accuracy") ==
        Quantity::ratio(core::Int128{by_light} * 95 + core::Int128{by_deep} * 100, by_light + by_deep));
  CHECK(figure(quality, "hybrid: accuracy").to_fixed(1) == "95.5");
  CHECK(figure(quality, "light-only: points") == Quantity::whole(-5));
  CHECK(says(quality, "(-5.00 % relative)"));
  CHECK(says(quality, "Asked for: what a point of accuracy is worth"));
  // R-103: clicks that rise by 15 % are asked for what they bring, and worth 1.15 times that.
  CHECK(says(quality, "hybrid: 15.0 % more revenue for no more money pays, whatever the revenue is."));
}

TEST_CASE("R-107 R-084 a mirror changes no answer, and the overlap of two models is its bill", "[cli][simulated]") {
  const Run r = run("hybrid-routing", {"--threads", "2", "--set", "horizon.days=1"});
  const reports::OptionReport& alone = option(r, "deep-only");
  const reports::OptionReport& shadow = option(r, "deep-with-shadow");
  CHECK(shadow.latency == alone.latency);
  CHECK(shadow.parts[0].usage == alone.usage);
  const std::int64_t mirrored = shadow.parts[1].usage.total().arrivals;
  const double requests = static_cast<double>(alone.usage.total().arrivals);
  CHECK(std::abs(static_cast<double>(mirrored) - 0.1 * requests) < 4 * std::sqrt(0.09 * requests));
  // To the last digit.
  CHECK(shadow.monthly.amount == alone.monthly.amount + shadow.parts[1].monthly.amount);
  REQUIRE(shadow.overhead.has_value());
  CHECK(shadow.overhead->monthly.amount == shadow.parts[1].monthly.amount);
  CHECK(shadow.parts[1].monthly.amount.to_fixed(2) == "260.61");  // one c7i.2xlarge: 730 × $0.357
}

TEST_CASE("R-067 the bill of instances is the sum of their metered seconds times the rate", "[cli][simulated]") {
  const Run r = run("hybrid-routing", {"--threads", "2", "--set", "horizon.days=1"});
  const reports::OptionReport& deep = option(r, "deep-only");
  const core::HourUsage used = deep.usage.total();
  REQUIRE(deep.bills.size() == 1);
  const Money rate = Money::parse("0.357");
  CHECK(deep.bills[0].total() == core::cost(Quantity::ratio(used.billed_instance_seconds, 3600), rate));
  // By the second: no start costs an hour, and the fleet is not paid for at its peak all day.
  CHECK(used.billed_instance_seconds % 3600 != 0);
  CHECK(used.alive_instance_ns <= core::Int128{used.billed_instance_seconds} * 1'000'000'000);
  CHECK(deep.bills[0].total() < rate * (24 * used.peak_instances));
  CHECK(deep.fleet.peak_replicas > 16);  // twice the fewest
}

TEST_CASE("SYS-24 R-106 a second model and an explainer cost 782 a month, a point of recall 347", "[cli][simulated]") {
  const Run r = run("dual-model", {"--threads", "2"});
  const reports::OptionReport& dual = option(r, "dual");
  // Two machines each, all the time: 2 × 730 × (0.1785 + 0.357) beside 2 × 730 × 0.357.
  REQUIRE(dual.overhead.has_value());
  CHECK(dual.overhead->monthly.amount == Money::parse("781.83"));
  CHECK(dual.overhead->answer_monthly.amount == Money::parse("521.22"));
  check_says(flat(reports::to_text(r.result)), "150.0 % of what that costs");
  const decision::Answer quality = answers(r, "quality").at(0);
  CHECK(figure(quality, "dual: points") == Quantity::whole(3));
  CHECK(figure(quality, "dual: extra") == Quantity::parse("1042.44"));  // against the interpretable one alone
  CHECK(figure(quality, "dual: per point") == Quantity::parse("347.48"));
  CHECK(figure(quality, "deep-only: per point") == Quantity::parse("86.87"));
  CHECK(says(quality, "Asked for: what a point of recall on defaults is worth"));
  // Everybody waits for the later of the two models, denials for the explanation as well.
  const double requests = static_cast<double>(served(dual));
  CHECK(std::abs(static_cast<double>(served(dual.parts[2])) - 0.12 * requests) < 4 * std::sqrt(0.1056 * requests));
  CHECK(dual.latency.p50_ns > dual.parts[0].latency.p50_ns);
  CHECK(dual.latency.p95_ns > 400'000'000);
  CHECK(option(r, "deep-only").latency.p95_ns < 130'000'000);
}

TEST_CASE("R-105 rules before a model, and a model beside rules, in one topology", "[cli][simulated]") {
  const Run r = run("fraud-rules-and-model", {"--threads", "2"});
  const reports::OptionReport& tiers = option(r, "rules-then-model");
  const double requests = static_cast<double>(served(tiers));
  CHECK(std::abs(static_cast<double>(tiers.parts[1].usage.total().arrivals) - 0.1 * requests) <
        4 * std::sqrt(0.09 * requests));
  CHECK(tiers.latency.p50_ns < 5'000'000);
  CHECK(tiers.latency.p95_ns > 50'000'000);
  CHECK(tiers.monthly.amount == tiers.parts[0].monthly.amount + tiers.parts[1].monthly.amount);
  const reports::OptionReport& beside = option(r, "rules-with-model-beside");
  CHECK(beside.latency.p95_ns < 10'000'000);
  CHECK(beside.parts[1].usage.total().arrivals == beside.parts[0].usage.total().arrivals);
  CHECK(tiers.monthly.amount < beside.monthly.amount);
  CHECK(beside.monthly.amount < option(r, "model-only").monthly.amount);
}

TEST_CASE("R-045 a cache of 17 % repairs the mean and not the 95th percentile, simulated", "[cli][simulated]") {
  // Misses of 180 ms, hits of 5 ms, a limit of 150: the mean needs 30 ÷ 175 = 17.14 % of hits, the p95 95 %.
  const Scenario scenario{R"(scenario: widget
horizon: {start: 2026-12-01, hours: 6}
traffic: {daily_users: 100_000, requests_per_user_day: 10, tokens: {input: 1, output: 1}}
slo: {latency: {p95: 150ms}}
cache: {kind: semantic, similarity: 0.9, hit_share: 18%, wrong: 0%, lookup_latency: 0ms, hit_latency: 5ms, entries: 1000, ttl: 30d, popularity: {zipf: 0.9, keys: 100}}
options:
  - {name: cached, kind: custom_model, instance: aws/g6.xlarge, serving: {histogram: 180ms, slots: 64}, replicas: 2}
  - {name: alone, kind: custom_model, instance: aws/g6.xlarge, serving: {histogram: 180ms, slots: 64}, replicas: 2, cache: false}
)"};
  const Run r = scenario.run();
  const auto near = [](std::int64_t ns, double ms) { return std::abs(static_cast<double>(ns) / 1e6 / ms - 1) < 2e-3; };
  CHECK(near(option(r, "alone").latency.mean_ns, 180));
  CHECK(near(option(r, "alone").latency.p95_ns, 180));
  CHECK(option(r, "cached").latency.mean_ns < 150'000'000);
  CHECK(near(option(r, "cached").latency.p95_ns, 180));
  check_says(flat(reports::to_text(r.result)),
             "latency p95 needs 95 % hits (a mean of 150 ms would need 17.2 %)");  // buckets of 0.1 %
  const Run fewer = scenario.run({"--set", "cache.hit_share=16%"});
  CHECK(option(fewer, "cached").latency.mean_ns > 150'000'000);
  const Run most = scenario.run({"--set", "cache.hit_share=96%"});
  CHECK(near(option(most, "cached").latency.p95_ns, 5));
  CHECK(near(option(most, "alone").latency.p95_ns, 180));
}
