#include "decision/verdict.hpp"

#include "tests/support/catch.hpp"

using core::Money;
using decision::Budget;
using decision::Candidate;
using decision::decide;
using decision::Held;
using decision::Measure;
using decision::SloCheck;
using decision::Verdict;

namespace {

constexpr std::int64_t ms = 1'000'000;

SloCheck latency_p95(std::int64_t value_ms) {
  return {{Measure::latency, 9500, 2000 * ms}, value_ms * ms, value_ms <= 2000 ? Held::yes : Held::no, ""};
}

Candidate candidate(const char* name, const char* monthly, std::int64_t p95_ms = 1000) {
  return {name, {Money::parse(monthly), false}, Money{}, {}, {latency_p95(p95_ms)}};
}

}  // namespace

TEST_CASE("The cheapest that meets every target wins, and the others say how far they are", "[decision][verdict]") {
  const Verdict verdict =
      decide({candidate("managed-api", "45000"), candidate("self-hosted", "12345.67")}, std::nullopt);
  CHECK(verdict.winners == std::vector<std::string>{"self-hosted"});
  CHECK(verdict.headline == "self-hosted is the cheapest that meets every target: $12,345.67 a month.");
  CHECK(verdict.reasons == std::vector<std::string>{"managed-api costs $45,000.00 a month, $32,654.33 more."});
}

TEST_CASE("A cheaper option that misses a target does not win", "[decision][verdict]") {
  const Verdict verdict = decide({candidate("cheap", "1", 2300), candidate("good", "2")}, std::nullopt);
  CHECK(verdict.winners == std::vector<std::string>{"good"});
  CHECK(verdict.reasons == std::vector<std::string>{"cheap is out: latency p95 is 2.3 s, the target is at most 2 s. "
                                                    "It would cost $1.00 a month."});
}

TEST_CASE("Nobody meets the targets: each says what is in its way", "[decision][verdict]") {
  const Verdict verdict = decide({candidate("a", "1", 2300), candidate("b", "2", 2400)}, std::nullopt);
  CHECK(verdict.winners.empty());
  CHECK(verdict.headline == "No option meets every target.");
  CHECK(verdict.reasons.size() == 2);
}

TEST_CASE("An option without a complete bill is never the cheapest", "[decision][verdict]") {
  Candidate unpriced = candidate("unpriced", "1");
  unpriced.unpriced = {"gpt-9 input", "gpt-9 output"};
  const Verdict verdict = decide({unpriced, candidate("priced", "100")}, std::nullopt);
  CHECK(verdict.winners == std::vector<std::string>{"priced"});
  CHECK(verdict.reasons ==
        std::vector<std::string>{"unpriced is out: its bill is not complete, there is no price for gpt-9 "
                                 "input and gpt-9 output. It would cost at least $1.00 a month."});
  CHECK(decide({unpriced}, std::nullopt).headline == "No option has a complete bill.");
  CHECK(decide({unpriced, candidate("slow", "1", 5000)}, std::nullopt).headline ==
        "No option meets every target and has a complete bill.");
}

TEST_CASE("Equal costs are a tie, said in words", "[decision][verdict]") {
  const Verdict verdict = decide({candidate("a", "5"), candidate("b", "7"), candidate("c", "5")}, std::nullopt);
  CHECK(verdict.winners == std::vector<std::string>{"a", "c"});
  CHECK(verdict.headline == "a and c are the cheapest that meet every target, at the same $5.00 a month.");
  CHECK(verdict.reasons == std::vector<std::string>{"b costs $7.00 a month, $2.00 more."});
}

TEST_CASE("A target that is unknown is not met", "[decision][verdict]") {
  Candidate unknown = candidate("unknown", "1");
  unknown.slo = {{{Measure::time_to_first_token, 9500, 800 * ms}, std::nullopt, Held::unknown, "no first token"}};
  CHECK(decide({unknown}, std::nullopt).headline == "No option meets every target.");
}

TEST_CASE("The budget is named beside the winner and excludes nobody", "[decision][verdict]") {
  CHECK(
      decide({candidate("a", "154000")}, Budget{Money::parse("150000")}).headline ==
      "a costs $154,000.00 a month and meets every target. That is $4,000.00 over the budget of $150,000.00 a month.");
  CHECK(decide({candidate("a", "100000")}, Budget{Money::parse("150000")}).headline ==
        "a costs $100,000.00 a month and meets every target. That is $50,000.00 under the budget of $150,000.00 a "
        "month.");
}

TEST_CASE("What is bought once is named and does not rank", "[decision][verdict]") {
  Candidate trained = candidate("trained", "5");
  trained.one_time = Money::parse("9000");
  trained.slo.clear();
  Candidate plain = candidate("plain", "6");
  plain.slo.clear();
  CHECK(decide({trained, plain}, std::nullopt).headline ==
        "trained is the cheapest: $5.00 a month; the scenario sets no targets. trained also costs $9,000.00 once.");
  CHECK(decide({trained}, Budget{Money::parse("6")}).headline ==
        "trained costs $5.00 a month; the scenario sets no targets. That is $1.00 under the budget of $6.00 a month. "
        "trained also costs $9,000.00 once.");
}
