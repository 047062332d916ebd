// How long one request is served: whole answers share their luck with their first token, paces have luck of their own.
#include "sim/serving/service_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using core::traffic::Block;
using sim::Latency;
using sim::PacedLatency;
using sim::ServiceModel;
using sim::ServiceTimes;
using sim::WholeLatency;

namespace {

Latency constant(core::Duration d) { return {.table = core::QuantileTable::constant(d.count())}; }

Latency exponential(core::Duration mean) {
  return {.table = core::QuantileTable::exponential(static_cast<double>(mean.count())), .exponential_mean = mean};
}

Latency lognormal(core::Duration p50, core::Duration p95) {
  return {.table = core::QuantileTable::lognormal(static_cast<double>(p50.count()), static_cast<double>(p95.count()))};
}

// A full block of requests of `output_tokens` each, with the luck of `seed`.
std::unique_ptr<Block> make_block(std::uint64_t seed, std::uint32_t output_tokens) {
  auto block = std::make_unique<Block>();
  block->count = Block::capacity;
  core::Stream chance{seed};
  chance.fill(block->luck);
  block->arrival_ns.fill(0);
  block->input_tokens.fill(1);
  block->output_tokens.fill(output_tokens);
  block->content_key.fill(0);
  return block;
}

std::unique_ptr<ServiceTimes> draw(const ServiceModel& model, const Block& block) {
  auto times = std::make_unique<ServiceTimes>();
  model.draw(block, *times);
  return times;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  double mean_a = 0;
  double mean_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    mean_a += a[i] / n;
    mean_b += b[i] / n;
  }
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace

TEST_CASE("No answer is complete before its first token where the tables are ordered", "[sim][service]") {
  // The first token's quantiles are all below the answer's: p50 and p95 a third of them.
  const ServiceModel model{WholeLatency{.whole = lognormal(900ms, 2'700ms), .first_token = lognormal(300ms, 900ms)}};
  REQUIRE(model.has_first_token());
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto block = make_block(seed, 100);
    const auto times = draw(model, *block);
    std::int64_t too_late = 0;
    for (std::size_t i = 0; i < block->count; ++i) too_late += times->first_token_ns[i] > times->service_ns[i] ? 1 : 0;
    CAPTURE(seed);
    CHECK(too_late == 0);
  }
}

TEST_CASE("A whole answer and its first token take the same quantile", "[sim][service]") {
  const Latency latency = lognormal(900ms, 2'700ms);
  const ServiceModel model{WholeLatency{.whole = latency, .first_token = latency}};
  const auto block = make_block(1, 100);
  const auto times = draw(model, *block);
  CHECK(std::equal(times->service_ns.begin(), times->service_ns.end(), times->first_token_ns.begin()));
  for (std::size_t i = 0; i < 100; ++i) {
    CAPTURE(i);
    CHECK(times->service_ns[i] == latency.table(block->luck[i]));
  }
}

TEST_CASE("Without a measurement of it a whole answer has no first token", "[sim][service]") {
  CHECK_FALSE(ServiceModel{WholeLatency{.whole = constant(1s), .first_token = std::nullopt}}.has_first_token());
  CHECK(ServiceModel{PacedLatency{.first_token = constant(1s), .per_output_token = constant(1ms)}}.has_first_token());
}

TEST_CASE("A paced answer takes its first token and its pace for every further one", "[sim][service]") {
  const ServiceModel model{PacedLatency{.first_token = constant(300ms), .per_output_token = constant(9ms)}};
  const auto block = make_block(1, 211);
  block->output_tokens[0] = 0;
  block->output_tokens[1] = 1;
  block->output_tokens[2] = 2;
  const auto times = draw(model, *block);
  CHECK(times->first_token_ns[3] == 300'000'000);
  CHECK(times->service_ns[0] == 300'000'000);
  CHECK(times->service_ns[1] == 300'000'000);
  CHECK(times->service_ns[2] == 309'000'000);
  CHECK(times->service_ns[3] == 2'190'000'000);  // 300 + 210 × 9 ms
}

TEST_CASE("No paced answer is complete before its first token, and one of a single token is then", "[sim][service]") {
  const ServiceModel model{
      PacedLatency{.first_token = lognormal(300ms, 6'000ms), .per_output_token = exponential(9ms)}};
  for (const std::uint32_t tokens : {0U, 1U, 2U, 100U}) {
    CAPTURE(tokens);
    const auto block = make_block(tokens, tokens);
    const auto times = draw(model, *block);
    std::int64_t early = 0;
    std::int64_t together = 0;
    for (std::size_t i = 0; i < block->count; ++i) {
      early += times->service_ns[i] < times->first_token_ns[i] ? 1 : 0;
      together += times->service_ns[i] == times->first_token_ns[i] ? 1 : 0;
    }
    CHECK(early == 0);
    CHECK(together == (tokens < 2 ? static_cast<std::int64_t>(block->count) : 0));
  }
}

TEST_CASE("A pace has luck of its own", "[sim][service]") {
  const ServiceModel model{
      PacedLatency{.first_token = lognormal(300ms, 900ms), .per_output_token = lognormal(9ms, 20ms)}};
  constexpr std::uint32_t tokens = 101;
  std::vector<double> first_token;
  std::vector<double> pace;
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    const auto block = make_block(seed, tokens);
    const auto times = draw(model, *block);
    for (std::size_t i = 0; i < block->count; ++i) {
      // Ranks would do; logarithms make both normal, so that the bound below holds.
      first_token.push_back(std::log(static_cast<double>(times->first_token_ns[i])));
      pace.push_back(std::log(static_cast<double>(times->service_ns[i] - times->first_token_ns[i]) / (tokens - 1)));
    }
  }
  // The sample correlation of two independent normals has mean 0 and standard deviation 1/√(n - 1): 5 of them, 1.4 %
  // for n = 131,072.
  const double bound = 5 / std::sqrt(static_cast<double>(pace.size() - 1));
  CHECK(std::abs(correlation(first_token, pace)) < bound);
  // With the same luck for both it would be 1.
  CHECK(correlation(first_token, first_token) == Approx(1));
}

TEST_CASE("An exponential has its exact mean, not a table's", "[sim][service]") {
  const Latency latency = exponential(1s);
  CHECK(latency.mean_ns() == 1e9);
  CHECK(latency.table.mean() > 1e9);  // by 2.0e-5
  const ServiceModel model{WholeLatency{.whole = latency, .first_token = std::nullopt}};
  double sum = 0;
  double n = 0;
  std::int64_t longest = 0;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    const auto block = make_block(seed, 1);
    const auto times = draw(model, *block);
    for (const std::int64_t ns : times->service_ns) {
      sum += static_cast<double>(ns);
      longest = std::max(longest, ns);
    }
    n += static_cast<double>(block->count);
  }
  // The standard deviation of an exponential is its mean: 5 standard errors of n = 524,288 draws are 0.69 %.
  CHECK(sum / n == Approx(1e9).epsilon(5 / std::sqrt(n)));
  // The largest of n has about the distribution of ln n + Gumbel: 13.2 ± 1.3. Beyond 8.5 in all but e^-107 of samples.
  CHECK(longest > 8'500'000'000);
}

TEST_CASE("A request's time follows from its luck and its tokens, wherever it stands", "[sim][service]") {
  for (const ServiceModel& model :
       {ServiceModel{WholeLatency{.whole = lognormal(900ms, 2'700ms), .first_token = lognormal(300ms, 900ms)}},
        ServiceModel{WholeLatency{.whole = exponential(1s), .first_token = exponential(100ms)}},
        ServiceModel{PacedLatency{.first_token = lognormal(300ms, 900ms), .per_output_token = exponential(9ms)}}}) {
    const auto block = make_block(1, 100);
    // In reverse, in a smaller block, at other times, with other prompts and questions.
    const auto other = make_block(2, 100);
    other->count = 1'000;
    for (std::size_t i = 0; i < other->count; ++i) {
      other->luck[i] = block->luck[other->count - 1 - i];
      other->arrival_ns[i] = static_cast<std::int64_t>(i);
      other->input_tokens[i] = 7;
      other->content_key[i] = 9;
    }
    other->hour = 5;
    const auto times = draw(model, *block);
    const auto other_times = draw(model, *other);
    std::int64_t different = 0;
    for (std::size_t i = 0; i < other->count; ++i) {
      const std::size_t same = other->count - 1 - i;
      different += times->service_ns[same] != other_times->service_ns[i] ? 1 : 0;
      different += times->first_token_ns[same] != other_times->first_token_ns[i] ? 1 : 0;
    }
    CHECK(different == 0);
    const auto again = draw(model, *block);
    CHECK(again->service_ns == times->service_ns);
  }
}

TEST_CASE("More luck never makes a time shorter", "[sim][service]") {
  const ServiceModel model{WholeLatency{.whole = lognormal(900ms, 2'700ms), .first_token = std::nullopt}};
  const auto block = make_block(1, 100);
  std::sort(block->luck.begin(), block->luck.end());
  const auto times = draw(model, *block);
  CHECK(std::is_sorted(times->service_ns.begin(), times->service_ns.end()));
}

TEST_CASE("Every service takes a nanosecond at least", "[sim][service]") {
  for (const ServiceModel& model :
       {ServiceModel{WholeLatency{.whole = constant(0ns), .first_token = std::nullopt}},
        ServiceModel{PacedLatency{.first_token = constant(0ns), .per_output_token = constant(0ns)}}}) {
    const auto block = make_block(1, 1);
    const auto times = draw(model, *block);
    CHECK(*std::min_element(times->service_ns.begin(), times->service_ns.end()) == 1);
    CHECK(*std::max_element(times->service_ns.begin(), times->service_ns.end()) == 1);
  }
}

TEST_CASE("A slip of a day a token does not wrap around to a short answer", "[sim][service]") {
  const ServiceModel model{PacedLatency{.first_token = constant(24h), .per_output_token = constant(24h)}};
  const auto block = make_block(1, 1'000'000'000);
  block->output_tokens[0] = 4'000'000'000U;  // × 8.64e13 ns is beyond 2^64
  block->output_tokens[1] = 60'000;          // 5.2e18 ns fit into 63 bits, but not with an arrival and more added
  block->output_tokens[2] = 365;
  const auto times = draw(model, *block);
  constexpr std::int64_t longest_ns = std::int64_t{1} << 61U;
  CHECK(times->service_ns[0] == longest_ns);
  CHECK(times->service_ns[1] == longest_ns);
  CHECK(times->service_ns[2] == core::to_ns(365 * 24h));  // the first and 364 more
  CHECK(times->service_ns[3] == longest_ns);
}
