// What the decision sections draw and tabulate: the curves pass through the numbers that the sentences say.

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/decision_run.hpp"

using core::Quantity;
using test_support::answer;
using test_support::curve;
using test_support::figure;
using test_support::Run;
using test_support::run;
using test_support::says;

namespace {

// The place at which a falling curve of steps of 1 crosses a level, on the line between two of its points.
double crossing(const decision::Series& series, double level) {
  for (std::size_t i = 1; i < series.y.size(); ++i) {
    if (series.y[i - 1] < level || series.y[i] >= level) continue;
    const double share = (series.y[i - 1] - level) / (series.y[i - 1] - series.y[i]);
    return series.x[i - 1] + share * (series.x[i] - series.x[i - 1]);
  }
  return -1;
}

}  // namespace

TEST_CASE("The return over lost days falls from 3.636 to 0, and crosses 2 at 40.95", "[cli][decisions]") {
  const Run r = run("timed-return");
  const decision::Series& line = curve(r, "returns", "return");
  REQUIRE(line.x.size() == 92);
  CHECK(line.y.front() == Approx(120.0 / 33));
  CHECK(line.y[12] == Approx(3.157).margin(0.0005));
  CHECK(line.y[30] == Approx(2.438).margin(0.0005));
  CHECK(line.y[45] == Approx(1.838).margin(0.0005));
  CHECK(line.y.back() == 0);
  CHECK(crossing(line, 2) == Approx(40.95).margin(1e-6));
  CHECK(curve(r, "returns", "asked for").y == std::vector<double>{2, 2});
  CHECK(curve(r, "returns", "as planned").x == std::vector<double>{45});
}

TEST_CASE("The spending of a rollout rises week by week through its cap", "[cli][decisions]") {
  const Run r = run("capped-rollout");
  const decision::Series& spent = curve(r, "rollout", "spent");
  REQUIRE(spent.x.size() == 14);  // from nothing, then 13 weeks
  CHECK(spent.y.back() == Approx(225'000));
  CHECK(std::is_sorted(spent.y.begin(), spent.y.end()));
  CHECK(curve(r, "rollout", "cap").y == std::vector<double>{30'000, 30'000});
  // A cap of each month may be spent once a month.
  const Run monthly = run("capped-rollout", {"--set", "rollout.per=month"});
  CHECK(curve(monthly, "rollout", "cap").y == std::vector<double>{0, 90'000});
}

TEST_CASE("What is paid so far is drawn beyond the crossover", "[cli][decisions]") {
  const Run r = run("custom-or-api");
  const decision::Series& api = curve(r, "paths", "api");
  const decision::Series& custom = curve(r, "paths", "custom");
  CHECK(api.y[12] == Approx(480'000));
  CHECK(custom.y[12] == Approx(432'000));
  CHECK(custom.y[10] > api.y[10]);
  CHECK(custom.y[11] < api.y[11]);
  CHECK(api.x.back() > 10.45);
}

TEST_CASE("Latency for accuracy is indifferent on a line, and the offer is a point above it", "[cli][decisions]") {
  const Run r = run("cheaper-model");
  const decision::Series& line = curve(r, "latency_exchange", "indifferent");
  CHECK(line.y.back() / line.x.back() == Approx(30));
  CHECK(curve(r, "latency_exchange", "offered").x == std::vector<double>{0.7});
}

TEST_CASE("Engineer-days, cloud and revenue of every row are one table", "[cli][decisions]") {
  const Run r = run("recommendation-impact");
  const decision::Table& table = answer(r, "impact").table;
  REQUIRE(table.rows.size() == 3);
  CHECK(table.rows[1] == std::vector<std::string>{"fine-tuned", "120", "8 ×", "$2,700.00", "$375.00", "not known"});
}

TEST_CASE("A learning curve is drawn through its points to its ceiling", "[cli][decisions]") {
  const Run r = run("voice-intents", {"--set", "data.learning_curve=[[20_000, 84.0], [40_000, 86.4], [80_000, 88.0]]"});
  CHECK(curve(r, "data", "measured").y == std::vector<double>{84.0, 86.4, 88.0});
  const double ceiling = curve(r, "data", "ceiling").y.front();
  CHECK(ceiling > 88);
  for (const double value : curve(r, "data", "fitted").y) CHECK(value < ceiling);
  // Two points have no curve, and the answer says why.
  const Run two = run("voice-intents", {"--set", "data.learning_curve=[[20_000, 84.0], [40_000, 86.4]]"});
  CHECK(answer(two, "data").curves.front().series.size() == 1);
  CHECK(says(two, "2 points, at least 3 are needed"));
}

TEST_CASE("Beside the smallest flip stands how many weightings each option wins", "[cli][decisions]") {
  const Run r = run("fraud-ownership",
                    {"--set",
                     "matrix={normalise: ratio, criteria: [{name: cost, unit: $/month, better: "
                     "lower, weight: 0.5}, {name: latency, unit: ms, better: lower, weight: 0.5}]}",
                     "--set", "options.managed api.latency=40ms", "--set", "options.self-hosted.latency=80ms"});
  REQUIRE(r.result.answers->matrix.has_value());
  const auto& rows = r.result.answers->matrix->rows;
  REQUIRE(rows.size() == 2);
  REQUIRE(rows[0].acceptability.has_value());
  CHECK(*rows[0].acceptability + *rows[1].acceptability == Approx(1));
  // The API leads by 0.5 in latency and lags by 0.55 in cost: it wins where w × 0.5 > (1 - w) × 0.55, for 1 - 11 ÷ 21.
  CHECK(*rows[0].acceptability == Approx(10.0 / 21).margin(0.02));  // four standard errors of 10,000 draws
  CHECK(says(r, "first of all weightings"));
}
