#include "loadgen/load_plan.hpp"

#include <cmath>
#include <vector>

#include "tests/support/catch.hpp"

using namespace loadgen;
using namespace std::chrono_literals;
using core::traffic::ArrivalsConfig;

namespace {

std::vector<PlannedRequest> all_of(const LoadPlanConfig& config) {
  LoadPlan plan{config};
  std::vector<PlannedRequest> all;
  std::vector<PlannedRequest> batch(1000);
  while (const std::size_t count = plan.take(batch))
    all.insert(all.end(), batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(count));
  return all;
}

LoadPlanConfig busy_day() {
  LoadPlanConfig config;
  config.traffic.demand = {.daily_users = 200'000, .requests_per_user_day = 3};
  config.traffic.demand.hour_of_day = core::traffic::hour_profile(1);
  config.traffic.arrivals = {.process = ArrivalsConfig::Process::gamma, .cv = 1.5};
  config.traffic.sizes =
      std::make_shared<const core::traffic::TokenSizes>(core::traffic::TokenSizes::constant(300, 40));
  config.popularity = Popularity{0.9, 10'000};
  config.horizon = core::Horizon::hours(core::Date{}, 24);
  config.seed = 7;
  return config;
}

}  // namespace

TEST_CASE("The plan is the list of requests that the simulator serves", "[load_plan]") {
  const LoadPlanConfig config = busy_day();
  const std::vector<PlannedRequest> planned = all_of(config);

  core::traffic::RequestStream stream{config.traffic, config.horizon, core::Stream{config.seed}};
  stream.set_popularity(0.9, 10'000);
  auto block = std::make_unique<core::traffic::Block>();
  std::size_t next = 0;
  bool is_same = true;
  while (stream.fill(*block)) {
    for (std::size_t i = 0; i < block->count; ++i, ++next) {
      REQUIRE(next < planned.size());
      const PlannedRequest& request = planned[next];
      is_same = is_same && request.at_ns == block->arrival_ns[i] && request.index == static_cast<std::int64_t>(next) &&
                request.input_tokens == block->input_tokens[i] && request.output_tokens == block->output_tokens[i] &&
                request.content_key == block->content_key[i];
    }
  }
  CHECK(next == planned.size());
  CHECK(is_same);
}

TEST_CASE("A part of the horizon, faster, is the same requests closer together", "[load_plan]") {
  LoadPlanConfig config = busy_day();
  const std::vector<PlannedRequest> whole = all_of(config);
  config.from = 18h;
  config.speed = 60;
  config.length = 30s;  // half an hour of the horizon
  const std::vector<PlannedRequest> part = all_of(config);
  REQUIRE(part.size() > 1000);

  std::size_t first = 0;
  while (whole[first].at_ns < core::to_ns(18h)) ++first;
  std::int64_t worst_ns = 0;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const PlannedRequest& original = whole[first + i];
    REQUIRE(part[i].content_key == original.content_key);
    worst_ns = std::max(worst_ns, std::abs(part[i].at_ns - (original.at_ns - core::to_ns(18h)) / 60));
  }
  CHECK(worst_ns <= 1);
  CHECK(whole[first + part.size()].at_ns >= core::to_ns(18h + 30min));
  CHECK(part.front().index == 0);
}

TEST_CASE("A steady plan holds rate times length requests, evenly", "[load_plan]") {
  const auto requests = all_of(steady_plan(1000, {.process = ArrivalsConfig::Process::constant}, 10s, 1));
  REQUIRE(requests.size() == 10'000);
  CHECK(requests.front().at_ns == 500'000);
  CHECK(requests.back().at_ns == 9'999'500'000);
}

TEST_CASE("A Poisson plan of ten seconds has the count and the variance of one", "[load_plan]") {
  // 200 seeds, 1,000 requests expected in each: the mean of the counts has a standard error of sqrt(1000 / 200) = 2.24,
  // the variance one of 1000 sqrt(2 / 199) = 100. Four of each are allowed.
  double sum = 0;
  double squares = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto count =
        static_cast<double>(all_of(steady_plan(100, {.process = ArrivalsConfig::Process::poisson}, 10s, seed)).size());
    sum += count;
    squares += count * count;
  }
  const double mean = sum / 200;
  const double variance = squares / 200 - mean * mean;
  CHECK(std::abs(mean - 1000) < 4 * 2.24);
  CHECK(std::abs(variance - 1000) < 4 * 100);
}

TEST_CASE("A ramp-up grows in a straight line to the full rate", "[load_plan]") {
  LoadPlanConfig config = steady_plan(1000, {.process = ArrivalsConfig::Process::constant}, 20s, 1);
  config.ramp_up = 10s;
  const auto requests = all_of(config);
  // The integral of a rate that grows from 0 to 1,000/s in 10 s is 5,000 at its end, and t²/20 of that before.
  std::array<int, 20> by_second{};
  for (const PlannedRequest& request : requests) ++by_second[static_cast<std::size_t>(request.at_ns / 1'000'000'000)];
  for (int second = 0; second < 20; ++second) {
    CAPTURE(second);
    const double expected = second < 10 ? 100.0 * (second + 0.5) : 1000;
    CHECK(std::abs(by_second[static_cast<std::size_t>(second)] - expected) <= 1);
  }
}

TEST_CASE("A survey counts the plan and hashes the rows that --plan-only writes", "[load_plan]") {
  LoadPlanConfig config = busy_day();
  config.length = 2h;
  std::string rows;
  const PlanSurvey found = survey(config, [&](std::string_view text) { rows += text; });
  CHECK(found.requests == static_cast<std::int64_t>(all_of(config).size()));
  CHECK(std::count(rows.begin(), rows.end(), '\n') == found.requests + 1);
  CHECK(rows.starts_with("index,at_s,input_tokens,output_tokens,key\n0,"));
  CHECK(found.sha256.size() == 64);
  CHECK(survey(config).sha256 == found.sha256);
  config.seed = 8;
  CHECK(survey(config).sha256 != found.sha256);

  // By the definition of SHA-256 (FIPS 180-4) of these bytes, as sha256sum prints it.
  LoadPlanConfig one = steady_plan(1, {.process = ArrivalsConfig::Process::constant}, 1s, 1);
  std::string text;
  const PlanSurvey survey_of_one = survey(one, [&](std::string_view piece) { text += piece; });
  CHECK(text == "index,at_s,input_tokens,output_tokens,key\n0,0.500000000,0,0,0\n");
  CHECK(survey_of_one.peak_per_s == 1);
  CHECK(survey_of_one.sha256 == "706661b424018008c73e77f171a4a819137e43a2c9c4ace75621716210941b2b");
}

TEST_CASE("A plan ends with its requests, its length or its horizon, whichever is first", "[load_plan]") {
  LoadPlanConfig config = busy_day();
  config.most_requests = 17;
  CHECK(all_of(config).size() == 17);
  config = busy_day();
  config.from = 23h;
  for (const PlannedRequest& request : all_of(config)) REQUIRE(request.at_ns < core::to_ns(1h));
}
