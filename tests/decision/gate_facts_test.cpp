#include "decision/gate_facts.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Quantity;
using test_support::check_says;

namespace {

struct Judged {
  decision::Facts facts;
  std::vector<std::string> notes;
  decision::GateVerdict verdict;
};

Judged run(std::string_view text) {
  core::Document document{"scenario.yaml", text};
  const auto gates = decision::read_gates(document.root());
  Judged judged{decision::read_facts(document.root(), gates), {}, {}};
  judged.notes = add_facts(judged.facts, decision::read_gate_sources(document.root()));
  document.finish();
  judged.verdict = judge(gates, judged.facts);
  return judged;
}

}  // namespace

TEST_CASE("A return of 3.6 with 45 lost days is rejected by its timing", "[decision][gate_facts]") {
  const Judged judged =
      run("returns: {revenue: $120_000, per: quarter, cost: $33_000, lost_days: 45}\n"
          "facts: {kpi_lift: {value: 5%, unit: rel}}\n");
  CHECK_FALSE(judged.verdict.approve);
  CHECK(judged.verdict.deciding == "min_roi");
  check_says(judged.verdict.reason, "1.838 ×, needed >= 2 ×: fails by 0.162 (S1)");
  CHECK(judged.facts.at("delivery_days").value == Quantity::whole(45));
}

TEST_CASE("A lift of 4 % fails beside a return that its timing has spoiled", "[decision][gate_facts]") {
  const Judged judged =
      run("returns: {revenue: $120_000, per: quarter, cost: $33_000, lost_days: 0}\n"
          "facts: {kpi_lift: {value: 4%, unit: rel}}\n");
  CHECK(judged.verdict.deciding == "min_kpi_lift");
}

TEST_CASE("Sections of a scenario answer what gates ask", "[decision][gate_facts]") {
  const Judged judged =
      run("data: {examples: 320_000, duplicates: 45%, label_accuracy: 100%, diversity: 80%}\n"
          "effort: {engineers: 2, working_days: 12}\n"
          "budget_share: {spend: $80_000, spend_months: 3, budget: $1_333_333.33, budget_months: 3}\n"
          "prompts: {hours_per_week: 8, day_rate: $1_167}\n"
          "validation: {begins: 2026-12-01, prototype: 11d, expected_lift: 2%}\n"
          "adoption: {prompts: {metric: 84, target: 85, understood: true}}\n"
          "facts: {kpi_lift: {value: 6.2%, unit: rel}}\n");
  CHECK(judged.facts.at("signal_weighted_roi").value == Quantity::parse("0.516666667"));
  CHECK(judged.facts.at("budget_share").value.to_fixed(4) == "6.0000");
  CHECK(judged.facts.at("prompt_coverage").value.to_fixed(1) == "98.8");
  const auto failed = [&](std::string_view key) {
    return std::any_of(judged.verdict.results.begin(), judged.verdict.results.end(), [&](const auto& result) {
      return result.gate.key == key && result.outcome == decision::GateOutcome::fail;
    });
  };
  CHECK(failed("min_uniqueness"));
  CHECK(failed("max_prompt_coverage"));
  CHECK(failed("max_prototype_days"));
  CHECK(failed("max_examples"));
  CHECK(failed("min_prompt_maintenance"));
  CHECK_FALSE(failed("max_budget_share"));
  CHECK(judged.verdict.deciding == "min_uniqueness");
  check_says(judged.notes.at(0), "in 24 engineer-days it is 0.258 % a day (C-08)");
}

TEST_CASE("A given value stays, and a computed one that differs is noted", "[decision][gate_facts]") {
  const Judged judged =
      run("returns: {revenue: $120_000, per: quarter, cost: $33_000, lost_days: 45}\n"
          "facts: {timed_roi: 2.5x}\n");
  CHECK(judged.facts.at("timed_roi").value == Quantity::parse("2.5"));
  check_says(judged.notes.at(0), "given as 2.5 × and computed as 1.838 ×");
}
