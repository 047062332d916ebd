// Zones fitted to recordings. BILLCAST_UPDATE_GOLDEN=1 writes the tables that ship (configs/spot) anew from the
// reference data, for a reader to review.
#include "sim/fleet/spot/spot_fit.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/time.hpp"
#include "core/yaml_reader.hpp"
#include "tests/sim/spot_observed.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reference_data.hpp"

namespace sim {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct Recording {
  std::string_view table;     // configs/spot/….yaml
  std::string_view file;      // of the repository, and below spot/ of the reference data
  std::string_view instance;  // what it stands for
  std::string_view zone;
};
constexpr std::string_view april = "preemption_1-node_aws-04-22-2023/";
constexpr std::string_view october = "availability_1-node_aws-10-26-2022/";
constexpr std::array<Recording, 12> recordings{{
    {"p3.2xlarge-us-east-1c", "us-east-1c_v100_1.json", "p3.2xlarge (one V100)", "us-east-1c"},
    {"p3.2xlarge-us-east-1f", "us-east-1f_v100_1.json", "p3.2xlarge (one V100)", "us-east-1f"},
    {"p3.2xlarge-us-west-2b", "us-west-2b_v100_1.json", "p3.2xlarge (one V100)", "us-west-2b"},
    {"p3.2xlarge-us-west-2c", "us-west-2c_v100_1.json", "p3.2xlarge (one V100)", "us-west-2c"},
    {"p2.xlarge-us-west-2a-2022", "us-west-2a_k80_1.json", "p2.xlarge (one K80)", "us-west-2a"},
    {"p2.8xlarge-us-west-2a-2022", "us-west-2a_k80_8.json", "p2.8xlarge (eight K80)", "us-west-2a"},
    {"p3.2xlarge-us-west-2a-2022", "us-west-2a_v100_1.json", "p3.2xlarge (one V100)", "us-west-2a"},
    {"p3.16xlarge-us-west-2a-2022", "us-west-2a_v100_8.json", "p3.16xlarge (eight V100)", "us-west-2a"},
    {"p2.xlarge-us-west-2b-2022", "us-west-2b_k80_1.json", "p2.xlarge (one K80)", "us-west-2b"},
    {"p2.8xlarge-us-west-2b-2022", "us-west-2b_k80_8.json", "p2.8xlarge (eight K80)", "us-west-2b"},
    {"p3.2xlarge-us-west-2b-2022", "us-west-2b_v100_1.json", "p3.2xlarge (one V100)", "us-west-2b"},
    {"p3.16xlarge-us-west-2b-2022", "us-west-2b_v100_8.json", "p3.16xlarge (eight V100)", "us-west-2b"},
}};

bool is_of_2022(const Recording& recording) { return recording.table.ends_with("-2022"); }

std::string path_of(const Recording& recording) {
  return fmt::format("{}{}", is_of_2022(recording) ? october : april, recording.file);
}

std::optional<SpotTrace> trace_of(const Recording& recording) {
  const auto text = test_support::read_reference_data("spot/" + path_of(recording));
  if (!text) { return std::nullopt; }
  return read_spot_trace(recording.file, *text);
}

std::string rows_of(const std::vector<core::QuantilePoint>& points) {
  std::string text = "  [";
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i > 0) { text += i % 6 == 0 ? ",\n   " : ", "; }
    text += fmt::format("[{}, {:.0f}]", points[i].quantile, points[i].value / 1e9);
  }
  return text + "]\n";
}

std::string table_text(const Recording& recording, const SpotFit& fit) {
  const bool of_2022 = is_of_2022(recording);
  return fmt::format(
      R"(# When was a {0} to be had as spot in {1}, and for how long? ({2})
# Made by tests/sim/spot_fit_test.cpp from a recording; [share of spans, seconds], straight lines between the points.
schema: spot-zone/v1
instance: "{0}"
zone: {1}
origin: "Wu et al., Can't Be Late, NSDI 2024"
repository: "https://github.com/skypilot-org/spot-traces"
path: "{3}"
date: "{2}"
licence: "the repository states none; these are figures derived from it, and no part of its series"
tick: "{4}"
method: >-
  One instance was kept up or tried for at every tick. Quantiles of the spans recorded in full, from one change to the
  next, each times one factor, so that the mean time up is all time up / interruptions and the mean time down all
  time down / interruptions. Nothing shorter than a tick is known.
availability: {5:.4f}
interruptions: {6}
interruptions_per_up_hour: {7:.4f}
up:
{8}down:
{9})",
      recording.instance, recording.zone, of_2022 ? "2022-10-26, 27 days" : "2023-04-22, 7 days", path_of(recording),
      of_2022 ? "600 s" : "32 s", fit.availability, fit.interruptions, fit.interruptions_per_up_hour,
      rows_of(fit.up_ns), rows_of(fit.down_ns));
}

fs::path shipped(const Recording& recording) {
  return fs::path{PROJECT_SOURCE} / "configs" / "spot" / fmt::format("{}.yaml", recording.table);
}

std::string read_text(const fs::path& path) {
  std::ifstream stream{path, std::ios::binary};
  return std::string{std::istreambuf_iterator<char>{stream}, {}};
}

}  // namespace

TEST_CASE("A fitted zone has the means of its recording, cut off at both ends or not", "[spot]") {
  // Minutes up 10, down 5, up 2, down 1, up 4, down 3, up 6: 22 of 31 up, 3 interruptions; whole spans up 2 and 4.
  constexpr std::int64_t min = 60 * core::ns_per_second;
  const SpotTrace trace{.up = {{0, 10 * min}, {15 * min, 17 * min}, {18 * min, 22 * min}, {25 * min, 31 * min}},
                        .length_ns = 31 * min};
  const SpotFit fit = fit_spot(trace);
  CHECK(fit.availability == Approx(22.0 / 31).epsilon(1e-12));
  CHECK(fit.interruptions == 3);
  CHECK(fit.interruptions_per_up_hour == Approx(3 * 60.0 / 22).epsilon(1e-12));
  const UpDown times = fit.times();
  CHECK(times.up.mean_ns() == Approx(22.0 / 3 * min).epsilon(1e-4));  // the table's own error
  CHECK(times.down.mean_ns() == Approx(9.0 / 3 * min).epsilon(1e-4));
  CHECK(times.availability() == Approx(22.0 / 31).epsilon(1e-4));
  // The spans up that are whole are 2 and 4: from 1 to 2 of one another.
  CHECK(fit.up_ns.back().value / fit.up_ns.front().value == Approx(2).epsilon(1e-12));
  CHECK(fit.down_ns.back().value / fit.down_ns.front().value == Approx(5).epsilon(1e-12));

  CHECK_THROWS_WITH(fit_spot(SpotTrace{.up = {{0, 5}}, .length_ns = 9}),
                    "a trace without a whole span up and a whole one down");
  CHECK_THROWS_AS(fit_spot(SpotTrace{.up = {}, .length_ns = 9}), std::invalid_argument);
}

TEST_CASE("Each spot table that ships is what its recording gives", "[spot][reference]") {
  for (const Recording& recording : recordings) {
    CAPTURE(std::string{recording.table});
    const auto trace = trace_of(recording);
    if (!trace) { return; }
    const std::string text = table_text(recording, fit_spot(*trace));
    if (std::getenv("BILLCAST_UPDATE_GOLDEN") != nullptr) {
      std::ofstream{shipped(recording), std::ios::binary} << text;
      continue;
    }
    CHECK(read_text(shipped(recording)) == text);
  }
}

TEST_CASE("100 weeks of a fitted zone have the availability and the interruptions of its recording", "[spot]") {
  constexpr std::int64_t weeks = 100 * 7 * 24 * core::ns_per_hour;
  for (const Recording& recording : recordings) {
    const std::string text = read_text(shipped(recording));
    const core::Document document{"t.yaml", text};
    const double availability = document.root().number("availability");
    const double per_up_hour = document.root().number("interruptions_per_up_hour");
    const SpotTable table = read_spot_table("t.yaml", text);
    const auto points = [&](const char* key) {
      std::vector<core::QuantilePoint> read;
      for (const auto& row : document.root().rows(key, 2)) { read.push_back({row[0], row[1] * 1e9}); }
      return read;
    };
    const double up_cv = cv_of(points("up"));
    const double down_cv = cv_of(points("down"));
    const Observed got = observe(SpotZone::alternating("z", table.times), weeks, 11);
    // Two standard errors: what 19 of 20 runs of 100 weeks stay within.
    const double availability_interval = 2 * availability_error(table.times, up_cv, down_cv, weeks) / availability;
    const double events_interval = 2 * up_cv / std::sqrt(got.interruptions);
    const double availability_off = got.availability / availability - 1;
    const double events_off = got.per_up_hour / per_up_hour - 1;
    INFO(fmt::format(
        "{}: availability {:.4f} {:+.2f} % (interval ± {:.2f} %), interruptions {:.4f} an hour up {:+.2f} % (± "
        "{:.2f} %), cv {:.2f} {:.2f}",
        recording.table, availability, 100 * availability_off, 100 * availability_interval, per_up_hour,
        100 * events_off, 100 * events_interval, up_cv, down_cv));
    CHECK(std::abs(availability_off) <= 2 * availability_interval);
    CHECK(std::abs(events_off) <= 2 * events_interval);
    if (recording.table == "p3.2xlarge-us-west-2c") {
      CHECK(std::abs(availability_off) <= 0.05);
      CHECK(std::abs(events_off) <= 0.05);
    }
  }
}

}  // namespace sim
