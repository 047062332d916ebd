// The scenarios that are decisions from stated figures: each says the numbers that its question asks for.

#include <string>
#include <vector>

#include "tests/support/decision_run.hpp"

using core::Quantity;
using test_support::billcast;
using test_support::configs;
using test_support::figure;
using test_support::gate;
using test_support::gates;
using test_support::Run;
using test_support::run;
using test_support::says;

TEST_CASE("SYS-02 a cheaper model saves 80 dollars a million queries and 100,000 a month", "[cli][decisions]") {
  const Run r = run("cheaper-model");
  CHECK(r.exit_code == 0);
  CHECK(figure(r, "price_change", "saved_per_million") == Quantity::whole(80));
  CHECK(figure(r, "price_change", "change").to_fixed(1) == "-66.7");
  CHECK(figure(r, "price_change", "old_bill") == Quantity::whole(150'000));
  CHECK(figure(r, "price_change", "new_bill") == Quantity::whole(50'000));
  CHECK(figure(r, "swaps", "stay: break_even_per_point").to_fixed(2) == "142857.14");
  CHECK(says(r, "A loss of 0.7 % of accuracy asks for 21 % less latency"));
  CHECK(says(r, "Without the value of a point the options rank by cost and latency only."));
  // Any volume: a tenth of the queries saves a tenth.
  const Run tenth = run("cheaper-model", {"--set", "price_change.queries=125_000_000"});
  CHECK(figure(tenth, "price_change", "saved") == Quantity::whole(10'000));
}

TEST_CASE("SYS-05 the fine-tuning takes 29.17 % of the year's budget and 58.33 % of its half", "[cli][decisions]") {
  const Run r = run("ad-tech-budget");
  CHECK(figure(r, "budget_share", "as_stated").to_fixed(2) == "29.17");
  CHECK(figure(r, "budget_share", "same_period").to_fixed(2) == "58.33");
  CHECK(says(r, "are 29.17 % of the budget"));
  CHECK(says(r, "they are 58.33 % (C-05)"));
}

TEST_CASE("SYS-06 a fine-tuning of 6 % fits the cap of 8 %, and 250,000 do not fit 200,000", "[cli][decisions]") {
  const Run r = run("quarterly-budget", {"--gates"});
  CHECK(r.exit_code == 0);
  CHECK(figure(r, "budget_share", "same_period").to_fixed(2) == "6.00");
  CHECK(figure(r, "budget_share", "head_room").to_fixed(0) == "26667");
  CHECK(figure(r, "fixed_budget", "left after fine-tuned").to_fixed(0) == "115000");
  CHECK(figure(r, "fixed_budget", "left after from scratch").to_fixed(0) == "-50000");
  CHECK(says(r, "Feasible: fine-tuned."));
  const Run more = run("quarterly-budget", {"--gates", "--set", "budget_share.spend=$120_000"});
  CHECK(more.exit_code == 3);
  CHECK(says(more, "A budget of $1,500,000.00 would hold it."));
}

TEST_CASE("SYS-07 the cost is back after 21.84 days of a quarter's revenue, or 87.6 of a year's", "[cli][decisions]") {
  const Run quarter = run("cost-recovery");
  CHECK(figure(quarter, "returns", "roi").to_fixed(2) == "4.17");
  CHECK(figure(quarter, "returns", "payback").to_fixed(2) == "21.84");
  CHECK(says(quarter, "in Q2 FY2027: inside the quarter in which it begins"));
  const Run year = run("cost-recovery", {"--set", "returns.per=year"});
  CHECK(figure(year, "returns", "payback").to_fixed(1) == "87.6");
  CHECK(says(year, "in Q2 FY2027: inside"));
}

TEST_CASE("SYS-08 the widget fails by 30 ms, and a cache would need 17.1 or 95 % of hits", "[cli][decisions]") {
  const Run r = run("widget-latency", {"--gates"});
  CHECK(r.exit_code == 3);
  const decision::GateVerdict& tuned = gates(r, 0);
  CHECK(gate(tuned, "min_kpi_lift").outcome == decision::GateOutcome::pass);
  CHECK(gate(tuned, "max_latency").margin == Quantity::whole(-30));
  CHECK(tuned.deciding == "max_latency");
  CHECK(gates(r, 1).deciding == "min_kpi_lift");
  CHECK(figure(r, "cache_mitigation", "hit_ratio_for_mean").to_fixed(1) == "17.1");
  CHECK(figure(r, "cache_mitigation", "hit_ratio_for_percentile").to_fixed(0) == "95");
  CHECK(says(r, "does not repair the percentile (C-12)"));
}

TEST_CASE("SYS-09 data of which 45 % are duplicates is rejected at 55 %", "[cli][decisions]") {
  const Run r = run("voice-intents", {"--gates"});
  CHECK(r.exit_code == 3);
  CHECK(gates(r).deciding == "min_uniqueness");
  CHECK(gate(gates(r), "min_uniqueness").measured->value == Quantity::whole(55));
  CHECK(gate(gates(r), "max_examples").outcome == decision::GateOutcome::fail);
  CHECK_FALSE(gate(gates(r), "max_examples").gate.hard);
  CHECK(gates(r).fallback == "stop collecting and fall back to prompts");
  CHECK(figure(r, "data", "stop_at") == Quantity::whole(8));
}

TEST_CASE("SYS-10 a return of 3.636 is 1.838 after 45 lost days, and the timing decides", "[cli][decisions]") {
  const Run r = run("timed-return", {"--gates"});
  CHECK(r.exit_code == 3);
  CHECK(figure(r, "returns", "roi").to_fixed(3) == "3.636");
  CHECK(figure(r, "returns", "timed_roi").to_fixed(3) == "1.838");
  CHECK(figure(r, "returns", "break_even_delay").to_fixed(2) == "40.95");
  CHECK(gates(r).deciding == "min_roi");
  CHECK(gate(gates(r), "max_delivery_days").boundary);
  CHECK(says(r, "the timing decides (C-01)"));
  const Run sooner = run("timed-return", {"--gates", "--set", "returns.lost_days=40d"});
  CHECK(sooner.exit_code == 0);
}

TEST_CASE("SYS-11 both locked metrics hold, whatever the percents mean", "[cli][decisions]") {
  const Run r = run("fraud-metric-lock", {"--gates"});
  CHECK(r.exit_code == 0);
  CHECK(gates(r).approve);
  CHECK(gates(r).deciding == "max_latency");
  CHECK(gate(gates(r), "max_latency").margin == Quantity::whole(5));
  CHECK(says(r, "(C-11)"));
  CHECK(run("fraud-metric-lock", {"--gates", "--set", "facts.latency=121ms"}).exit_code == 3);
}

TEST_CASE("SYS-12 prompts reach 98.8 % of the target, so nothing is fine-tuned", "[cli][decisions]") {
  const Run r = run("prompt-chain", {"--gates"});
  CHECK(r.exit_code == 3);
  CHECK(gates(r).deciding == "max_prompt_coverage");
  CHECK(figure(r, "adoption", "prompt_coverage").to_fixed(1) == "98.8");
  CHECK(figure(r, "prompts", "break_even_weeks").to_fixed(1) == "28.3");
  CHECK(gate(gates(r), "min_prompt_maintenance").boundary);
  const Run dear = run("prompt-chain", {"--set", "prompts.day_rate=$2_333.33"});
  CHECK(figure(dear, "prompts", "break_even_weeks").to_fixed(1) == "14.1");
}

TEST_CASE("SYS-16 the smaller gain brings more after its cost", "[cli][decisions]") {
  const Run r = run("model-swap");
  CHECK(figure(r, "swaps", "swap: net") == Quantity::whole(-6'000));
  CHECK(figure(r, "swaps", "optimise: net") == Quantity::whole(44'000));
  CHECK(figure(r, "swaps", "swap: break_even_per_point") == Quantity::whole(2'600));
  CHECK(r.result.verdict.headline == "optimise brings most: a net value of $44,000.00.");
}

TEST_CASE("SYS-19 a base model that is right in 85 % ships, with what to measure first", "[cli][decisions]") {
  const Run r = run("document-summariser", {"--gates"});
  CHECK(r.exit_code == 0);
  CHECK(says(r, "ship it first"));
  CHECK(says(r, "Not answered yet: Where does it fail?"));
  CHECK(gate(gates(r), "min_clean_examples").boundary);
}

TEST_CASE("The gates of a scenario are judged without a run, and a rejection exits with 3", "[cli][decisions]") {
  std::string said;
  CHECK(billcast({"check", configs + "timed-return.yaml", "--gates"}, said) == 3);
  CHECK(said.find("min_roi *") != std::string::npos);
  CHECK(said.find("REJECT, decided by min_roi") != std::string::npos);
  CHECK(billcast({"check", configs + "timed-return.yaml"}, said) == 0);
  CHECK(billcast({"check", configs + "fraud-metric-lock.yaml", "--gates"}, said) == 0);
  said.clear();
  CHECK(billcast({"check", configs + "cost-recovery.yaml", "--gates"}, said) == 2);
  CHECK(said.find("found a scenario without gates and facts") != std::string::npos);
}

TEST_CASE("Slips in a decision are named", "[cli][decisions]") {
  const auto error_of = [](const std::string& name, std::vector<std::string> sets) {
    std::string said;
    std::vector<std::string> arguments{"check", configs + name + ".yaml"};
    arguments.insert(arguments.end(), sets.begin(), sets.end());
    CHECK(billcast(arguments, said) == 2);
    return said;
  };
  CHECK(error_of("widget-latency", {"--set", "gates.max_latency.vlaue=3"}).find("vlaue") != std::string::npos);
  CHECK(error_of("quarterly-budget", {"--set", "options.fine-tuned.kind=managed_api"}).find("say the traffic") !=
        std::string::npos);
  CHECK(error_of("cost-recovery", {"--months", "2"}).find("nothing is simulated") != std::string::npos);
  CHECK(error_of("quarterly-budget", {"--set", "options.fine-tuned.monthly_cost=-$1"}).find("from 0 on") !=
        std::string::npos);
}

TEST_CASE("SYS-14 three vendors at 1,000 transactions a second are simulated, gated and ranked", "[cli][decisions]") {
  const Run r = run("fraud-vendor-selection", {"--gates", "--threads", "2"});
  CHECK(r.exit_code == 0);  // two options pass
  REQUIRE(r.result.options.size() == 3);
  CHECK(says(r, "managed-api needs 60,000 requests a minute at its peak"));  // the limit is half of it (C-13)
  CHECK(gates(r, 0).deciding == "min_availability");
  CHECK_FALSE(gates(r, 0).approve);
  for (std::size_t k = 0; k < 3; ++k) {
    // What the gate is held against is the percentile that the report shows, to the nanosecond.
    const Quantity p95 = Quantity::ratio(r.result.options[k].latency.p95_ns, 1'000'000);
    CHECK(gate(gates(r, k), "max_latency").measured->value == p95);
    CHECK(gates(r, k).approve == (k > 0));
  }
  REQUIRE(r.result.answers->matrix.has_value());
  const decision::MatrixTable& matrix = *r.result.answers->matrix;
  CHECK(matrix.winners == std::vector<std::string>{"light-custom"});
  CHECK(says(r, "fine-tuned wins when the weight of accuracy rises from 0.25"));
  for (const decision::MatrixRow& row : matrix.rows) {
    for (const auto& value : row.values) CHECK(value.has_value());
  }
  CHECK(says(r, "managed-api is dominated by fine-tuned"));
  const decision::Frontier& frontier = *r.result.answers->frontier;
  REQUIRE(frontier.axes.size() == 3);
  CHECK(frontier.axes[1].label() == "latency, ms");
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(frontier.options[k].values ==
          std::vector{matrix.rows[k].values[2], matrix.rows[k].values[1], matrix.rows[k].values[0]});
  }
}

TEST_CASE("A scenario without decision sections says nothing of them", "[cli][decisions]") {
  const Run r = run("smoke", {"--threads", "2"});
  CHECK_FALSE(r.result.answers.has_value());
  CHECK(r.said.find("GATES") == std::string::npos);
  CHECK(r.said.find("MATRIX") == std::string::npos);
}

TEST_CASE("Gates that a simulation answers wait for it in a check", "[cli][decisions]") {
  std::string said;
  CHECK(billcast({"check", configs + "fraud-vendor-selection.yaml", "--gates"}, said) == 0);
  CHECK(said.find("waits for the simulation") != std::string::npos);
}

TEST_CASE("SYS-01 30,000 dollars reach 6.67, 13.33 or 20 % of a million users", "[cli][decisions]") {
  const Run r = run("capped-rollout");
  CHECK(figure(r, "pilot", "daily_users") == Quantity::whole(2'500));
  CHECK(figure(r, "pilot", "factor") == Quantity::whole(400));
  CHECK(figure(r, "rollout", "flat").to_fixed(2) == "6.67");
  CHECK(figure(r, "rollout", "linear").to_fixed(2) == "13.33");
  CHECK(figure(r, "rollout", "per_month").to_fixed(2) == "20.00");
  CHECK(figure(r, "rollout", "total") == Quantity::whole(225'000));  // half of three months
  CHECK(says(r, "The cap of $30,000.00 binds on 2026-1"));
  Quantity weeks;
  for (int week = 1; week <= 13; ++week) weeks += figure(r, "rollout", "week_" + std::to_string(week));
  CHECK(weeks == Quantity::whole(225'000));
  CHECK(figure(r, "fallbacks", "spot + smaller model + batch overnight") == Quantity::whole(9'990));  // under 10,000
}

TEST_CASE("SYS-03 fine-tuning takes 8 times the engineer-days of a sprint", "[cli][decisions]") {
  const Run r = run("recommendation-impact");
  CHECK(figure(r, "impact", "fine-tuned: effort_ratio") == Quantity::whole(8));
  CHECK(says(r, "fine-tuned: 120 engineer-days, 8 times the engineer-days of baseline"));
  CHECK(says(r, "What fine-tuned brings is asked for"));
  CHECK(says(r, "We can achieve 2 % lift while staying under 6 % of the ML budget"));
}

TEST_CASE("SYS-18 the base model ships, and eight engineer-months are caught up after 10.45 months",
          "[cli][decisions]") {
  const Run r = run("custom-or-api");
  CHECK(figure(r, "paths", "custom: crossover").to_fixed(2) == "10.45");
  CHECK(figure(r, "paths", "api: first year") == Quantity::whole(480'000));
  CHECK(figure(r, "paths", "custom: first year") == Quantity::whole(432'000));
  CHECK(says(r, "ship it first"));
  CHECK_FALSE(says(run("custom-or-api", {"--set", "adoption.base_coverage=79%"}), "ship it first"));
}

TEST_CASE("A gate of what is simulated is in the unit of that", "[cli][decisions]") {
  std::string said;
  CHECK(billcast({"check", configs + "fraud-vendor-selection.yaml", "--set", "gates.min_availability.unit=rel"},
                 said) == 2);
  CHECK(said.find("found 'rel', expected 'share', which availability is in") != std::string::npos);
}
