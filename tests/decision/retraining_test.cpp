#include "decision/retraining.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::Cadence;
using test_support::check_says;
using test_support::complaint;

namespace {

decision::RetrainingQuestion read(std::string_view text) {
  core::Document document{"retraining.yaml", text};
  const auto question = decision::read_retraining(document.root());
  document.finish();
  return question.value();
}

}  // namespace

TEST_CASE("Retraining daily is 365 trainings and monthly 12, for more or less accuracy", "[decision][retraining]") {
  const auto question =
      read("retraining: {accuracy: 95%, lost_points_per_day: 0.12, each: $500, cadences: [day, month]}");
  const auto rows = cadence_table(question.plan, question.cadences);
  CHECK(rows[0].trainings == 365);
  CHECK(rows[0].cost == Money::parse("182500"));
  CHECK(rows[0].mean_accuracy == Quantity::parse("94.94"));
  CHECK(rows[1].cost == Money::parse("6000"));
  // 0.12 × 365 ÷ 12 = 3.65 points from one training to the next.
  CHECK(rows[1].worst_accuracy == Quantity::parse("91.35"));
  CHECK(rows[1].sentence() ==
        "Every month: 12 trainings a year for $6,000.00, 93.18 % accurate on average and 91.35 % at worst.");
}

TEST_CASE("A drift that is not known cannot be answered", "[decision][retraining]") {
  check_says(complaint([] { read("retraining: {accuracy: 95%, each: $500, cadences: [day]}"); }),
             "lost_points_per_day");
  check_says(complaint([] { read("retraining: {accuracy: 95%, lost_points_per_day: 1, each: $5, cadences: [hour]}"); }),
             "any of day, week, month, quarter, year");
}
