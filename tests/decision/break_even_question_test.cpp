#include "decision/break_even_question.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "core/units.hpp"
#include "decision/answers.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/figure.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::Answer;
using decision::BreakEvenQuestion;
using decision::Observed;
using test_support::check_says;
using test_support::complaint;
using test_support::figure;

namespace {

std::vector<BreakEvenQuestion> read(const std::string& items) {
  const core::Document document{"s.yaml", "break_even:\n" + items};
  auto questions = decision::read_break_evens(document.root(), {"api", "own"});
  document.finish();
  return questions;
}

BreakEvenQuestion one(const std::string& item) { return read("  - {" + item + "}\n").at(0); }

Money dollars(double amount) { return Money::parse(std::to_string(amount)); }

// An API of a tenth of a cent a user against a fleet of $5,000.
std::optional<std::vector<Observed>> linear(const std::string& value) {
  const double users = core::parse_number(value).value;
  return std::vector<Observed>{{.monthly_cost = dollars(users * 0.001)}, {.monthly_cost = dollars(5000)}};
}

constexpr const char* users =
    "key: traffic.daily_users, between: [api, own], from: 1_000, to: 10_000_000, steps: ratios";

}  // namespace

TEST_CASE("Two bills meet where arithmetic says, and every evaluation is shown", "[decision][break_even]") {
  const BreakEvenQuestion question = one(std::string{users} + ", tolerance: 0.1%");
  std::vector<std::string> asked;
  const Answer answer = decision::answer_break_even(
      question,
      [&](const std::string& value) {
        asked.push_back(value);
        return linear(value);
      },
      "Each simulates an hour.");
  CHECK(std::abs(static_cast<double>(figure(answer, "crossing").count()) / 1e9 - 5e6) < 5e3);
  CHECK(figure(answer, "bracket_low") <= Quantity::whole(5'000'000));
  CHECK(figure(answer, "bracket_high") >= Quantity::whole(5'000'000));
  CHECK(figure(answer, "evaluations") == Quantity::whole(static_cast<std::int64_t>(asked.size())));
  check_says(answer.sentences.at(0), "api and own cost the same at traffic.daily_users = ");
  check_says(answer.sentences.at(0), "below it api is cheaper, above it own.");
  CHECK(answer.sentences.at(1) == "Each simulates an hour.");
  CHECK(asked.front() == "1000");
  REQUIRE(answer.table.rows.size() == asked.size() + 1);
  CHECK(answer.table.rows[0] == std::vector<std::string>{"traffic.daily_users", "api", "own", "difference"});
  CHECK(answer.table.rows[1] == std::vector<std::string>{"1,000", "$1.00", "$5,000.00", "-$4,999.00"});
  CHECK(answer.table.rows.back() == std::vector<std::string>{"10,000,000", "$10,000.00", "$5,000.00", "$5,000.00"});
  REQUIRE(answer.curves.size() == 1);
  REQUIRE(answer.curves[0].series.size() == 2);
  CHECK(answer.curves[0].series[0].x.size() == asked.size());
  CHECK(std::is_sorted(answer.curves[0].series[0].x.begin(), answer.curves[0].series[0].x.end()));
}

TEST_CASE("No crossing is an answer that names both ends", "[decision][break_even]") {
  const BreakEvenQuestion question =
      one("key: traffic.daily_users, between: [api, own], from: 1_000, to: 1_000_000, samples: 3");
  const Answer answer = decision::answer_break_even(question, linear, "");
  CHECK(answer.sentences.at(0) ==
        "No crossing of traffic.daily_users from 1,000 to 1,000,000: api costs $4,999.00 less than own at 1,000, and "
        "$4,000.00 less at 1,000,000.");
  CHECK(figure(answer, "evaluations") == Quantity::whole(3));
}

TEST_CASE("A bill meets a cap, and a percentile its limit", "[decision][break_even]") {
  const BreakEvenQuestion cap =
      one("key: traffic.daily_users, option: api, cost: $10_000, from: 1_000, to: 100_000_000, tolerance: 0.01%");
  const auto bill = [](const std::string& value) {
    return std::optional{std::vector<Observed>{{.monthly_cost = dollars(core::parse_number(value).value * 0.001)}}};
  };
  const Answer capped = decision::answer_break_even(cap, bill, "");
  CHECK(figure(capped, "crossing").to_fixed(0) == "10000000");
  check_says(capped.sentences.at(0), "api costs $10,000.00 a month at traffic.daily_users = exactly");

  const BreakEvenQuestion late =
      one("key: options.own.serving.overhead, option: own, latency: 150ms, from: 0ms, to: 400ms, tolerance: 0.1%");
  CHECK(late.statistic == "p95");
  std::string asked;
  const Answer answer = decision::answer_break_even(
      late,
      [&](const std::string& value) {
        asked = value;
        const double ms = core::parse_number(value.substr(0, value.size() - 2)).value;
        return std::optional{std::vector<Observed>{
            {.monthly_cost = {}, .latency_ms = Quantity::parse(std::to_string(100 + ms / 4)), .availability = {}}}};
      },
      "");
  CHECK(asked.ends_with("ms"));
  CHECK(figure(answer, "crossing") == Quantity::whole(200));
  check_says(answer.sentences.at(0), "The p95 of own passes 150 ms at options.own.serving.overhead = exactly 200 ms");
  check_says(answer.sentences.at(0), "below it the limit is held, above it missed");
}

TEST_CASE("An interrupted search keeps what it knows", "[decision][break_even]") {
  int left = 6;
  const Answer answer = decision::answer_break_even(
      one(users), [&](const std::string& value) { return left-- > 0 ? linear(value) : std::nullopt; }, "");
  CHECK(answer.sentences.at(1) == "Interrupted after 6 evaluations.");
  CHECK(answer.table.rows.size() == 7);
  CHECK(figure(answer, "bracket_low") <= Quantity::whole(5'000'000));
  CHECK(figure(answer, "bracket_high") >= Quantity::whole(5'000'000));
  const Answer nothing = decision::answer_break_even(
      one(users), [](const std::string&) { return std::optional<std::vector<Observed>>{}; }, "");
  CHECK(nothing.sentences == std::vector<std::string>{"Interrupted after 0 evaluations."});
  CHECK(nothing.curves.empty());
}

TEST_CASE("A search has its number of evaluations and no more", "[decision][break_even]") {
  const BreakEvenQuestion question = one(std::string{users} + ", samples: 4, evaluations: 6, tolerance: 0.01%");
  int evaluations = 0;
  const Answer answer = decision::answer_break_even(
      question,
      [&](const std::string& value) {
        ++evaluations;
        return linear(value);
      },
      "");
  CHECK(evaluations == 6);
  check_says(answer.sentences.at(1), "All 6 evaluations were used");
}

TEST_CASE("Values of a key are written as its ends are, with six digits", "[decision][break_even]") {
  const BreakEvenQuestion price = one("key: options.own.price, between: [own, api], from: $0.10, to: $12.5");
  CHECK(price.text_of(price.rounded(0.1)) == "$0.1");
  CHECK(price.text_of(price.rounded(1.0 / 3)) == "$0.333333");
  CHECK(price.text_of(price.rounded(10.0 / 3)) == "$3.33333");
  const BreakEvenQuestion many = one(users);
  CHECK(many.text_of(many.rounded(1'234'567)) == "1234570");
  CHECK(many.text_of(many.rounded(123'456.4)) == "123456");
  CHECK(many.shown(many.rounded(1'234'567)) == "1,234,570");
  const BreakEvenQuestion token = one("key: options.own.price, between: [own, api], from: $0, to: $0.0000015");
  CHECK(token.shown(token.rounded(1.234567e-7)) == "$0.000000123457");
  CHECK(token.shown(token.rounded(0)) == "$0");
  const BreakEvenQuestion share = one("key: cache.hit_share, between: [own, api], from: 0%, to: 90%");
  CHECK(share.text_of(share.rounded(0)) == "0%");
  CHECK(share.text_of(share.rounded(12.5)) == "12.5%");
  const BreakEvenQuestion whole = one("key: options.own.replicas, between: [own, api], from: 1, to: 40, whole: true");
  CHECK(whole.text_of(whole.rounded(7.4)) == "7");
}

TEST_CASE("A key that counts is narrowed to neighbours", "[decision][break_even]") {
  const BreakEvenQuestion whole =
      one("key: options.own.replicas, between: [own, api], from: 1, to: 40, whole: true, tolerance: 0.01%");
  std::vector<std::string> asked;
  const Answer answer = decision::answer_break_even(
      whole,
      [&](const std::string& value) {
        asked.push_back(value);
        const double replicas = core::parse_number(value).value;
        return std::optional{
            std::vector<Observed>{{.monthly_cost = dollars(500 * replicas)}, {.monthly_cost = dollars(3700)}}};
      },
      "");
  CHECK(figure(answer, "bracket_low") == Quantity::whole(7));
  CHECK(figure(answer, "bracket_high") == Quantity::whole(8));
  std::sort(asked.begin(), asked.end());
  CHECK(std::adjacent_find(asked.begin(), asked.end()) == asked.end());  // none is simulated twice
}

TEST_CASE("Slips in a break-even are named", "[decision][break_even]") {
  const auto error = [](const std::string& item) { return complaint([&] { one(item); }); };
  check_says(error("key: a, between: [api, them], from: 1, to: 2"), "found 'them', expected one of api, own");
  check_says(error("key: a, between: [api, api], from: 1, to: 2"), "the names of two options");
  check_says(error("key: a, between: [api, own], from: 2, to: 1"), "more than `from`");
  check_says(error("key: a, between: [api, own], from: $2, to: 3"), "the same unit as `from`");
  check_says(error("key: a, between: [api, own], from: 2ms, to: 3s"), "the same unit as `from`");
  check_says(error("key: a, between: [api, own], from: few, to: many"), "a number, with its unit");
  check_says(error("key: a, between: [api, own], from: 0, to: 3, steps: ratios"), "more than 0, for equal ratios");
  check_says(error("key: a, between: [api, own], from: 0, to: 1e16"), "at most 1e15");
  check_says(error("key: a=b, between: [api, own], from: 0, to: 3"), "a key alone");
  check_says(error("key: a, between: [api, own], from: 0, to: 3, samples: 9, evaluations: 4"), "evaluations");
  check_says(error("key: a, option: api, latency: 1s, percentile: worst, from: 0, to: 3"), "p50 to p99.9, or mean");
  const core::Document document{"s.yaml", "break_even:\n  - {key: a}\n"};
  check_says(complaint([&] { decision::read_break_evens(document.root(), {}); }), "without traffic");
}
