#include "tests/load/load_run.hpp"

#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <boost/json.hpp>

#include "core/histogram_log.hpp"
#include "core/text_lines.hpp"
#include "loadgen/metric.hpp"
#include "loadgen/outcome.hpp"
#include "tests/support/catch.hpp"

namespace load_tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int exit_users_input = 2;
constexpr int exit_invalid = 4;

}  // namespace

Recording::Recording(std::shared_ptr<const test_support::TemporaryFolder> folder, const std::string& name)
    : kept_{std::move(folder)}, folder_{*kept_ / name} {
  std::istringstream lines{text("outcomes.csv")};
  std::string line;
  std::getline(lines, line);
  const std::string heading = line;
  const auto columns = core::split(heading, ',');
  for (const std::string_view column : columns) { sums_[std::string{column}] = 0; }
  while (std::getline(lines, line)) {
    const auto fields = core::split(line, ',');
    INFO("outcomes.csv: " << line);
    REQUIRE(fields.size() == columns.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      sums_[std::string{columns[i]}] += core::parse_count(fields[i]).value_or(0);  // times are no counts, nor summed
    }
  }
}

bool Recording::has(std::string_view file) const { return fs::exists(fs::path{folder_} / file); }

std::string Recording::text(std::string_view file) const { return test_support::text_of(fs::path{folder_} / file); }

std::string Recording::all_bytes() const {
  std::string bytes;
  for (const auto& entry : fs::recursive_directory_iterator{folder_}) {
    bytes += entry.path().filename().string();
    if (entry.is_regular_file()) { bytes += test_support::text_of(entry.path()); }
  }
  return bytes;
}

std::int64_t Recording::sum(std::string_view column) const {
  const auto found = sums_.find(column);
  if (found == sums_.end()) { throw std::runtime_error{"outcomes.csv has no column " + std::string{column}}; }
  return found->second;
}

boost::json::value Recording::summary(std::string_view member) const {
  boost::json::value value = boost::json::parse(text("summary.json"));
  for (const std::string_view name : core::split(member, '.')) {
    const boost::json::value* const inner = value.as_object().if_contains(name);
    if (inner == nullptr) { throw std::runtime_error{"summary.json has no " + std::string{member}}; }
    // A copy first: assigning a part of itself would free it. Braces would make a list of it.
    boost::json::value copy = *inner;
    value = std::move(copy);
  }
  return value;
}

std::int64_t Recording::number(std::string_view member) const {
  return boost::json::value_to<std::int64_t>(summary(member));
}

core::Histogram Recording::histogram(std::string_view metric, std::string_view tag) const {
  core::Histogram sum{loadgen::longest_ns};
  const std::string name = std::string{metric} + ".hlog";
  if (!has(name)) { return sum; }
  const std::string log = text(name);
  core::HistogramLogReader reader{name, log};
  while (const auto interval = reader.next()) {
    if (interval->tag == tag) { sum.add(interval->histogram); }
  }
  return sum;
}

void Recording::check_books() const {
  INFO("outcomes.csv:\n" << text("outcomes.csv"));
  REQUIRE(has("about.json"));
  REQUIRE(has("summary.json"));
  if (has("probes")) {
    for (const auto& entry : fs::directory_iterator{fs::path{folder_} / "probes"}) {
      Recording{kept_, std::string{recording_name} + "/probes/" + entry.path().filename().string()}.check_books();
    }
    return;
  }
  std::int64_t planned = 0;
  for (const std::string_view name : loadgen::outcome_names) {
    CAPTURE(name);
    CHECK(outcome(name) == number("counts." + std::string{name}));
    planned += outcome(name);
  }
  const bool is_closed_loop = summary("plan.closed_loop").as_bool();
  if (!is_closed_loop) { CHECK(planned == number("plan.requests")); }
  // Without a connection nothing was sent; what came back was.
  CHECK(sum("sent") <= planned - outcome("dropped") - outcome("unsent") - outcome("tls"));
  CHECK(sum("sent") >= outcome("answered") + outcome("status") + outcome("malformed") + outcome("truncated"));
  CHECK(histogram("response_time").total_count() == outcome("answered"));
  CHECK(histogram("service_time").total_count() == outcome("answered"));
  for (const std::string_view censored : {"timeout", "open"}) {
    CAPTURE(censored);
    CHECK(histogram("response_time", censored).total_count() == outcome(censored));
  }
  // What was not yet due when the run ended has no age.
  CHECK(histogram("response_time", "unsent").total_count() <= outcome("unsent"));
  CHECK(number("retried") == sum("retried"));
  CHECK(number("connects") == sum("connects"));
}

LoadRun::LoadRun(const Words& arguments, const test_support::ProcessOptions& options) {
  Words all{"load"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  all.insert(all.end(), {"--out", folder()});
  process_ = std::make_unique<test_support::Process>(BILLCAST_PROGRAM, all, options);
}

void LoadRun::wait(std::chrono::milliseconds limit) {
  const auto ended = process_->wait(limit);
  INFO("printed: " << out() << "\nand: " << error());
  if (!ended) { FAIL("billcast load still runs after " << limit.count() << " ms"); }
  ended_ = *ended;
  CHECK(ended->signal == 0);
}

LoadRun load(const Words& arguments, const test_support::ProcessOptions& options) {
  LoadRun run{arguments, options};
  run.wait();
  INFO("printed: " << run.out() << "\nand: " << run.error());
  CHECK((run.exit_code() == 0 || run.exit_code() == exit_invalid));
  REQUIRE(fs::exists(run.folder()));
  run.recording().check_books();
  return run;
}

LoadRun load_valid(const Words& arguments, std::chrono::milliseconds limit) {
  constexpr int attempts = 3;
  for (int attempt = 1;; ++attempt) {
    LoadRun run{arguments};
    run.wait(limit);
    if (run.exit_code() == exit_invalid && attempt < attempts) { continue; }
    INFO("printed: " << run.out() << "\nand: " << run.error());
    REQUIRE(fs::exists(run.folder()));
    run.recording().check_books();
    return run;
  }
}

bool ended_with(const LoadRun& run, int code) {
  return run.exit_code() == code || (run.exit_code() == exit_invalid && !run.recording().summary("valid").as_bool());
}

std::string refusal(const Words& arguments, const test_support::ProcessOptions& options) {
  LoadRun run{arguments, options};
  run.wait();
  CAPTURE(arguments, run.out(), run.error());
  CHECK(run.exit_code() == exit_users_input);
  CHECK(run.out().empty());
  REQUIRE_FALSE(run.error().empty());
  CHECK(run.error().find('\n') == run.error().size() - 1);
  CHECK_FALSE(fs::exists(run.folder()));
  return run.error().substr(0, run.error().size() - 1);
}

}  // namespace load_tests
