#include "core/traffic/sizes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/traffic/trace.hpp"
#include "core/yaml_reader.hpp"
#include "tests/core/statistics.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reference_data.hpp"

using namespace core;
using namespace core::traffic;

namespace {

struct Sample {
  std::vector<std::uint32_t> input;
  std::vector<std::uint32_t> output;
};

Sample draw(const TokenSizes& sizes, std::size_t count, std::uint64_t seed) {
  Sample sample{std::vector<std::uint32_t>(count), std::vector<std::uint32_t>(count)};
  Stream chance{seed};
  sizes.draw(chance, sample.input, sample.output);
  return sample;
}

double mean_of(const std::vector<std::uint32_t>& values) {
  double sum = 0;
  for (const auto value : values) { sum += value; }
  return sum / static_cast<double>(values.size());
}

double quantile(std::vector<std::uint32_t> values, double p) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(p * static_cast<double>(values.size()))];
}

double correlation(const Sample& sample) {
  const double mean_x = mean_of(sample.input);
  const double mean_y = mean_of(sample.output);
  double xy = 0;
  double xx = 0;
  double yy = 0;
  for (std::size_t i = 0; i < sample.input.size(); ++i) {
    const double x = sample.input[i] - mean_x;
    const double y = sample.output[i] - mean_y;
    xy += x * y;
    xx += x * x;
    yy += y * y;
  }
  return xy / std::sqrt(xx * yy);
}

// Each value by its rank among all: ties get the middle of theirs.
std::vector<std::uint32_t> ranks(const std::vector<std::uint32_t>& values) {
  auto sorted = values;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::uint32_t> result;
  for (const auto value : values) {
    const auto [from, to] = std::equal_range(sorted.begin(), sorted.end(), value);
    result.push_back(static_cast<std::uint32_t>((from - sorted.begin()) + (to - sorted.begin())));
  }
  return result;
}

std::string shipped_table() {
  std::ifstream file{std::filesystem::path{PROJECT_SOURCE} / "configs/tokens/azure-conversation-2023.yaml"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

const std::string head = R"(schema: token-table/v1
origin: o
date: "2026-01-01"
licence: l
citation: c
method: m
)";

}  // namespace

TEST_CASE("The shipped table has the sizes of the trace it was made of", "[traffic][sizes]") {
  const TokenSizes sizes{read_token_table("azure.yaml", shipped_table())};
  // As published: mean 1154.7 and 211.1.
  CHECK(sizes.mean_input() == Approx(1154.7).epsilon(0.001));
  CHECK(sizes.mean_output() == Approx(211.1).epsilon(0.001));

  const auto text = test_support::read_reference_data("traces/azure_llm_2023_conv.csv");
  if (!text) { return; }
  const Trace trace = read_trace("azure.csv", *text);
  constexpr std::size_t n = 1'000'000;
  const Sample drawn = draw(sizes, n, 31);
  const Sample truth{trace.input_tokens, trace.output_tokens};
  // 0.3 % asked for. The draws' own error: deviations of 1,100 and 170 tokens over √n are 0.1 % and 0.08 % of the
  // means, at one deviation; the seed is fixed.
  CHECK(mean_of(drawn.input) == Approx(mean_of(truth.input)).epsilon(0.003));
  CHECK(mean_of(drawn.output) == Approx(mean_of(truth.output)).epsilon(0.003));
  // A value is the mean of its cell: 1/512 of the prompts; of the answers the 1/32 of each stratum, whose highest cell
  // (3 % of all answers) stands for everything above p97, so that p99 is looser there.
  for (const double p : {0.5, 0.9, 0.99}) {
    CAPTURE(p);
    CHECK(quantile(drawn.input, p) == Approx(quantile(truth.input, p)).epsilon(0.03));
    CHECK(quantile(drawn.output, p) == Approx(quantile(truth.output, p)).epsilon(p > 0.95 ? 0.05 : 0.01));
  }
  // The correlation is that of the strata's means; within a stratum prompt and answer are independent. n = 19,366
  // gives the trace's own correlation an error of 1/√n = 0.007; 0.02 is three of them.
  CHECK(correlation(drawn) == Approx(correlation(truth)).margin(0.02));
  const double rank_drawn = correlation({ranks(drawn.input), ranks(drawn.output)});
  const double rank_truth = correlation({ranks(truth.input), ranks(truth.output)});
  CHECK(rank_drawn == Approx(rank_truth).margin(0.02));
  // Columns drawn independently have a correlation of 0 ± 0.001 and would fail both.
  CHECK(std::fabs(correlation(truth)) > 0.05);
  CHECK(std::fabs(rank_truth) > 0.05);
}

TEST_CASE("All cells of a table are drawn equally often, whatever their number", "[traffic][sizes]") {
  // 3 strata × 2 inputs × 5 outputs, all different.
  TokenTable table;
  for (std::uint32_t s = 0; s < 3; ++s) {
    TokenTable::Stratum stratum;
    for (std::uint32_t i = 0; i < 2; ++i) { stratum.input.push_back(10 * s + i); }
    for (std::uint32_t i = 0; i < 5; ++i) { stratum.output.push_back(100 * s + i); }
    table.strata.push_back(stratum);
  }
  const TokenSizes sizes{table};
  CHECK(sizes.mean_input() == 10.5);
  CHECK(sizes.mean_output() == 102);
  constexpr std::size_t n = 300'000;
  const Sample drawn = draw(sizes, n, 32);
  std::vector<double> seen(30);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t stratum = drawn.input[i] / 10;
    REQUIRE(drawn.output[i] / 100 == stratum);
    seen.at(stratum * 10 + drawn.input[i] % 10 * 5 + drawn.output[i] % 100) += 1;
  }
  CHECK(statistics::chi_square_score(seen, std::vector<double>(30, n / 30.0)) < statistics::chi_square_bound);
}

TEST_CASE("Distributions of input and output are drawn independently", "[traffic][sizes]") {
  const TokenSizes sizes{QuantileTable::lognormal(500, 2000), QuantileTable::lognormal(100, 400)};
  constexpr std::size_t n = 500'000;
  const Sample drawn = draw(sizes, n, 33);
  CHECK(quantile(drawn.input, 0.5) == Approx(500).epsilon(0.01));
  CHECK(quantile(drawn.input, 0.95) == Approx(2000).epsilon(0.01));
  CHECK(quantile(drawn.output, 0.95) == Approx(400).epsilon(0.01));
  CHECK(std::fabs(correlation({ranks(drawn.input), ranks(drawn.output)})) < 5 / std::sqrt(double{n}));
  const Sample fixed = draw(TokenSizes::constant(12, 0), 3, 34);
  CHECK(fixed.input == std::vector<std::uint32_t>{12, 12, 12});
  CHECK(fixed.output == std::vector<std::uint32_t>{0, 0, 0});
}

TEST_CASE("The sizes of a request do not depend on how many are drawn at once", "[traffic][sizes]") {
  const TokenSizes table{read_token_table("azure.yaml", shipped_table())};
  const TokenSizes lognormal{QuantileTable::lognormal(500, 2000), QuantileTable::lognormal(100, 400)};
  for (const TokenSizes* sizes : {&table, &lognormal}) {
    const Sample whole = draw(*sizes, 100, 35);
    Sample parts{std::vector<std::uint32_t>(100), std::vector<std::uint32_t>(100)};
    Stream chance{35};
    for (std::size_t from = 0; from < 100; from += 10) {
      sizes->draw(chance, std::span{parts.input}.subspan(from, 10), std::span{parts.output}.subspan(from, 10));
    }
    CHECK(parts.input == whole.input);
    CHECK(parts.output == whole.output);
  }
}

TEST_CASE("What is wrong with a token table is said with its place", "[traffic][sizes]") {
  const auto read = [](const std::string& text) { return read_token_table("t.yaml", text); };
  CHECK(read(head + "strata: [{input: [1, 2], output: [3]}]\n").strata.at(0).input.at(1) == 2);
  CHECK_THROWS_WITH(read("schema: token-table/v2\n"),
                    "t.yaml:1:9: schema: found 'token-table/v2', expected token-table/v1");
  CHECK_THROWS_WITH(read(head + "strata: []\n"),
                    "t.yaml:7:9: strata: found an empty list, expected a list of at least one mapping");
  CHECK_THROWS_WITH(read(head + "strata: [{input: [], output: [3]}]\n"),
                    "t.yaml:7:18: strata.0.input: found 0 numbers, expected 1 to 4096");
  CHECK_THROWS_WITH(read(head + "strata: [{input: [1], output: [3]}, {input: [1], output: [3, 4]}]\n"),
                    "t.yaml:7:58: strata.1.output: found 2 numbers, expected 1, as in the first stratum");
  std::string many = head + "strata:\n";
  for (int i = 0; i < 4097; ++i) { many += "- {input: [1], output: [1]}\n"; }
  CHECK_THROWS_WITH(read(many), "t.yaml:8:1: strata: found 4097 strata, expected at most 4096");
  CHECK_THROWS_WITH(
      read(head + "strata: [{input: [1], output: [-3]}]\n"),
      "t.yaml:7:32: strata.0.output.0: found '-3', expected a whole number from 0 to 1_000_000_000 tokens");
  CHECK_THROWS_WITH(read(head + "strata: [{input: [1], output: [3]}]\nstratas: 1\n"),
                    "t.yaml:8:1: unknown key 'stratas'; did you mean 'strata'? (known: schema, origin, date, licence, "
                    "citation, method, strata)");
  CHECK_THROWS_WITH(read("schema: token-table/v1\nstrata: []\n"), "t.yaml:1:1: origin: found nothing, expected a text");
}
