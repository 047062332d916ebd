// Scenarios about a plan as a whole: what it costs beside its bill, who must review it, what fits, and what is written.

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/decision_run.hpp"

using core::Quantity;
using test_support::answer;
using test_support::billcast;
using test_support::configs;
using test_support::curve;
using test_support::figure;
using test_support::gates;
using test_support::Run;
using test_support::run;
using test_support::says;

TEST_CASE("SYS-04 a release missed by 21 days costs 27,692 beside 200,000 of cloud and 50,000 of the rest",
          "[cli][decisions]") {
  const Run r = run("missed-release");
  CHECK(figure(r, "missed_release", "lost_revenue").to_fixed(2) == "27692.31");
  CHECK(figure(r, "missed_release", "other_cost") == Quantity::whole(50'000));
  CHECK(figure(r, "missed_release", "cost").to_fixed(2) == "277692.31");
  // 277,692.31 ÷ (5 points × 12 months)
  CHECK(figure(r, "missed_release", "break_even_per_point").to_fixed(2) == "4628.21");
  CHECK(
      r.result.verdict.headline.starts_with("Keep the current model unless a point of accuracy brings more than "
                                            "$4,628.21 a month"));
  CHECK(says(r, "Asked for: what a point of accuracy brings a month"));
  const auto is_noted = [](const core::Assumption& a) { return a.why.find("C-10") != std::string::npos; };
  CHECK(std::any_of(r.result.about.assumptions.begin(), r.result.about.assumptions.end(), is_noted));
  CHECK(says(run("missed-release", {"--set", "missed_release.value_per_point=$5_000"}), "Build it: 5 points"));
  CHECK(says(run("missed-release", {"--set", "missed_release.value_per_point=$4_628.20"}), "Keep the current model:"));
}

TEST_CASE("SYS-13 of three classifiers on a device none is beaten, and two fit it", "[cli][decisions]") {
  const Run r = run("on-device-models", {"--gates"});
  CHECK(r.exit_code == 0);
  const decision::Frontier& frontier = *r.result.answers->frontier;
  for (const decision::Placed& placed : frontier.options) CHECK(placed.place == decision::Place::front);
  REQUIRE(frontier.axes.size() == 3);
  CHECK(frontier.axes[1].label() == "latency, ms");
  CHECK(frontier.axes[2].label() == "size, MB");
  CHECK(frontier.options[2].values == std::vector<std::optional<double>>{81.072, 351.2, 330.3});
  CHECK(gates(r, 0).approve);
  CHECK(gates(r, 1).approve);
  CHECK(gates(r, 2).deciding == "max_latency");
  CHECK(r.documents.at("plan.md").find("## Failure modes") != std::string::npos);
  // What is slower, larger and no better is beaten, and by whom is said.
  const Run worse = run("on-device-models", {"--set", "options.vit-b-16.values.accuracy=76"});
  CHECK(says(worse, "vit-b-16 is dominated by resnet-50"));
}

TEST_CASE("SYS-15 a plan of 148,000 dollars goes before the board, and its packet is written", "[cli][decisions]") {
  std::string said;
  CHECK(billcast({"check", configs + "model-governance.yaml", "--gates"}, said) == 3);
  CHECK(said.find("REVIEW REQUIRED. Training and a year of inference cost $148,000.00, more than $100,000.00.") !=
        std::string::npos);
  const Run r = run("model-governance", {"--gates"});
  CHECK(r.exit_code == 3);
  CHECK(figure(r, "governance", "cost") == Quantity::whole(148'000));
  CHECK(r.result.verdict.headline.starts_with("REVIEW REQUIRED"));
  CHECK(r.documents.at("packet.md").find("| a year of inference | $120,000.00 |") != std::string::npos);
  CHECK(says(r, "training: $25,000.00 → $28,000.00 (+12.00 %)"));
  CHECK(says(r, "a year of inference: $96,000.00 → $120,000.00 (+25.00 %)"));
  // Without --gates it is a report; below the threshold nothing is due; a packet with a gap is not ready.
  CHECK(run("model-governance").exit_code == 0);
  CHECK(run("model-governance", {"--gates", "--set", "governance.max_cost=$148_000"}).exit_code == 0);
  CHECK(run("model-governance", {"--gates", "--set", "governance.max_cost=$147_999.99"}).exit_code == 3);
  const Run lacking = run("model-governance",
                          {"--gates", "--set", "governance.max_cost=$148_000", "--set", "governance.benchmarks=[]"});
  CHECK(lacking.exit_code == 3);
  CHECK(says(lacking, "NOT READY FOR A REVIEW. The packet lacks benchmarks."));
}

TEST_CASE("SYS-17 the student of 1.14 GB fits 2 GB, lies on the frontier and loses just what is accepted",
          "[cli][decisions]") {
  const Run r = run("edge-student", {"--gates"});
  CHECK(r.exit_code == 0);
  CHECK(figure(r, "device_memory", "student: left").to_fixed(2) == "0.86");
  CHECK(figure(r, "device_memory", "teacher: left").to_fixed(2) == "-9.40");
  CHECK(figure(r, "accuracy_policy", "student: loss") == Quantity::whole(5));
  const std::vector<decision::Placed>& placed = r.result.answers->frontier->options;
  for (const decision::Placed& option : placed) CHECK(option.place == decision::Place::front);
  CHECK(placed[1].values == std::vector<std::optional<double>>{86.45, 80, 1.14});
  CHECK(says(r, "student fits 2 GB; teacher does not."));
  // High stakes make accuracy a hard constraint; a smaller device takes neither.
  CHECK(run("edge-student", {"--gates", "--set", "accuracy_policy={high_stakes: true, against: teacher}"}).exit_code ==
        3);
  CHECK(run("edge-student", {"--gates", "--set", "accuracy_policy.most_loss=4.9%"}).exit_code == 3);
  CHECK(run("edge-student", {"--gates", "--set", "device_memory=1GB"}).exit_code == 3);
}

TEST_CASE("SYS-20 six months and a crore are 4.35 times six weeks, in rupees and in dollars", "[cli][decisions]") {
  const Run r = run("scratch-or-fine-tune");
  CHECK(figure(r, "builds", "from scratch: cost") == Quantity::whole(10'000'000));
  CHECK(figure(r, "builds", "from scratch: cost in dollars") == Quantity::whole(119'000));
  CHECK(figure(r, "builds", "fine-tuned: schedule_ratio").to_fixed(2) == "4.35");
  CHECK(figure(r, "builds", "fine-tuned: cost_ratio").to_fixed(2) == "4.35");  // the same team, as long as nobody knows
  CHECK(figure(r, "builds", "from scratch: first year") == Quantity::whole(14'800'000));
  CHECK(says(r, "1,00,00,000.00 INR"));
  CHECK(says(r, "1 INR = $0.0119 on 2026-11-02"));
  CHECK(says(r, "the same team at the same cost a day is assumed"));
  const Run known = run("scratch-or-fine-tune", {"--set", "builds.1.cost=20 lakh"});
  CHECK(figure(known, "builds", "fine-tuned: cost_ratio") == Quantity::whole(5));
  CHECK_FALSE(says(known, "is assumed"));
}

TEST_CASE("SYS-23 a daily batch saves 60 %, and pays up to 501.74 dollars an hour of age", "[cli][decisions]") {
  const Run r = run("fraud-freshness");
  CHECK(figure(r, "freshness", "saved") == Quantity::whole(60));
  // $6,000 saved ÷ (12 h − 2.5 min of mean age)
  CHECK(figure(r, "freshness", "break_even_loss_per_hour").to_fixed(2) == "501.74");
  CHECK(says(r, "Asked for: what an hour of mean age loses a month"));
  const decision::Series& infrastructure = curve(r, "freshness", "infrastructure");
  CHECK(infrastructure.y.front() == 10'000);
  CHECK(infrastructure.y.back() == 4'000);
  CHECK(std::is_sorted(infrastructure.y.rbegin(), infrastructure.y.rend()));
  CHECK(says(run("fraud-freshness", {"--set", "freshness.loss_per_hour=$501"}), "Refresh every 1d: it saves 60.0 %"));
  const Run dear = run("fraud-freshness", {"--set", "freshness.loss_per_hour=$502"});
  CHECK(says(dear, "Do not refresh only every 1d:"));
  CHECK(figure(dear, "freshness", "best_interval") < Quantity::whole(24));
}

TEST_CASE("SYS-25 the plan stands on one page and the story in four steps", "[cli][decisions]") {
  const Run r = run("one-page-plan");
  const std::string& page = r.documents.at("plan.md");
  for (const char* part : {"Decision", "Data", "Failure modes", "Monitoring", "Timeline", "Resources"}) {
    CAPTURE(part);
    CHECK(page.find(std::string{"\n## "} + part + "\n") != std::string::npos);
  }
  CHECK(page.find("30 engineer-days") != std::string::npos);  // computed, as are the dates
  CHECK(page.find("2026-12-01") != std::string::npos);
  CHECK(r.documents.at("star.md").find("## What it cost\n\n$80,000") != std::string::npos);
  CHECK(says(r, "The one-page plan is complete."));
  CHECK_FALSE(says(r, "Vague:"));
}

TEST_CASE("A claim without a number is pointed out, and a story without numbers is not written", "[cli][decisions]") {
  const Run r =
      run("one-page-plan", {"--set", "star.result=Answers became much faster", "--set", "plan.monitoring=' '"});
  CHECK(r.documents.count("star.md") == 0);
  CHECK(r.documents.count("plan.md") == 0);
  CHECK(says(r, "The STAR story is not written, for this is missing: a number in Result."));
  CHECK(says(r, "Vague: 'faster' has no number: Answers became much faster"));
  CHECK(says(r, "The one-page plan is not written, for this is missing: Monitoring."));
}

TEST_CASE("A total cost of ownership stands beside the bill of each option, and its parts sum to it",
          "[cli][decisions]") {
  const Run r = run("fraud-ownership");
  for (const std::string option : {"managed api", "self-hosted"}) {
    Quantity parts;
    for (const decision::Figure& f : answer(r, "tco").figures) {
      const std::string name = f.name.starts_with(option + ": ") ? f.name.substr(option.size() + 2) : "";
      const bool is_sum = name == "total" || name == "one_time" || name == "recurring" || name == "leaving";
      if (!name.empty() && !is_sum) parts += f.value;
    }
    CHECK(parts == figure(r, "tco", option + ": total"));
    CHECK(figure(r, "tco", option + ": one_time") + figure(r, "tco", option + ": recurring") == parts);
    // Cash and what is written off end at the same sum where all is written off within the year.
    CHECK(curve(r, "tco", option + ", cash").x.size() == 12);
  }
  CHECK(figure(r, "tco", "managed api: inference") == Quantity::whole(12 * 20'000));
  CHECK(figure(r, "tco", "self-hosted: inference") == Quantity::whole(12 * 9'000));
  CHECK(figure(r, "tco", "managed api: leaving") == Quantity::whole(900 + 11'670));
  CHECK(figure(r, "tco", "self-hosted: overlap").to_fixed(2) == "4142.47");  // 14 of the 365 ÷ 12 days of a month
  CHECK(says(r, "managed api costs least in all; by the bill alone it would be self-hosted."));
  CHECK(says(r, "answered for by legal"));
  CHECK(says(r, "a change of price comes on top, and nobody has put a figure to it"));
}

TEST_CASE("An option whose bill is not known has its other costs and is asked for the bill", "[cli][decisions]") {
  const Run r = run("fraud-ownership", {"--set", "options.self-hosted.kind=stated", "--set", "tco.months=24"});
  CHECK(curve(r, "tco", "self-hosted, cash").x.size() == 24);
  std::string said;
  CHECK(billcast({"check", configs + "fraud-ownership.yaml", "--set", "tco.months=11"}, said) == 2);
  CHECK(said.find("tco.months") != std::string::npos);
}

TEST_CASE("In a simulation the bill is what owners pay and what a board reviews", "[cli][decisions]") {
  const Run r = run("smoke", {"--gates", "--threads", "2", "--set",
                              "tco={lines: [{name: audit, part: compliance, monthly: $10, owner: legal}]}", "--set",
                              "governance={max_cost: $1_000, business_metrics: [a], benchmarks: [b], training_cost: "
                              "$5}"});
  CHECK(r.exit_code == 3);
  core::Money dearest;
  for (const reports::OptionReport& option : r.result.options) {
    CAPTURE(option.name);
    const core::Money once = option.one_time.total(pricing::Frequency::one_time);
    const core::Money bill = option.monthly.amount * 12 + once;
    dearest = std::max(dearest, option.monthly.amount * 12);
    const auto in_dollars = [](core::Money money) {
      return Quantity::ratio(money.count(), core::Money::parse("1").count());
    };
    CHECK(figure(r, "tco", option.name + ": inference") == in_dollars(bill));
    CHECK(figure(r, "tco", option.name + ": total") == in_dollars(bill + core::Money::parse("120")));
  }
  CHECK(figure(r, "governance", "cost") ==
        Quantity::ratio((dearest + core::Money::parse("5")).count(), core::Money::parse("1").count()));
  // Before the run the bill is not known, and nothing is refused yet.
  std::string said;
  CHECK(billcast({"check", configs + "smoke.yaml", "--gates", "--set", "governance={max_cost: $1_000}"}, said) == 0);
  CHECK(said.find("The review waits for the bill of a year") != std::string::npos);
}

TEST_CASE("Data sets rank by the effect of their examples and not by how many they are", "[cli][decisions]") {
  const Run r = run("clean-or-big");
  CHECK(figure(r, "datasets", "big: effective_examples") == Quantity::whole(73'500));
  CHECK(figure(r, "datasets", "clean: effective_examples") == Quantity::whole(80'000));
  CHECK(figure(r, "datasets", "curated: effective_examples") == Quantity::whole(86'436));
  CHECK(r.result.verdict.headline == "curated has most effect; in order: curated, clean, big.");
  CHECK(says(run("clean-or-big", {"--set", "datasets.big.label_accuracy=75%"}), "in order: curated, big, clean"));
  std::string said;
  CHECK(billcast({"check", configs + "clean-or-big.yaml", "--set", "datasets=[{name: a, examples: 1}]"}, said) == 2);
  CHECK(said.find("two or more: they are compared") != std::string::npos);
}

TEST_CASE("A result with documents is replaced by the next one, and keeps none that it lacks", "[cli][decisions]") {
  const test_support::TemporaryFolder folder;
  std::string said;
  const auto write = [&](const std::string& name) {
    return billcast({"run", configs + name + ".yaml", "--quiet", "--out", folder / "result"}, said);
  };
  REQUIRE(write("one-page-plan") == 0);
  CHECK(std::filesystem::exists(folder / "result/plan.md"));
  REQUIRE(write("model-governance") == 0);
  CHECK(std::filesystem::exists(folder / "result/packet.md"));
  CHECK_FALSE(std::filesystem::exists(folder / "result/plan.md"));
}
