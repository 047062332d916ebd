#include "decision/governance.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::ReviewPacket;
using test_support::check_says;
using test_support::complaint;

TEST_CASE("A plan above its thresholds goes before a board, and what is missing is named", "[decision][governance]") {
  const decision::GovernanceRule rule{Money::parse("100000"), Quantity::whole(1000)};
  ReviewPacket packet{{"chargebacks"}, {"PR-AUC"}, Money::parse("28000"), Money::parse("72000"), Quantity::whole(1000)};
  CHECK(govern(rule, packet).passes());
  packet.inference_year = Money::parse("72000.01");
  const auto over = govern(rule, packet);
  CHECK(over.review_required);
  check_says(over.reasons.at(0), "more than $100,000.00");
  packet.benchmarks.clear();
  packet.inference_year.reset();
  const auto lacking = govern(rule, packet);
  CHECK(lacking.missing == std::vector<std::string>{"benchmarks", "cost of a year of inference"});
  check_says(lacking.reasons.at(0), "is not known");
}

TEST_CASE("A governance section without a threshold governs nothing and is refused", "[decision][governance]") {
  const auto read = [](std::string_view text) {
    core::Document document{"governance.yaml", text};
    const auto governance = decision::read_governance(document.root());
    document.finish();
    return governance.value();
  };
  CHECK(read("governance: {max_cost: $5, benchmarks: [a, b]}").packet.benchmarks.size() == 2);
  check_says(complaint([&] { read("governance: {benchmarks: [a]}"); }), "found no threshold");
}

TEST_CASE("A review sets last quarter beside this one", "[decision][governance]") {
  const auto changes =
      decision::review_changes({{"self-hosted", Money::parse("50000")}, {"api", Money::parse("9")}, {"free", {}}},
                               {{"self-hosted", Money::parse("60000")}, {"free", {}}, {"custom", Money::parse("7")}});
  REQUIRE(changes.size() == 4);
  CHECK(changes[0].sentence() == "self-hosted: $50,000.00 → $60,000.00 (+20.00 %)");
  CHECK(changes[1].sentence() == "api: gone, was $9.00");
  CHECK(changes[2].sentence() == "free: $0.00 → $0.00");
  CHECK(changes[3].sentence() == "custom: new at $7.00");
}
