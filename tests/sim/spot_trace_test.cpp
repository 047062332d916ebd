// Recordings of spot capacity: what is read, and that a zone plays it as it is, from any place and again.
#include "sim/fleet/spot/spot_trace.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "core/yaml_reader.hpp"
#include "sim/fleet/spot/up_times.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reference_data.hpp"

namespace sim {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t s = core::ns_per_second;

std::string error_of(std::string_view text) {
  try {
    (void)read_spot_trace("t.json", text);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

// A trace whose ticks last a nanosecond each.
SpotTrace of_ticks(const std::vector<bool>& ticks) {
  SpotTrace trace;
  for (const bool up : ticks) {
    const std::int64_t at = trace.length_ns++;
    if (!up) { continue; }
    if (!trace.up.empty() && trace.up.back().end_ns == at) {
      ++trace.up.back().end_ns;
    } else {
      trace.up.push_back({at, at + 1});
    }
  }
  return trace;
}

UpTimes playing(const SpotTrace& trace, std::int64_t start_ns) {
  const SpotZone zone = SpotZone::replay("z", std::make_shared<const SpotTrace>(trace), core::Duration{start_ns});
  return {zone, core::Stream{1}, std::nullopt, core::Stream{2}};
}

}  // namespace

TEST_CASE("A spot trace is read in any order of its keys", "[spot]") {
  const SpotTrace expected{.up = {{0, 64 * s}, {96 * s, 128 * s}}, .length_ns = 160 * s};
  CHECK(read_spot_trace("t.json", R"({"metadata": {"gap_seconds": 32}, "data": [1, 1, 0, 1, 0]})") == expected);
  CHECK(read_spot_trace("t.json",
                        "\xef\xbb\xbf{\"data\":[1,1,0,1,0],\n \"prices\":[0.918,1,0.5,2,3],"
                        "\r\n\t\"metadata\":{\"gap_seconds\":32.0}}\n") == expected);
  CHECK(read_spot_trace("t.json", R"({"metadata": {"gap_seconds": 0.5}, "data": [0]})") ==
        SpotTrace{.up = {}, .length_ns = s / 2});
}

TEST_CASE("Each slip in a spot trace is an error that names its place", "[spot][errors]") {
  struct Slip {
    std::string text;
    std::string says;
  };
  const std::string form = R"({"metadata": {"gap_seconds": …}, "data": [0, 1, …]})";
  const std::string ticks = "1 (up) or 0 (preempted, or none to be had) at every tick";
  const std::string before = R"({"metadata": {"gap_seconds": 32}, "data": )";
  for (const Slip& slip : {
           Slip{"", "t.json:1:1: found the end of the file, expected " + form},
           Slip{"[1]", "t.json:1:1: found '[', expected " + form},
           Slip{"{}", "t.json:1:2: found '}', expected a key in quotation marks"},
           Slip{before + "[1, 2]}", "t.json:1:47: found '2' at data[1], expected " + ticks},
           Slip{before + "[1, null, 0]}", "t.json:1:47: found 'null' at data[1], expected " + ticks},
           Slip{before + "[1,, 0]}", "t.json:1:46: found ',' at data[1], expected " + ticks},
           Slip{before + "[1,\n0, -1]}", "t.json:2:4: found '-1' at data[2], expected " + ticks},
           Slip{before + "[0.5]}", "t.json:1:44: found '0.5' at data[0], expected " + ticks},
           Slip{before + "[]}", "t.json:1:44: found ']' at data[0], expected " + ticks},
           Slip{before + "[1", "t.json:1:45: found the end of the file, expected ',' or ']'"},
           Slip{before + "[1]", "t.json:1:46: found the end of the file, expected ',' or '}'"},
           Slip{before + "[1]} x", "t.json:1:48: found 'x', expected the end of the file"},
           Slip{before + "[1], \"data\": [1]}", "t.json:1:48: found the key 'data' a second time, expected " + form},
           Slip{before + "[1], \"zone\": [1]}", "t.json:1:48: found the key 'zone', expected " + form},
           Slip{before + "[1], \"zo", "t.json:1:48: found a key without an end, expected " + form},
           Slip{before + "[1], \"prices\": [1, 2]}",
                "t.json:1:65: found 2 prices beside 1 values of data, expected as many of both"},
           Slip{before + "[1], \"prices\": [NaN]}",
                "t.json:1:59: found 'NaN' at prices[0], expected a price as a plain decimal number"},
           Slip{R"({"data": [1]})", "t.json:1:14: found no metadata, expected " + form},
           Slip{R"({"metadata": {"gap_seconds": 32}})", "t.json:1:34: found no data, expected " + form},
           Slip{R"({"metadata": {"gap": 32}})", "t.json:1:15: found the key 'gap', expected gap_seconds"},
           Slip{R"({"metadata": {"gap_seconds": 32, "a": 1}})",
                "t.json:1:32: found ',', expected '}', for there is nothing but gap_seconds"},
           Slip{R"({"metadata": {"gap_seconds": 0}, "data": [1]})",
                "t.json:1:30: found '0', expected seconds between two ticks, from 0.001 to 86400"},
           Slip{R"({"metadata": {"gap_seconds": 1e9}, "data": [1]})",
                "t.json:1:30: found '1e9', expected seconds between two ticks, from 0.001 to 86400"},
       }) {
    CAPTURE(slip.text);
    CHECK(error_of(slip.text) == slip.says);
  }
  std::string long_one = R"({"metadata": {"gap_seconds": 86400}, "data": [1)";
  for (int day = 1; day < 4000; ++day) { long_one += ",1"; }
  CHECK(error_of(long_one + "]}").ends_with(": found 4000 ticks of 86400 s, expected ten years at most"));
}

TEST_CASE("A replayed zone is up at the ticks of its trace, again and again, wherever it starts", "[spot]") {
  core::Stream chance{7};
  for (int round = 0; round < 400; ++round) {
    std::vector<bool> ticks(1 + chance.next() % 12);
    const std::uint64_t chance_of_up = chance.next() % 5;  // 0: never up, 4: always
    for (std::size_t i = 0; i < ticks.size(); ++i) { ticks[i] = chance.next() % 4 < chance_of_up; }
    const auto size = static_cast<std::int64_t>(ticks.size());
    const auto start = static_cast<std::int64_t>(chance.next() % (ticks.size() + 1));
    const auto up = [&](std::int64_t at) { return ticks[static_cast<std::size_t>((at + start) % size)]; };
    UpTimes times = playing(of_ticks(ticks), start);
    for (std::int64_t now = 0; now < 3 * size; now += 1 + static_cast<std::int64_t>(chance.next() % 3)) {
      CAPTURE(round, now);
      REQUIRE(times.is_up(now) == up(now));
      // Two rounds on, whatever can happen has happened.
      std::int64_t down = core::never_ns;
      std::int64_t back = core::never_ns;
      for (std::int64_t at = now + 2 * size; at > now; --at) {
        if (!up(at) && up(at - 1)) { down = at; }
        if (up(at) && !up(at - 1)) { back = at; }
      }
      if (up(now)) { REQUIRE(times.next_down_ns(now) == down); }
      REQUIRE(times.next_return_ns(now) == back);
    }
  }
}

TEST_CASE("A recorded week of us-west-2c has an availability of 0.731 and 57 preemptions", "[spot][reference]") {
  const auto text = test_support::read_reference_data("spot/preemption_1-node_aws-04-22-2023/us-west-2c_v100_1.json");
  if (!text) { return; }
  const SpotTrace trace = read_spot_trace("us-west-2c_v100_1.json", *text);
  CHECK(trace.length_ns == 19'961 * 32 * s);
  UpTimes times = playing(trace, 0);
  std::int64_t up_ns = 0;
  int preemptions = 0;
  for (std::int64_t now = 0; now < trace.length_ns;) {
    if (times.is_up(now)) {
      const std::int64_t down = std::min(times.next_down_ns(now), trace.length_ns);
      up_ns += down - now;
      if (down < trace.length_ns) { ++preemptions; }
      now = down;
    } else {
      now = times.next_return_ns(now);
    }
  }
  const double up_hours = static_cast<double>(up_ns) / static_cast<double>(core::ns_per_hour);
  CHECK(static_cast<double>(up_ns) / static_cast<double>(trace.length_ns) == Approx(0.731).margin(0.0005));
  CHECK(preemptions == 57);
  CHECK(preemptions / up_hours == Approx(0.439).margin(0.0005));
}

}  // namespace sim
