#include "decision/missed_release.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::MissedRelease;
using test_support::check_says;
using test_support::complaint;

namespace {

MissedRelease read(std::string_view text) {
  core::Document document{"release.yaml", text};
  const auto missed = decision::read_missed_release(document.root());
  document.finish();
  return missed.value();
}

}  // namespace

TEST_CASE("A late gain costs the lost days, the spending and what an avoided increase held besides",
          "[decision][missed_release]") {
  MissedRelease missed = read(
      "missed_release: {revenue: $91_000, per: quarter, delay: 3w, spend: $200_000, avoided: $250_000, gain_points: "
      "5,\n"
      "                 months: 10, value_per_point: unknown}");
  CHECK(missed.lost_revenue() == Money::parse("21000"));
  CHECK(missed.other_cost() == Money::parse("50000"));
  CHECK(missed.cost() == Money::parse("271000"));
  CHECK(missed.break_even_per_point() == Money::parse("5420"));
  check_says(missed.sentences().at(0), "unless a point of accuracy brings more than $5,420.00 a month");
  // At the break-even neither is better, and the release that is there stays.
  missed.value_per_point = Money::parse("5420");
  check_says(missed.sentences().at(0), "Keep the current model");
  missed.value_per_point = Money::parse("5420.01");
  check_says(missed.sentences().at(0), "Build it");
  // An increase below the spending holds nothing besides.
  missed.avoided = Money::parse("150000");
  CHECK(missed.other_cost() == Money{});
  missed.gain_points = Quantity{};
  CHECK(missed.break_even_per_point() == std::nullopt);
}

TEST_CASE("A missed release asks for the value of a point, and for a time that has passed",
          "[decision][missed_release]") {
  check_says(complaint([] { read("missed_release: {revenue: $1, per: year, delay: 3d, spend: $1, gain_points: 1}"); }),
             "value_per_point");
  check_says(complaint([] {
               read(
                   "missed_release: {revenue: $1, per: year, delay: -3d, spend: $1, gain_points: 1, value_per_point: "
                   "unknown}");
             }),
             "0 days or more");
}
