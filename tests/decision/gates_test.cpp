#include "decision/gates.hpp"

#include <algorithm>
#include <string>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Quantity;
using decision::Comparator;
using decision::Facts;
using decision::Gate;
using decision::GateOutcome;
using decision::GateResult;
using decision::GateVerdict;
using decision::Measured;
using decision::Unit;
using test_support::check_says;
using test_support::complaint;

namespace {

Gate gate(const std::string& key) {
  for (const Gate& g : decision::default_gates()) {
    if (g.key == key) return g;
  }
  throw std::invalid_argument(key);
}

Measured of(std::string_view value, Unit unit) { return {.value = Quantity::parse(value), .unit = unit}; }

GateOutcome outcome(const Gate& g, std::string_view value) { return evaluate(g, of(value, g.unit)).outcome; }

GateVerdict run(std::string_view text) {
  core::Document document{"gates.yaml", text};
  const std::vector<Gate> gates = decision::read_gates(document.root());
  const Facts facts = decision::read_facts(document.root(), gates);
  document.finish();
  return judge(gates, facts);
}

bool notes_say(const GateVerdict& verdict, std::string_view part) {
  return std::any_of(verdict.notes.begin(), verdict.notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("A lift of 6.2 % passes, 4 % fails, and 5.0 % depends on the comparator", "[decision][gates]") {
  Gate lift = gate("min_kpi_lift");
  CHECK(outcome(lift, "6.2") == GateOutcome::pass);
  CHECK(outcome(lift, "4") == GateOutcome::fail);
  CHECK(outcome(lift, "5.0") == GateOutcome::pass);
  CHECK(outcome(lift, "4.999999999") == GateOutcome::fail);
  lift.comparator = Comparator::above;
  const GateResult strict = evaluate(lift, of("5.0", Unit::relative));
  CHECK(strict.outcome == GateOutcome::fail);
  CHECK(strict.boundary);
  REQUIRE(strict.notes.size() == 1);
  check_says(strict.notes[0], "passes under >= and fails under > (C-02)");
}

TEST_CASE("105,000 clean examples pass and 90,000 fail", "[decision][gates]") {
  CHECK(outcome(gate("min_clean_examples"), "105000") == GateOutcome::pass);
  CHECK(outcome(gate("min_clean_examples"), "90000") == GateOutcome::fail);
  CHECK(evaluate(gate("min_clean_examples"), of("100000", Unit::examples)).boundary);
}

TEST_CASE("45 days pass the delivery window and fail the limit of 30", "[decision][gates]") {
  CHECK(outcome(gate("max_delivery_days"), "45") == GateOutcome::pass);
  CHECK(outcome(gate("roi_days_limit"), "45") == GateOutcome::fail);
  CHECK_FALSE(gate("roi_days_limit").enabled);
  CHECK_FALSE(gate("roi_days_limit").hard);
}

TEST_CASE("A signal-weighted return of 0.6 % a day is not above 0.6", "[decision][gates]") {
  CHECK(outcome(gate("min_signal_weighted_roi"), "0.6") == GateOutcome::fail);
  CHECK(outcome(gate("min_signal_weighted_roi"), "0.517") == GateOutcome::fail);
  CHECK(outcome(gate("min_signal_weighted_roi"), "0.600000001") == GateOutcome::pass);
}

TEST_CASE("Eight hours of prompt maintenance are not more than eight", "[decision][gates]") {
  CHECK(outcome(gate("min_prompt_maintenance"), "8.0") == GateOutcome::fail);
  CHECK(outcome(gate("min_prompt_maintenance"), "8.1") == GateOutcome::pass);
}

TEST_CASE("Label accuracy of exactly 70 % passes", "[decision][gates]") {
  CHECK(outcome(gate("min_label_accuracy"), "70") == GateOutcome::pass);
  CHECK(outcome(gate("min_uniqueness"), "55") == GateOutcome::fail);
}

TEST_CASE("180 ms against 150 ms fails by 30, at the 95th percentile", "[decision][gates]") {
  const GateResult result = evaluate(gate("max_latency"), of("180", Unit::milliseconds));
  CHECK(result.outcome == GateOutcome::fail);
  CHECK(result.margin == Quantity::whole(-30));
  CHECK(result.sentence() == "max_latency (p95): 180 ms, needed <= 150 ms: fails by 30 (S1)");
}

TEST_CASE("500 ms fails a limit of 100 ms and 50 ms passes it", "[decision][gates]") {
  Gate strict = gate("max_latency");
  strict.threshold = Quantity::whole(100);
  strict.comparator = Comparator::below;
  CHECK(outcome(strict, "500") == GateOutcome::fail);
  CHECK(outcome(strict, "50") == GateOutcome::pass);
  CHECK(outcome(strict, "100") == GateOutcome::fail);
}

TEST_CASE("Percents that do not say their kind are read both ways", "[decision][gates]") {
  Gate needed{.key = "fp", .of = "fp", .threshold = Quantity::parse("0.4"), .unit = Unit::percent, .source = "S1"};
  Measured delivered = of("5.3", Unit::percent);
  const GateResult same_kind = evaluate(needed, delivered);
  CHECK(same_kind.outcome == GateOutcome::pass);
  check_says(same_kind.notes.back(), "taken to be of the same kind (C-11)");
  // 5.3 % of a level of 6 % is 0.318 points, less than 0.4: the mixed reading fails.
  delivered.baseline = Quantity::whole(6);
  const GateResult mixed = evaluate(needed, delivered);
  CHECK(mixed.outcome == GateOutcome::ambiguous);
  CHECK(mixed.margin == Quantity::parse("-0.082"));
  check_says(mixed.notes.back(), "disagree (C-11)");
  // 5.3 % of 8 % is 0.424 points: now every reading holds.
  delivered.baseline = Quantity::whole(8);
  CHECK(evaluate(needed, delivered).outcome == GateOutcome::pass);
}

TEST_CASE("Relative against points takes the level before the change", "[decision][gates]") {
  const Gate needed{.key = "fp", .of = "fp", .threshold = Quantity::parse("0.4"), .unit = Unit::points, .source = "S1"};
  Measured delivered = of("5.3", Unit::relative);
  CHECK(evaluate(needed, delivered).outcome == GateOutcome::ambiguous);
  check_says(evaluate(needed, delivered).notes[0], "baseline");
  delivered.baseline = Quantity::whole(10);
  CHECK(evaluate(needed, delivered).outcome == GateOutcome::pass);
  CHECK(evaluate(needed, delivered).margin == Quantity::parse("0.13"));
}

TEST_CASE("Two locked metrics that both hold approve the upgrade", "[decision][gates]") {
  const GateVerdict verdict =
      run("gates:\n"
          "  fp_reduction: {value: 0.4%, unit: rel, cmp: '>=', hard: true, source: S1}\n"
          "  max_latency: {value: 120ms}\n"
          "facts: {fp_reduction: {value: 5.3%, unit: rel}, latency: 115ms}\n");
  CHECK(verdict.approve);
  CHECK(verdict.fallback.empty());
  CHECK(verdict.deciding == "max_latency");  // 4.2 % of room against 1225 %
  CHECK(verdict.results.size() == 2);
}

TEST_CASE("The widget is rejected by its latency although its lift passes", "[decision][gates]") {
  const GateVerdict verdict = run("facts: {kpi_lift: {value: 6.2%, unit: rel}, latency: 180ms}");
  CHECK_FALSE(verdict.approve);
  CHECK(verdict.deciding == "max_latency");
  check_says(verdict.reason, "REJECT, decided by max_latency (p95): 180 ms, needed <= 150 ms: fails by 30 (S1).");
  check_says(verdict.fallback, "prompt engineering");
}

TEST_CASE("The worst failure decides, relative to its threshold", "[decision][gates]") {
  // 20 % too slow, 40 % too little lift.
  const GateVerdict verdict = run("facts: {kpi_lift: {value: 3%, unit: rel}, latency: 180ms}");
  CHECK(verdict.deciding == "min_kpi_lift");
}

TEST_CASE("A soft gate warns and does not reject", "[decision][gates]") {
  const GateVerdict verdict = run("facts: {kpi_lift: {value: 6.2%, unit: rel}, signal_weighted_roi: 0.517%/day}");
  CHECK(verdict.approve);
  CHECK(verdict.results[1].outcome == GateOutcome::fail);
  CHECK(notes_say(verdict, "above 7.2 %"));
  CHECK(notes_say(verdict, "C-06"));
  const GateVerdict strict =
      run("gates: {min_signal_weighted_roi: {hard: true}}\n"
          "facts: {kpi_lift: {value: 6.2%, unit: rel}, signal_weighted_roi: 0.517%/day}");
  CHECK_FALSE(strict.approve);
  CHECK(strict.deciding == "min_signal_weighted_roi");
}

TEST_CASE("A clean small set is excused from the number of examples", "[decision][gates]") {
  const std::string small = "clean_examples: 90_000, label_accuracy: 95%, diversity: 90%, ";
  const GateVerdict clean = run("facts: {" + small + "uniqueness: 90%}");
  CHECK(clean.approve);
  CHECK(notes_say(clean, "C-07"));
  CHECK_FALSE(run("facts: {" + small + "uniqueness: 89.9%}").approve);
}

TEST_CASE("A delivery between the two limits of the source is noted", "[decision][gates]") {
  CHECK(notes_say(run("facts: {delivery_days: 40d}"), "C-03"));
  CHECK_FALSE(notes_say(run("facts: {delivery_days: 30d}"), "C-03"));
}

TEST_CASE("A hard gate whose value nobody gave rejects and asks", "[decision][gates]") {
  const GateVerdict verdict = run("gates: {min_roi: {value: 2.0x}}");
  CHECK_FALSE(verdict.approve);
  CHECK(verdict.asks == std::vector<std::string>{"timed_roi"});
  check_says(verdict.reason, "timed_roi is not given");
}

TEST_CASE("Where nothing is named and nothing given no gate applies", "[decision][gates]") {
  const GateVerdict verdict = run("{}");
  CHECK(verdict.results.empty());
  check_says(verdict.reason, "No gate applies");
}

TEST_CASE("Durations are compared in the unit of the gate", "[decision][gates]") {
  CHECK(run("facts: {delivery_days: 6w}").results[0].measured.value().value == Quantity::whole(42));
  CHECK(run("facts: {latency: 0.12s}").results[0].measured.value().value == Quantity::whole(120));
}

TEST_CASE("A gate without a unit, a source or a comparator is refused", "[decision][gates]") {
  const std::string rest = "cmp: '>=', hard: true, source: S1}}";
  check_says(complaint([&] { run("gates: {recall: {value: 3%, " + rest); }), "gates.recall.unit: found nothing");
  check_says(complaint([&] { run("gates: {recall: {value: 3, " + rest); }), "which has no unit");
  check_says(complaint([&] { run("gates: {recall: {value: 3%, unit: pp, hard: true, source: S1}}"); }), "recall.cmp");
  check_says(complaint([&] { run("gates: {recall: {value: 3%, unit: pp, cmp: '>=', hard: true}}"); }), "recall.source");
  check_says(complaint([&] { run("gates: {recall: {value: 3%, unit: ms, " + rest); }), "found 'ms'");
  check_says(complaint([&] { run("gates: {recall: {value: 3ms, unit: pp, " + rest); }),
             "found '3ms' in milliseconds, expected a value in pp");
}

TEST_CASE("A slip in the name of a gate or a fact is no new one", "[decision][gates]") {
  check_says(complaint([&] { run("gates: {min_kpi_lfit: {value: 5%}}"); }), "did you mean 'min_kpi_lift'?");
  check_says(complaint([&] { run("facts: {kpi_lfit: {value: 5%, unit: rel}}"); }), "did you mean 'kpi_lift'?");
  check_says(complaint([&] { run("facts: {latency: 3d, kpi_lift: 4d}"); }), "expected a value in rel");
}

TEST_CASE("A latency gate has p95 unless it says otherwise, and that is an assumption", "[decision][gates]") {
  core::Document document{"gates.yaml", "gates: {max_latency: {value: 200ms, cmp: '<'}}"};
  const std::vector<Gate> gates = decision::read_gates(document.root());
  document.finish();
  REQUIRE(document.assumptions().size() == 1);
  CHECK(document.assumptions()[0].value == "p95");
  check_says(document.assumptions()[0].why, "C-18");
  check_says(complaint([&] { run("gates: {max_latency: {percentile: p12}}"); }), "a percentile from p50 on");
}
