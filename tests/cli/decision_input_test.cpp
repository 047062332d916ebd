// Slips and gaps in what decides: each is named, or asked for, and never filled in silently.

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/decision_run.hpp"
#include "tests/support/says.hpp"

using test_support::answer;
using test_support::billcast;
using test_support::check_says;
using test_support::configs;
using test_support::Run;
using test_support::run;
using test_support::says;

namespace {

std::string error_of(const std::string& name, const std::vector<std::string>& sets) {
  std::string said;
  std::vector<std::string> arguments{"check", configs + name + ".yaml"};
  for (const std::string& set : sets) {
    arguments.emplace_back("--set");
    arguments.push_back(set);
  }
  CHECK(billcast(arguments, said) == 2);
  return said;
}

}  // namespace

TEST_CASE("A gate without a unit is refused, and so is a percent that does not say of what", "[cli][decisions]") {
  check_says(error_of("timed-return", {"gates.happiness={value: 5, cmp: '>=', hard: true, source: me}"}),
             "found '5', which has no unit");
  check_says(error_of("timed-return", {"gates.happiness={value: 5%, cmp: '>=', hard: true, source: me}"}),
             "rel, pp or share");
}

TEST_CASE("Weights that do not sum to 1 are named with their sum", "[cli][decisions]") {
  check_says(error_of("fraud-vendor-selection", {"matrix.criteria.0.weight=0.75"}), "found weights that sum to 1.");
}

TEST_CASE("An objective without a percentile is held at p95, as a visible assumption", "[cli][decisions]") {
  const Run r = run("on-device-models", {"--set", "gates.max_latency={value: 100ms}"});
  const auto is_noted = [](const core::Assumption& a) {
    return a.key == "gates.max_latency.percentile" && a.value == "p95";
  };
  CHECK(std::any_of(r.result.about.assumptions.begin(), r.result.about.assumptions.end(), is_noted));
  CHECK(says(r, "max_latency (p95)"));
}

TEST_CASE("An inverse question without a crossing says so", "[cli][decisions]") {
  // The raw return is below the multiple: there is no delay at which it would be enough.
  const Run r = run("timed-return", {"--set", "returns.revenue=$50_000"});
  const auto& figures = answer(r, "returns").figures;
  CHECK(std::none_of(figures.begin(), figures.end(),
                     [](const decision::Figure& f) { return f.name == "break_even_delay"; }));
  // A path that never catches up.
  CHECK(says(run("custom-or-api", {"--set", "paths.custom.rates.1.monthly=$90_000"}),
             "custom does not catch up with api in ten years"));
  // A lone gain of nothing breaks even at no value of a point.
  const Run none = run("missed-release", {"--set", "missed_release.gain_points=0"});
  CHECK(says(none, "Keep the current model: it costs $277,692.31 and gains nothing."));
}

TEST_CASE("Slips in plans, reviews and models are named", "[cli][decisions]") {
  check_says(error_of("model-governance", {"governance.max_cots=$1"}), "max_cots");
  check_says(error_of("edge-student", {"options.student.made_from.option=teecher"}), "an option that stands before it");
  check_says(error_of("edge-student", {"accuracy_policy.against=nobody"}), "the name of an option");
  check_says(error_of("fraud-freshness", {"freshness.slow.bill=$20_000"}), "the faster is the dearer");
  check_says(error_of("fraud-freshness", {"freshness.loss_per_hour=-$1"}), "an amount from 0 on");
  check_says(error_of("fraud-ownership", {"tco.months=11"}), "tco.months");
  check_says(error_of("fraud-ownership", {"options.self-hosted.tco.months=24"}), "12, as elsewhere in the scenario");
  check_says(error_of("scratch-or-fine-tune", {"builds.0.cost=unknown"}), "held against this one");
}

TEST_CASE("A gate that nothing can answer is asked for", "[cli][decisions]") {
  const Run r = run("edge-student", {"--set", "accuracy_policy={high_stakes: true, against: teacher}", "--set",
                                     "options.teacher.values={}"});
  CHECK(says(r, "Asked for: the accuracy of"));
  CHECK_FALSE(*answer(r, "accuracy_policy").passes);
}

TEST_CASE("A check with gates that all wait for the simulation says how to judge them", "[cli][decisions]") {
  std::string said;
  CHECK(billcast({"check", configs + "fraud-vendor-selection.yaml", "--gates"}, said) == 0);
  check_says(said, "Nothing is judged yet: every gate waits for the simulation. `billcast run --gates` judges them.");
}

TEST_CASE("The headline is what decides, not what describes", "[cli][decisions]") {
  CHECK(run("custom-or-api").result.verdict.headline.find("ship it first") != std::string::npos);
  CHECK(run("capped-rollout").result.verdict.headline.find("binds on 2026-1") != std::string::npos);
  CHECK(run("edge-student").result.verdict.headline == "student fits 2 GB; teacher does not.");
  CHECK(run("one-page-plan").result.verdict.headline.find("6.00 % of the budget") != std::string::npos);
}
