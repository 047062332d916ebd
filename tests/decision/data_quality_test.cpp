#include "decision/data_quality.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Quantity;
using decision::clean_examples;
using decision::DataSet;
using decision::effective_examples;
using test_support::check_says;
using test_support::complaint;

namespace {

DataSet set(std::string name, std::int64_t examples, std::string_view label_accuracy,
            std::string_view duplicates = "0") {
  return {.name = std::move(name),
          .examples = examples,
          .duplicates = Quantity::parse(duplicates),
          .label_accuracy = Quantity::parse(label_accuracy),
          .diversity = Quantity::parse("0.9")};
}

}  // namespace

TEST_CASE("150,000 with 30 % mislabelled have 105,000 clean and the effect of 73,500", "[decision][data]") {
  const DataSet noisy = set("noisy", 150'000, "0.7");
  CHECK(clean_examples(noisy) == Quantity::whole(105'000));
  CHECK(effective_examples(noisy) == Quantity::whole(73'500));
  const DataSet clean = set("clean", 80'000, "1");
  CHECK(decision::by_effect({noisy, clean}) == std::vector<std::string>{"clean", "noisy"});
  DataSet linear = noisy;
  linear.noise_exponent = 1;  // counting clean examples would turn it round
  CHECK(decision::by_effect({linear, clean}) == std::vector<std::string>{"noisy", "clean"});
}

TEST_CASE("250,000 noisy examples lose to 120,000 clean ones below an accuracy of 69.3 %", "[decision][data]") {
  const double limit = decision::indifference_accuracy(120'000, 250'000, {});
  CHECK(limit == Approx(0.69282).margin(0.00001));
  const DataSet clean = set("clean", 120'000, "1");
  CHECK(decision::by_effect({set("noisy", 250'000, "0.69"), clean})[0] == "clean");
  CHECK(decision::by_effect({set("noisy", 250'000, "0.70"), clean})[0] == "noisy");
}

TEST_CASE("Duplicates count once", "[decision][data]") {
  CHECK(effective_examples(set("voice", 320'000, "1", "0.45")) == Quantity::whole(176'000));
}

TEST_CASE("What is not known has no effect, and comes last", "[decision][data]") {
  DataSet unknown = set("unknown", 900'000, "1");
  unknown.label_accuracy.reset();
  CHECK_FALSE(effective_examples(unknown).has_value());
  CHECK(decision::by_effect({unknown, set("a", 10, "0.5")})[1] == "unknown");
}

TEST_CASE("45 % duplicates fail the hygiene matrix at 55", "[decision][data]") {
  const auto result = decision::hygiene(set("voice", 320'000, "0.95", "0.45"));
  CHECK_FALSE(result.passes);
  CHECK(result.sentence() == "Rejected: uniqueness is 55 %, below 70 %.");
}

TEST_CASE("An axis at exactly 70 % passes", "[decision][data]") {
  CHECK(decision::hygiene(set("edge", 1000, "0.7")).passes);
  CHECK_FALSE(decision::hygiene(set("edge", 1000, "0.699999999")).passes);
  DataSet unknown = set("edge", 1000, "0.7");
  unknown.diversity.reset();
  check_says(decision::hygiene(unknown).sentence(), "diversity is not known");
}

TEST_CASE("Beyond 250,000 examples there is a warning", "[decision][data]") {
  CHECK_FALSE(decision::diminishing_returns(250'000).has_value());
  check_says(decision::diminishing_returns(320'000).value(), "320,000 examples are more than 250,000");
}

TEST_CASE("A loss that is least at epoch 8 says to stop at 8", "[decision][data]") {
  const std::vector<double> losses{0.9, 0.8, 0.7, 0.65, 0.6, 0.57, 0.55, 0.54, 0.56, 0.6, 0.7};
  CHECK(decision::overfit(losses).stop_at == 8);
  CHECK(decision::overfit({losses.begin(), losses.begin() + 8}).stop_at == std::nullopt);
  CHECK(decision::overfit({losses.begin(), losses.begin() + 9}, 1).stop_at == 8);
  CHECK(decision::overfit({losses.begin(), losses.begin() + 9}, 2).stop_at == std::nullopt);
}

TEST_CASE("A small bump does not stop a patient training", "[decision][data]") {
  const std::vector<double> losses{0.9, 0.7, 0.71, 0.6, 0.61, 0.62};
  CHECK(decision::overfit(losses, 1).stop_at == 2);
  CHECK(decision::overfit(losses, 2).stop_at == 4);
}

TEST_CASE("A data section becomes facts for the gates", "[decision][data]") {
  core::Document document{"data.yaml",
                          "data: {examples: 320_000, duplicates: 45%, label_accuracy: 95%, "
                          "validation_loss: [0.9, 0.7], learning_curve: [[1000, 70], [2000, 75]]}"};
  const auto plan = decision::read_data(document.root()).value();
  document.finish();
  const auto facts = decision::facts_of(plan.data);
  CHECK(facts.at("uniqueness").value == Quantity::whole(55));
  CHECK(facts.at("clean_examples").value == Quantity::whole(304'000));
  CHECK_FALSE(facts.contains("diversity"));
  const auto verdict = decision::judge(decision::default_gates(), facts);
  CHECK_FALSE(verdict.approve);
  CHECK(verdict.deciding == "min_uniqueness");
  const auto bad = [] {
    core::Document wrong{"data.yaml", "data: {examples: 3, duplicates: 145%}"};
    decision::read_data(wrong.root());
  };
  check_says(complaint(bad), "0 to 100 %");
}
