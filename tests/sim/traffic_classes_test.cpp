// Classes of requests: how many are in each, that nothing else moves when there are any, and that the cache takes its
// hits out of them, too.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/traffic/stream.hpp"
#include "sim/cache/cache.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/sim/serving_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::traffic::Block;
using test_support::complaint;

namespace {

const core::Horizon horizon = core::Horizon::hours(core::parse_date("2026-12-01"), 24);

core::traffic::TrafficConfig read(std::string_view traffic, const scenario_run::Files& files = {}) {
  const core::Document document{"t.yaml", fmt::format("traffic: {{{}}}\n", traffic)};
  auto config = core::traffic::read_traffic(document.root().section("traffic"), scenario_run::load_from(files));
  document.finish();
  return config;
}

std::string message(std::string_view classes) {
  return complaint([&] {
    read(
        fmt::format("daily_users: 9, requests_per_user_day: 1, tokens: {{input: 1, output: 1}}, classes: {}", classes));
  });
}

constexpr std::string_view plain =
    "daily_users: 100_000, requests_per_user_day: 1, tokens: {input: {distribution: lognormal, p50: 90, p95: 300}, "
    "output: 7}";

using Blocks = std::vector<std::unique_ptr<Block>>;

Blocks produced(const core::traffic::TrafficConfig& config, std::uint32_t keys = 0) {
  core::traffic::RequestStream stream{config, horizon, core::Stream{5}};
  if (keys > 0) stream.set_popularity(0.9, keys);
  Blocks blocks;
  auto block = std::make_unique<Block>();
  while (stream.fill(*block)) blocks.push_back(std::exchange(block, std::make_unique<Block>()));
  return blocks;
}

void check_same_requests(const Blocks& a, const Blocks& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i]->count == b[i]->count);
    const auto same = [&](const auto& array) {
      return std::equal((a[i].get()->*array).begin(), (a[i].get()->*array).begin() + a[i]->count,
                        (b[i].get()->*array).begin());
    };
    REQUIRE(same(&Block::arrival_ns));
    REQUIRE(same(&Block::luck));
    REQUIRE(same(&Block::input_tokens));
    REQUIRE(same(&Block::output_tokens));
    REQUIRE(same(&Block::content_key));
  }
}

}  // namespace

TEST_CASE("Each class has its share of the requests", "[traffic][classes]") {
  for (const std::vector<double>& shares :
       {std::vector<double>{0.8, 0.2}, {0.001, 0.009, 0.99}, {0.5, 0, 0.5}, std::vector<double>(16, 1.0 / 16)}) {
    std::string classes;
    for (std::size_t i = 0; i < shares.size(); ++i) classes += fmt::format("{{name: c{}, share: {}}}, ", i, shares[i]);
    std::vector<std::int64_t> counts(shares.size());
    double all = 0;
    for (const auto& block : produced(read(fmt::format("{}, classes: [{}]", plain, classes)))) {
      REQUIRE(block->has_classes);
      for (std::size_t i = 0; i < block->count; ++i) ++counts.at(block->traffic_class[i]);
      all += static_cast<double>(block->count);
    }
    REQUIRE(all > 90'000);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      CAPTURE(i, counts[i], shares[i], all);
      // Five standard deviations of a binomial: less than one run in a million is beyond.
      CHECK(std::abs(static_cast<double>(counts[i]) - all * shares[i]) <=
            5 * std::sqrt(all * shares[i] * (1 - shares[i])));
    }
  }
}

TEST_CASE("With classes, nothing but the class is new", "[traffic][classes]") {
  constexpr std::string_view classes = "classes: [{name: a, share: 30%}, {name: b, share: 70%}]";
  for (const std::string_view arrivals :
       {"arrivals: {process: poisson}", "arrivals: {process: sessions, requests_per_session: 4, think_time: 30s}"}) {
    const Blocks without = produced(read(fmt::format("{}, {}", plain, arrivals)), 1'000);
    const Blocks with = produced(read(fmt::format("{}, {}, {}", plain, arrivals, classes)), 1'000);
    check_same_requests(without, with);
    for (const auto& block : without) REQUIRE_FALSE(block->has_classes);
  }
  const scenario_run::Files files{
      {"t.jsonl", serving_run::tree_trace({.rows = 300, .mean_gap_ms = 100, .branches = 2, .depth = 3}, 1)}};
  constexpr std::string_view trace = "arrivals: {process: trace, file: t.jsonl, repeat: true, scale: 1.5}";
  check_same_requests(produced(read(trace, files)), produced(read(fmt::format("{}, {}", trace, classes), files)));
}

TEST_CASE("A class is the request's own: another division keeps who is first", "[traffic][classes]") {
  // Shares are cut from one draw in their order, so a class that is divided gives its requests to its parts only.
  const Blocks two =
      produced(read(fmt::format("{}, classes: [{{name: a, share: 40%}}, {{name: b, share: 60%}}]", plain)));
  const Blocks three = produced(read(
      fmt::format("{}, classes: [{{name: a, share: 40%}}, {{name: b, share: 35%}}, {{name: c, share: 25%}}]", plain)));
  for (std::size_t i = 0; i < two.size(); ++i) {
    for (std::size_t j = 0; j < two[i]->count; ++j) {
      REQUIRE((two[i]->traffic_class[j] == 0) == (three[i]->traffic_class[j] == 0));
    }
  }
}

TEST_CASE("What the cache leaves keeps its class and its beginning", "[traffic][classes]") {
  const scenario_run::Files files{
      {"t.jsonl", serving_run::tree_trace({.rows = 5'000, .mean_gap_ms = 500, .branches = 2, .depth = 3}, 1)}};
  const core::traffic::TrafficConfig config =
      read("arrivals: {process: trace, file: t.jsonl}, classes: [{name: a, share: 30%}, {name: b, share: 70%}]", files);
  sim::Cache cache{{.entries = 100, .ttl = std::chrono::minutes{10}}};
  std::int64_t hits = 0;
  for (const auto& block : produced(config, 300)) {
    struct Own {
      std::uint8_t traffic_class;
      std::uint32_t row;
      std::uint32_t round;
    };
    std::map<std::uint64_t, Own> by_luck;
    for (std::size_t i = 0; i < block->count; ++i) {
      by_luck[block->luck[i]] = {block->traffic_class[i], block->prefix_row[i], block->prefix_round[i]};
    }
    REQUIRE(by_luck.size() == block->count);
    cache.filter(*block);
    hits += block->hits.count;
    REQUIRE(block->hits.count + static_cast<std::int64_t>(block->count) == static_cast<std::int64_t>(by_luck.size()));
    for (std::size_t i = 0; i < block->count; ++i) {
      const Own& own = by_luck.at(block->luck[i]);
      REQUIRE(block->traffic_class[i] == own.traffic_class);
      REQUIRE(block->prefix_row[i] == own.row);
      REQUIRE(block->prefix_round[i] == own.round);
    }
  }
  CHECK(hits > 1'000);
}

TEST_CASE("Classes have names of their own and shares that sum to 1", "[traffic][classes]") {
  CHECK(message("[{name: a, share: 50%}, {name: b, share: 50%}]").empty());
  CHECK(message("[{name: a, share: 33.3333%}, {name: b, share: 33.3333%}, {name: c, share: 33.3333%}]").empty());
  CHECK(message("[{name: a, share: 100%}]") == "t.yaml:1:93: traffic.classes: found 1 of them, expected 2 to 16");
  CHECK(message("[{name: a, share: 50%}, {name: b, share: 49%}]") ==
        "t.yaml:1:93: traffic.classes: found shares that sum to 0.99, expected a sum of 1");
  CHECK(message("[{name: a, share: 50%}, {name: a, share: 50%}]") ==
        "t.yaml:1:124: traffic.classes.a.name: found 'a' again, expected a name of its own for each class");
  test_support::check_says(message("[{share: 50%}, {name: a, share: 50%}]"),
                           "name: found nothing, expected the name of a class of requests");
  test_support::check_says(message("[{name: a, share: 150%}, {name: b, share: -50%}]"), "share: found '150%'");
  test_support::check_says(message("[{name: a, share: 50%, priority: 1}, {name: b, share: 50%}]"), "'priority'");
  std::string seventeen;
  for (int i = 0; i < 17; ++i) seventeen += fmt::format("{{name: c{}, share: {}}}, ", i, 1.0 / 17);
  test_support::check_says(message("[" + seventeen + "]"), "found 17 of them, expected 2 to 16");
}
