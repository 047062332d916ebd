#include "reports/diff.hpp"

#include <algorithm>

#include "core/yaml_reader.hpp"
#include "tests/reports/sample_result.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using test_support::check_says;
using test_support::complaint;

namespace {

reports::Result made(const std::vector<reports::OptionRun>& runs) {
  return reports::assemble(test_support::about(), runs);
}

const decision::ReviewChange& category(const reports::OptionDiff& option, std::string_view name) {
  const auto found = std::find_if(option.bill.begin(), option.bill.end(),
                                  [&](const decision::ReviewChange& change) { return change.name == name; });
  REQUIRE(found != option.bill.end());
  return *found;
}

// The API with dearer output tokens, of a table of a later date.
reports::OptionRun dearer_api() {
  reports::OptionRun run = test_support::managed_api();
  pricing::BillLine& output = run.bills.front().lines[1];
  output.unit_price = Money::parse("0.9");
  output.amount = Money::parse("225.1125");
  output.source->retrieved = "2026-11-01";
  run.simulated.latency_ns = test_support::times(330, 2);
  run.simulated.usage.outcomes = {195, 991, 0, 3, 0, 10, 1};
  return run;
}

}  // namespace

TEST_CASE("A result beside itself has no difference", "[reports][diff]") {
  const reports::Result result = test_support::sample_result();
  const reports::ResultDiff diff = reports::compare(result, result);
  CHECK(diff.not_a_trend.empty());
  CHECK(diff.prices.empty());
  CHECK(diff.assumptions.empty());
  CHECK(diff.gates.empty());
  CHECK(largest_growth(diff) == Quantity{});
  REQUIRE(diff.options.size() == 2);
  for (const reports::OptionDiff& option : diff.options) {
    for (const decision::ReviewChange& change : option.bill) CHECK(change.before == change.after);
    for (const reports::CountChange& change : option.times) CHECK(change.before == change.after);
  }
}

TEST_CASE("What became dearer is said to the last digit, by category and by price", "[reports][diff]") {
  const reports::Result old = made({test_support::managed_api(), test_support::self_hosted()});
  const reports::Result now = made({dearer_api(), test_support::self_hosted()});
  const reports::ResultDiff diff = reports::compare(old, now);
  const reports::OptionDiff& api = diff.options.at(0);
  // 150.000075 and 150.075 of tokens became 150.000075 and 225.1125; the cache and the network stayed.
  CHECK(category(api, "tokens").before == Money::parse("300.075075"));
  CHECK(category(api, "tokens").after == Money::parse("375.112575"));
  CHECK(category(api, "tokens").change == Quantity::ratio(75'037'500, 300'075'075));
  CHECK(category(api, "cache").change == Quantity{});
  CHECK(*api.monthly.after - *api.monthly.before == Money::parse("75.0375"));
  CHECK(largest_growth(diff) == api.monthly.change);
  CHECK(diff.options.at(1).unpriced == std::vector<std::string>{"weights"});

  REQUIRE(diff.prices.size() == 1);
  CHECK(diff.prices[0].row == "models/gpt-4o-mini/output");
  CHECK(diff.prices[0].before == Money::parse("0.6"));
  CHECK(diff.prices[0].after == Money::parse("0.9"));
  CHECK(diff.prices[0].change == Quantity::parse("0.5"));
  CHECK(diff.prices[0].retrieved_after == "2026-11-01");

  REQUIRE(api.times.front().name == "latency p50");
  CHECK(*api.times.front().after > *api.times.front().before);
  CHECK(api.availability.before == 996'663'886);  // 1,195 of 1,199
  CHECK(api.availability.after == 989'157'631);   // 1,186
  CHECK(diff.not_a_trend.empty());                // other prices are what a review asks about

  const std::string text = diff_text(diff, {});
  CAPTURE(text);
  check_says(text, "tokens   $300.08  $375.11     +$75.03  +25.01 %");
  check_says(text, "The same question with the same seed");
  check_says(text, "$0.60");
  check_says(text, "2026-11-01");
  const std::string page = diff_markdown(diff);
  check_says(page, "| tokens | $300.08 | $375.11 | +$75.03 | +25.01 % |");
  check_says(page, "## Bill of managed\\|api");
  const std::string json = diff_json(diff);
  check_says(json, "\"format\": \"billcast-diff/1\"");
  check_says(json, "\"before\": \"300.075075\"");
}

TEST_CASE("Another seed, horizon or scenario is no trend, and is shown all the same", "[reports][diff]") {
  const reports::Result old = test_support::sample_result();
  reports::About about = test_support::about();
  about.seed = 8;
  about.scenario_sha256 = std::string(64, 'e');
  about.horizon = core::Horizon::hours(about.horizon.start, 744 - 24);
  const reports::Result now = reports::assemble(about, {test_support::managed_api(), test_support::self_hosted()});
  const reports::ResultDiff diff = reports::compare(old, now);
  REQUIRE(diff.not_a_trend.size() == 3);
  CHECK(diff.not_a_trend[0] == "text of the scenario (sha256): cccccccccccc → eeeeeeeeeeee");
  CHECK(diff.not_a_trend[1] == "seed: 7 → 8");
  CHECK(diff.not_a_trend[2] == "horizon: 744 hours from 2026-12-01 → 720 hours from 2026-12-01");
  CHECK(diff.options.size() == 2);
  check_says(diff_text(diff, {}), "NOT A TREND");
  check_says(diff_json(diff), "\"seed: 7 → 8\"");
}

TEST_CASE("Options that came or went, gates and drills that turned, assumptions that changed", "[reports][diff]") {
  reports::Result old = made({test_support::managed_api()});
  reports::Result now = made({test_support::self_hosted()});
  const auto answers = [](decision::GateOutcome outcome) {
    decision::GateResult gate;
    gate.gate.key = "max_latency";
    gate.outcome = outcome;
    decision::OptionGates gates;
    gates.verdict.approve = outcome == decision::GateOutcome::pass;
    gates.verdict.results = {gate};
    decision::Answers said;
    said.gates = {gates};
    said.sections = {{.section = "returns", .figures = {{"roi", Quantity::whole(2), "×"}}}};
    return said;
  };
  const auto drill = [](bool held) {
    reports::DrillOutcome outcome;
    outcome.name = "managed|api";
    outcome.verdict.held = held;
    reports::DrillReport report;
    report.name = "surge";
    report.options = {outcome};
    return report;
  };
  old.answers = answers(decision::GateOutcome::pass);
  now.answers = answers(decision::GateOutcome::fail);
  now.answers->sections[0].figures[0].value = Quantity::whole(3);
  old.drills = {drill(true)};
  now.drills = {drill(false)};
  now.about.assumptions[0].value = "30s";
  now.about.assumptions.push_back({"traffic.new", "1", "nothing is said"});
  const reports::ResultDiff diff = reports::compare(old, now);
  REQUIRE(diff.went.size() == 1);
  CHECK(diff.went[0].name == "managed|api");
  REQUIRE(diff.came.size() == 1);
  CHECK(diff.came[0].name == "self-hosted");
  CHECK(diff.gates ==
        std::vector<reports::Changed>{{"verdict", "APPROVE", "REJECT"}, {"max_latency", "passes", "fails"}});
  CHECK(diff.drills == std::vector<reports::Changed>{{"surge: managed|api", "held", "missed"}});
  CHECK(diff.assumptions == std::vector<reports::Changed>{{"options.self-hosted.autoscaler.sync_period", "15s", "30s"},
                                                          {"traffic.new", "", "1"}});
  CHECK(diff.figures == std::vector<reports::Changed>{{"returns: roi", "2 ×", "3 ×"}});
  CHECK_FALSE(largest_growth(diff).has_value());
  const std::string text = diff_text(diff, {});
  check_says(text, "managed|api is gone.");
  check_says(text, "max_latency  passes   fails");
}

TEST_CASE("Amounts in two currencies are not compared", "[reports][diff]") {
  const reports::Result old = test_support::sample_result();
  reports::Result now = old;
  now.about.currency = "EUR";
  check_says(complaint([&] { reports::compare(old, now); }), "found amounts in USD and in EUR");
}
