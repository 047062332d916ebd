// The plan is the list of requests that the simulator would serve, and the server meets that list.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/text_lines.hpp"
#include "core/traffic/stream.hpp"
#include "tests/load/load_run.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/server.hpp"

using load_tests::load;
using load_tests::LoadRun;
using load_tests::Words;
using test_support::Server;
using test_support::TemporaryFolder;

namespace {

using namespace std::chrono_literals;

// About 60 requests a second around noon.
const std::string traffic = R"(scenario: planned
horizon: {start: 2026-12-01, hours: 3}
traffic:
  daily_users: 500_000
  requests_per_user_day: 10
  arrivals: {process: gamma, cv: 1.5}
  tokens: {input: {distribution: lognormal, p50: 300, p95: 2000}, output: {distribution: lognormal, p50: 120, p95: 600}}
)";
const std::string options = R"(options:
  - {name: api, kind: managed_api, model: gpt-4o-mini, latency: {time_to_first_token: 300ms, per_output_token: 9ms}}
)";

struct Row {
  std::int64_t index = 0;
  std::int64_t at_ns = 0;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t key = 0;
  bool operator==(const Row&) const = default;
};

// Of the horizon from its start.
std::vector<Row> requests_of_the_simulator(std::uint64_t seed, std::size_t count) {
  const auto read = scenario_run::read_scenario(traffic + options);
  core::traffic::RequestStream stream{read.scenario.traffic, read.scenario.horizon, core::Stream{seed}};
  const auto block = std::make_unique<core::traffic::Block>();
  std::vector<Row> rows;
  while (rows.size() < count && stream.fill(*block)) {
    for (std::size_t i = 0; i < block->count && rows.size() < count; ++i) {
      rows.push_back({static_cast<std::int64_t>(rows.size()), block->arrival_ns[i], block->input_tokens[i],
                      block->output_tokens[i], block->content_key[i]});
    }
  }
  return rows;
}

std::vector<Row> rows_of(const std::string& text) {
  core::TextLines lines{"plan.csv", text};
  REQUIRE(lines.next() == "index,at_s,input_tokens,output_tokens,key");
  std::vector<Row> rows;
  while (const auto line = lines.next()) {
    const auto fields = core::split(*line, ',');
    INFO(std::string{*line});
    REQUIRE(fields.size() == 5);
    rows.push_back({core::parse_count(fields[0]).value(), core::parse_seconds(fields[1]).value().count(),
                    core::parse_count(fields[2]).value(), core::parse_count(fields[3]).value(),
                    core::parse_count(fields[4]).value()});
  }
  return rows;
}

// What `billcast load … --plan-only -` prints. It sends nothing and records nothing.
std::string plan_text(Words arguments) {
  arguments.insert(arguments.begin(), "load");
  arguments.insert(arguments.end(), {"--plan-only", "-"});
  test_support::Process process{BILLCAST_PROGRAM, arguments};
  const auto ended = process.wait(20s);
  REQUIRE(ended);
  INFO(process.error());
  CHECK(ended->exit_code == 0);
  return process.out();
}

}  // namespace

TEST_CASE("The plan of a scenario is what the simulator would serve, row by row", "[load][plan]") {
  const TemporaryFolder folder;
  const std::string file = folder.write("planned.yaml", traffic);
  for (const std::uint64_t seed : {1U, 7U}) {
    CAPTURE(seed);
    const auto planned = rows_of(
        plan_text({file, "--url", "http://127.0.0.1:9/", "--seed", std::to_string(seed), "--requests", "5000"}));
    const auto simulated = requests_of_the_simulator(seed, 5000);
    REQUIRE(planned.size() == 5000);
    CHECK((planned == simulated));
  }
}

// The rest of a scenario is somebody else's matter.
TEST_CASE("A whole scenario, as it ships, can be played", "[load][plan]") {
  const std::string shipped = std::string{PROJECT_SOURCE} + "/configs/million-users.yaml";
  CHECK(rows_of(plan_text({shipped, "--url", "http://127.0.0.1:9/", "--requests", "100"})).size() == 100);
  const TemporaryFolder folder;
  const std::string file = folder.write("planned.yaml", traffic + options);
  CHECK(rows_of(plan_text({file, "--url", "http://127.0.0.1:9/", "--requests", "100"})).size() == 100);
}

TEST_CASE("A seed is a plan, and --from and --speed choose a part of it", "[load][plan]") {
  const TemporaryFolder folder;
  const std::string file = folder.write("planned.yaml", traffic);
  const Words base{file, "--url", "http://127.0.0.1:9/", "--requests"};
  const auto with = [&](const Words& more, const std::string& requests = "200") {
    Words words = base;
    words.push_back(requests);
    words.insert(words.end(), more.begin(), more.end());
    return plan_text(words);
  };
  CHECK(with({"--seed", "3"}) == with({"--seed", "3"}));
  CHECK(with({"--seed", "3"}) != with({"--seed", "4"}));

  const auto whole = rows_of(with({}, "2000"));
  const auto later = rows_of(with({"--from", "10s"}));
  const auto first =
      std::find_if(whole.begin(), whole.end(), [](const Row& row) { return row.at_ns >= 10'000'000'000; });
  REQUIRE(whole.end() - first >= 200);
  for (std::size_t i = 0; i < later.size(); ++i) {
    CAPTURE(i);
    CHECK(later[i].at_ns == first[static_cast<std::ptrdiff_t>(i)].at_ns - 10'000'000'000);
    CHECK(later[i].input_tokens == first[static_cast<std::ptrdiff_t>(i)].input_tokens);
  }
  const auto fast = rows_of(with({"--speed", "4"}));
  for (std::size_t i = 0; i < fast.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(fast[i].at_ns * 4 - whole[i].at_ns) <= 4);
  }
}

TEST_CASE("A steady rate is as steady as it says, and Poisson arrivals are as many as chance makes them",
          "[load][plan]") {
  const auto constant =
      rows_of(plan_text({"http://127.0.0.1:9/", "--rate", "200", "--arrivals", "constant", "--duration", "5s"}));
  CHECK(constant.size() == 1000);
  for (std::size_t i = 1; i < constant.size(); ++i) {
    if (std::abs(constant[i].at_ns - constant[i - 1].at_ns - 5'000'000) > 1) { FAIL_CHECK("gap of request " << i); }
  }
  // 1000 expected, a standard deviation of 32: five of them either way.
  const auto poisson =
      rows_of(plan_text({"http://127.0.0.1:9/", "--rate", "200", "--arrivals", "poisson", "--duration", "5s"}));
  CHECK(poisson.size() > 840);
  CHECK(poisson.size() < 1160);
  CHECK(poisson.size() != 1000);
}

TEST_CASE("The server meets the plan's rows at the plan's times", "[load][plan][timing]") {
  const TemporaryFolder folder;
  const std::string file = folder.write("planned.yaml", traffic);
  const Server server = test_support::start_fault_server();
  const Words plan{file, "--url", server.url("/echo"), "--seed", "5", "--requests", "100"};
  const std::string text = plan_text(plan);
  const auto rows = rows_of(text);

  Words words = plan;
  words.insert(words.end(), {"--body", R"([{{index}},{{input_tokens}},{{output_tokens}},{{key}}])"});
  const LoadRun run = load(words);
  CHECK(run.recording().outcome("answered") == 100);
  // The hash is of what --plan-only writes: two recordings of one hash met the same requests.
  const std::string plan_file = folder.write("plan.csv", text);
  test_support::Process digest{test_support::find_program("openssl").value(), {"dgst", "-sha256", "-r", plan_file}};
  REQUIRE(digest.wait(10s));
  CHECK(digest.out().substr(0, 64) == boost::json::value_to<std::string>(run.recording().summary("plan.plan_sha256")));

  const boost::json::value seen = boost::json::parse(server.get("/seen"));
  REQUIRE(seen.as_array().size() >= 100);
  const std::size_t skipped = seen.as_array().size() - 100;
  std::vector<std::int64_t> seen_at(100, -1);
  for (std::size_t i = 0; i < 100; ++i) {
    const boost::json::value& request = seen.at(skipped + i);
    const boost::json::value body = boost::json::parse(boost::json::value_to<std::string>(request.at("body")));
    const auto row = boost::json::value_to<std::vector<std::int64_t>>(body);
    REQUIRE(row.size() == 4);
    const auto index = static_cast<std::size_t>(row[0]);
    REQUIRE(index < 100);
    CHECK(seen_at[index] == -1);
    CHECK(row[1] == rows[index].input_tokens);
    CHECK(row[2] == std::max<std::int64_t>(rows[index].output_tokens, 1));
    CHECK(row[3] == rows[index].key);
    seen_at[index] = boost::json::value_to<std::int64_t>(request.at("at_ns"));
  }
  // Gaps from the median request: the server's clock knows nothing of the plan's beginning.
  std::vector<double> late_ms;
  for (std::size_t i = 0; i < 100; ++i) {
    late_ms.push_back(static_cast<double>(seen_at[i] - seen_at[0] - (rows[i].at_ns - rows[0].at_ns)) / 1e6);
  }
  std::nth_element(late_ms.begin(), late_ms.begin() + 50, late_ms.end());
  const double median = late_ms[50];
  const auto far = std::count_if(late_ms.begin(), late_ms.end(), [&](double ms) { return std::abs(ms - median) > 10; });
  // One in ten may have met a busy machine.
  CHECK(far <= 10);
}
