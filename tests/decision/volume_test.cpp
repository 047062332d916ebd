#include "decision/volume.hpp"

#include "decision/exact.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::percent_text;

TEST_CASE("150,000 a month for a million daily users are 15 cents a month and half a cent a day",
          "[decision][volume]") {
  const auto each = decision::per_user(Money::parse("150000"), 1'000'000);
  CHECK(each.month == Money::parse("0.15"));
  CHECK(each.day == Money::parse("0.005"));
  // Ten requests a user-day at $0.0005 make the bill again.
  CHECK(decision::linear_bill(1'000'000, Quantity::whole(10), Money::parse("0.0005")) == Money::parse("150000"));
  CHECK(decision::linear_bill(1'000'000, Quantity::whole(10), Money::parse("0.0005"), Money::parse("7")) ==
        Money::parse("150007"));
}

TEST_CASE("Five GPU hours a day at 2.50 stand for 2,500 of a million users", "[decision][volume]") {
  const auto pilot =
      decision::implied_pilot(Quantity::whole(5), Money::parse("2.5"), Money::parse("150000"), 1'000'000);
  CHECK(pilot.daily_users == Quantity::whole(2500));
  CHECK(pilot.factor == Quantity::whole(400));
  CHECK(pilot.monthly_bill == Money::parse("375"));
}

TEST_CASE("150,000 at 12 cents per thousand are 1.25 billion queries, and 50,000 at 4 cents", "[decision][volume]") {
  const Quantity volume = decision::queries_of(Money::parse("150000"), Money::parse("0.12"));
  CHECK(volume == Quantity::whole(1'250'000'000));
  CHECK(decision::bill_of(volume, Money::parse("0.04")) == Money::parse("50000"));
  const auto change = decision::price_change(Money::parse("0.12"), Money::parse("0.04"));
  CHECK(percent_text(change.change, 1) == "-66.7 %");
  CHECK(change.saved_per_million == Money::parse("80"));
}

TEST_CASE("A thousand a second are 2.592 billion in 30 days and 2.628 billion in 730 hours", "[decision][volume]") {
  const auto volume = decision::monthly_volume(Quantity::whole(1000));
  CHECK(volume.thirty_days == Quantity::whole(2'592'000'000));
  CHECK(volume.average_month == Quantity::whole(2'628'000'000));
}

TEST_CASE("A pilot and a change of price are read", "[decision][volume]") {
  core::Document document{"volume.yaml",
                          "pilot: {gpu_hours_per_day: 5, gpu_hour: $2.50, bill_at_scale: $150_000, users_at_scale: "
                          "1_000_000}\n"
                          "price_change: {old: $0.12, new: $0.04, queries: 1_250_000_000}\n"};
  CHECK(decision::read_pilot(document.root())->daily_users == Quantity::whole(2500));
  const auto question = decision::read_price_change(document.root()).value();
  document.finish();
  CHECK(decision::bill_of(question.queries, question.old_per_thousand) == Money::parse("150000"));
  const auto free = [] {
    core::Document wrong{"volume.yaml", "price_change: {old: $0, new: $0.04, queries: 5}"};
    decision::read_price_change(wrong.root());
  };
  test_support::check_says(test_support::complaint(free), "an amount above 0");
}
