#include "core/traffic/stream.hpp"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "tests/core/statistics.hpp"
#include "tests/support/catch.hpp"

using namespace core;
using namespace core::traffic;
using namespace std::chrono_literals;
using Process = ArrivalsConfig::Process;

namespace {

const Date monday = std::chrono::sys_days{std::chrono::year{2026} / 11 / 30};

// Everything about the requests of a stream, as columns.
struct Requests {
  std::vector<std::int64_t> arrival_ns;
  std::vector<std::uint64_t> luck;
  std::vector<std::uint32_t> input;
  std::vector<std::uint32_t> output;
  std::vector<std::uint32_t> key;
  std::size_t blocks = 0;
  bool operator==(const Requests&) const = default;
};

Requests drain(RequestStream& stream) {
  Requests all;
  auto block = std::make_unique<Block>();
  while (stream.fill(*block)) {
    ++all.blocks;
    const auto count = static_cast<std::ptrdiff_t>(block->count);
    REQUIRE(count > 0);
    REQUIRE(block->arrival_ns[0] / ns_per_hour == block->hour);
    REQUIRE(block->arrival_ns[block->count - 1] / ns_per_hour == block->hour);
    REQUIRE(block->hits.count == 0);
    all.arrival_ns.insert(all.arrival_ns.end(), block->arrival_ns.begin(), block->arrival_ns.begin() + count);
    all.luck.insert(all.luck.end(), block->luck.begin(), block->luck.begin() + count);
    all.input.insert(all.input.end(), block->input_tokens.begin(), block->input_tokens.begin() + count);
    all.output.insert(all.output.end(), block->output_tokens.begin(), block->output_tokens.begin() + count);
    all.key.insert(all.key.end(), block->content_key.begin(), block->content_key.begin() + count);
  }
  CHECK(block->count == 0);
  CHECK_FALSE(stream.fill(*block));
  CHECK(std::is_sorted(all.arrival_ns.begin(), all.arrival_ns.end()));
  return all;
}

TrafficConfig config_of(Process process = Process::poisson) {
  TrafficConfig config;
  config.demand = {.daily_users = 1e5, .requests_per_user_day = 10};
  config.demand.hour_of_day = hour_profile(1);
  config.arrivals.process = process;
  config.arrivals.cv = 1.1;
  config.arrivals.burst_factor = 5;
  config.arrivals.mean_calm = 9min;
  config.arrivals.mean_burst = 1min;
  config.arrivals.requests_per_session = 4;
  config.arrivals.mean_think_time = 30s;
  config.sizes =
      std::make_shared<const TokenSizes>(QuantileTable::lognormal(500, 2000), QuantileTable::lognormal(100, 400));
  return config;
}

Requests requests_of(const TrafficConfig& config, std::uint64_t seed, std::int32_t hours = 24) {
  RequestStream stream{config, Horizon::hours(monday, hours), Stream{seed}};
  return drain(stream);
}

}  // namespace

TEST_CASE("A stream has as many requests as the demand expects", "[traffic][stream]") {
  for (const Process process : {Process::poisson, Process::gamma, Process::weibull, Process::mmpp, Process::sessions}) {
    CAPTURE(static_cast<int>(process));
    const TrafficConfig config = config_of(process);
    RequestStream stream{config, Horizon::hours(monday, 24), Stream{41}};
    CHECK(stream.expected_requests() == Approx(1e6).epsilon(1e-11));
    CHECK(stream.mean_per_s() == Approx(1e6 / 86'400).epsilon(1e-11));
    const double burst = process == Process::mmpp ? 5 / 1.4 : 1;
    // The consumer curve's top: 1.65 of a mean of 24.43 / 24, a half minute beside its centre.
    CHECK(stream.peak_per_s() == Approx(burst * 1e6 / 86'400 * 1.65 / (24.43 / 24)).epsilon(1e-3));
    const auto count = static_cast<double>(drain(stream).arrival_ns.size());
    // Variance beside the mean: gamma and weibull cv² = 1.21; sessions 7; MMPP 2 λ V / r with λ = 11.6/s (twice that
    // at the top of the day), V = 0.9 (1/1.4 - 1)² + 0.1 (5/1.4 - 1)² = 0.735, 1/r = 54 s: 920, doubled for the day.
    const double dispersion = process == Process::mmpp ? 1840 : process == Process::sessions ? 7 : 1.21;
    CHECK(std::fabs(count - 1e6) < 5 * std::sqrt(1e6 * dispersion) + (process == Process::sessions ? 2000 : 0));
  }
}

TEST_CASE("The same seed gives the same requests, another seed others", "[traffic][stream]") {
  for (const Process process : {Process::poisson, Process::gamma, Process::weibull, Process::mmpp, Process::sessions}) {
    CAPTURE(static_cast<int>(process));
    CHECK(requests_of(config_of(process), 42, 5) == requests_of(config_of(process), 42, 5));
    CHECK(requests_of(config_of(process), 42, 5).arrival_ns != requests_of(config_of(process), 43, 5).arrival_ns);
  }
}

TEST_CASE("A longer horizon begins with the shorter one's requests", "[traffic][stream]") {
  for (const Process process : {Process::poisson, Process::gamma, Process::weibull, Process::mmpp, Process::sessions}) {
    CAPTURE(static_cast<int>(process));
    const Requests shorter = requests_of(config_of(process), 44, 3);
    const Requests longer = requests_of(config_of(process), 44, 6);
    const std::size_t n = shorter.arrival_ns.size();
    REQUIRE(n < longer.arrival_ns.size());
    CHECK(std::equal(shorter.arrival_ns.begin(), shorter.arrival_ns.end(), longer.arrival_ns.begin()));
    CHECK(std::equal(shorter.luck.begin(), shorter.luck.end(), longer.luck.begin()));
    CHECK(std::equal(shorter.output.begin(), shorter.output.end(), longer.output.begin()));
  }
}

TEST_CASE("Streams may be drained in turns, into blocks that were used before", "[traffic][stream]") {
  const TrafficConfig config = config_of(Process::sessions);
  const Horizon horizon = Horizon::hours(monday, 3);
  RequestStream alone{config, horizon, Stream{45}};
  RequestStream one{config, horizon, Stream{45}};
  RequestStream other{config, horizon, Stream{46}};
  auto clean = std::make_unique<Block>();
  auto used = std::make_unique<Block>();
  while (alone.fill(*clean)) {
    other.fill(*used);
    used->hits.count = 7;
    used->hour = 99;
    REQUIRE(one.fill(*used));
    REQUIRE(used->count == clean->count);
    CHECK(used->hour == clean->hour);
    CHECK(used->hits.count == 0);
    CHECK(std::equal(used->arrival_ns.begin(), used->arrival_ns.begin() + static_cast<std::ptrdiff_t>(used->count),
                     clean->arrival_ns.begin()));
  }
  CHECK_FALSE(one.fill(*used));
}

TEST_CASE("Changing one part of the traffic never moves another", "[traffic][stream]") {
  const Requests before = requests_of(config_of(), 47);

  SECTION("other tokens") {
    TrafficConfig config = config_of();
    config.sizes = std::make_shared<const TokenSizes>(TokenSizes::constant(1, 2));
    const Requests after = requests_of(config, 47);
    CHECK(after.arrival_ns == before.arrival_ns);
    CHECK(after.luck == before.luck);
    CHECK(after.input != before.input);
  }
  SECTION("content keys") {
    RequestStream stream{config_of(), Horizon::hours(monday, 24), Stream{47}};
    stream.set_popularity(0.9, 1000);
    const Requests after = drain(stream);
    CHECK(after.arrival_ns == before.arrival_ns);
    CHECK(after.luck == before.luck);
    CHECK(after.input == before.input);
    CHECK(after.output == before.output);
    CHECK(std::all_of(before.key.begin(), before.key.end(), [](auto key) { return key == 0; }));
    CHECK(*std::min_element(after.key.begin(), after.key.end()) == 1);
    CHECK(*std::max_element(after.key.begin(), after.key.end()) == 1000);
    // Another popularity leaves the rest, too.
    RequestStream flat{config_of(), Horizon::hours(monday, 24), Stream{47}};
    flat.set_popularity(0, 1000);
    const Requests uniform = drain(flat);
    CHECK(uniform.arrival_ns == after.arrival_ns);
    CHECK(uniform.key != after.key);
  }
  SECTION("another process: the i-th request keeps its luck and its tokens") {
    const Requests after = requests_of(config_of(Process::gamma), 47);
    const std::size_t n = std::min(after.luck.size(), before.luck.size());
    CHECK(after.arrival_ns != before.arrival_ns);
    CHECK(std::equal(after.luck.begin(), after.luck.begin() + static_cast<std::ptrdiff_t>(n), before.luck.begin()));
    CHECK(
        std::equal(after.output.begin(), after.output.begin() + static_cast<std::ptrdiff_t>(n), before.output.begin()));
  }
  SECTION("longer bursts leave the points in operational time: the count up to the first burst's start") {
    TrafficConfig bursty = config_of(Process::mmpp);
    bursty.arrivals.burst_factor = 1;  // bursts that are none
    CHECK(requests_of(bursty, 47).arrival_ns.size() == before.arrival_ns.size());
  }
}

TEST_CASE("Luck is 64 fair bits", "[traffic][stream]") {
  const Requests requests = requests_of(config_of(), 48);
  std::vector<double> ones(64);
  for (const std::uint64_t luck : requests.luck) {
    for (std::size_t bit = 0; bit < 64; ++bit) { ones[bit] += static_cast<double>((luck >> bit) & 1); }
  }
  const auto n = static_cast<double>(requests.luck.size());
  for (std::size_t bit = 0; bit < 64; ++bit) { CHECK(std::fabs(ones[bit] - n / 2) < 5 * std::sqrt(n) / 2); }
}

TEST_CASE("Luck, tokens and keys of a request are independent", "[traffic][stream]") {
  // A table takes one number for each request, as luck does, and a key takes two: were any two of them drawn from one
  // stream, the i-th would go with the i-th, or the i-th key with luck 2 i or 2 i + 1.
  TrafficConfig config = config_of();
  TokenTable table;
  for (std::uint32_t s = 0; s < 256; ++s) { table.strata.push_back({{s}, {2 * s, 2 * s + 1}}); }
  config.sizes = std::make_shared<const TokenSizes>(table);
  RequestStream stream{config, Horizon::hours(monday, 24), Stream{49}};
  stream.set_popularity(0, 1'000'000);
  const Requests r = drain(stream);
  const std::size_t n = r.luck.size() / 2;
  const auto correlation = [&](const std::vector<double>& a, const std::vector<double>& b) {
    const auto ma = statistics::moments(a);
    const auto mb = statistics::moments(b);
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) { sum += (a[i] - ma.mean) * (b[i] - mb.mean); }
    return sum / static_cast<double>(n) / std::sqrt(ma.variance * mb.variance);
  };
  std::vector<double> luck;
  std::vector<double> even_luck;
  std::vector<double> odd_luck;
  std::vector<double> gap;
  std::vector<double> input;
  std::vector<double> key;
  for (std::size_t i = 0; i < n; ++i) {
    luck.push_back(static_cast<double>(r.luck[i] >> 11));
    even_luck.push_back(static_cast<double>(r.luck[2 * i] >> 11));
    odd_luck.push_back(static_cast<double>(r.luck[2 * i + 1] >> 11));
    gap.push_back(static_cast<double>(r.arrival_ns[i + 1] - r.arrival_ns[i]));
    input.push_back(r.input[i]);
    key.push_back(r.key[i]);
  }
  const double bound = 5 / std::sqrt(static_cast<double>(n));
  const std::vector<std::vector<double>> columns{luck, gap, input, key};
  for (std::size_t a = 0; a < columns.size(); ++a) {
    for (std::size_t b = a + 1; b < columns.size(); ++b) {
      CAPTURE(a, b);
      CHECK(std::fabs(correlation(columns[a], columns[b])) < bound);
    }
  }
  CHECK(std::fabs(correlation(even_luck, key)) < bound);
  CHECK(std::fabs(correlation(odd_luck, key)) < bound);
}

TEST_CASE("A trace brings its own tokens, and luck", "[traffic][stream]") {
  TrafficConfig config;
  config.arrivals.process = Process::trace;
  config.arrivals.trace.trace =
      std::make_shared<const Trace>(read_trace("t.csv", "time,input,output\n0,1,2\n5000,3,4\n9000,5,6\n"));
  RequestStream stream{config, Horizon::hours(monday, 2), Stream{50}};
  CHECK(stream.expected_requests() == 2);
  CHECK(stream.mean_per_s() == Approx(2 / 7200.0));
  CHECK(stream.mean_input_tokens() == 3);
  CHECK(stream.mean_output_tokens() == 4);
  const Requests requests = drain(stream);
  CHECK(requests.blocks == 2);  // one an hour
  CHECK(requests.arrival_ns == std::vector<std::int64_t>{0, 5'000'000'000'000});
  CHECK(requests.input == std::vector<std::uint32_t>{1, 3});
  CHECK(requests.output == std::vector<std::uint32_t>{2, 4});
  CHECK(requests.luck == requests_of(config, 50, 2).luck);
}

TEST_CASE("Blocks are as full as the hour allows", "[traffic][stream]") {
  // 41,667 requests an hour on average: 5 full blocks and a rest, and no more.
  TrafficConfig config = config_of();
  config.demand.hour_of_day = hour_profile(0);
  RequestStream stream{config, Horizon::hours(monday, 24), Stream{51}};
  auto block = std::make_unique<Block>();
  std::size_t full = 0;
  std::size_t blocks = 0;
  while (stream.fill(*block)) {
    ++blocks;
    if (block->count == Block::capacity) { ++full; }
  }
  CHECK(blocks == 24 * 6);
  CHECK(full == 24 * 5);
}

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("Memory grows with neither time nor requests", "[traffic][stream]") {
  for (const Process process : {Process::poisson, Process::gamma, Process::weibull, Process::mmpp, Process::sessions}) {
    CAPTURE(static_cast<int>(process));
    TrafficConfig config = config_of(process);
    config.demand.daily_users = 2e4;
    config.demand.hour_of_day = hour_profile(0);
    RequestStream stream{config, Horizon::hours(monday, 10 * 24), Stream{53}};
    stream.set_popularity(0.9, 50'000'000);
    auto block = std::make_unique<Block>();
    // The first day gives the heap of open sessions (some 210 at a time) its size, times two by doubling.
    while (stream.fill(*block) && block->hour < 24) {}
    const auto after_a_day = mallinfo2().uordblks;
    while (stream.fill(*block)) {}
    const auto after_ten = mallinfo2().uordblks;
    CHECK(after_ten <= after_a_day + (process == Process::sessions ? 512 * 16 : 0));
  }
}
#endif

TEST_CASE("A whole stream has the same bits in every build", "[traffic][stream][golden]") {
  statistics::Hash hash;
  RequestStream stream{config_of(Process::gamma), Horizon::hours(monday, 2), Stream{52}};
  stream.set_popularity(0.9, 50'000'000);
  const Requests r = drain(stream);
  for (std::size_t i = 0; i < r.luck.size(); ++i) {
    hash.add(static_cast<std::uint64_t>(r.arrival_ns[i]));
    hash.add(r.luck[i]);
    hash.add((std::uint64_t{r.input[i]} << 32) | r.output[i]);
    hash.add(std::uint64_t{r.key[i]});
  }
  CHECK(hash.value() == 0xb7b0e7cb608f9013U);
}

TEST_CASE("Only a trace with ids says how prompts begin, whatever the block held before", "[traffic][stream][prefix]") {
  const std::string row = R"({"timestamp": 9, "input_length": 3, "output_length": 4)";
  const auto block = std::make_unique<Block>();
  const auto fill = [&](const std::string& text) {
    TrafficConfig config;
    config.arrivals.process = Process::trace;
    config.arrivals.trace.trace = std::make_shared<const Trace>(read_trace("t", text));
    RequestStream stream{config, Horizon::hours(monday, 1), Stream{1}};
    CHECK(stream.fill(*block));
    CHECK(block->count == 1);
  };
  fill(row + R"(, "hash_ids": [7]})");
  CHECK(block->has_prefixes);
  CHECK(block->prefix_row[0] == 0);
  CHECK(block->prefix_round[0] == 0);
  fill(row + "}");
  CHECK_FALSE(block->has_prefixes);
  fill(row + R"(, "hash_ids": [7]})");
  RequestStream poisson{config_of(), Horizon::hours(monday, 1), Stream{1}};
  CHECK(poisson.fill(*block));
  CHECK_FALSE(block->has_prefixes);
}
