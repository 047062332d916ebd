// `billcast load` as a user runs it, and the recording that it leaves.
//
//  * `LoadRun`     a run in a process of its own; may be told to stop half-way
//  * `load`        a run from its beginning to its end
//  * `load_valid`  the same, again when the machine was too busy to measure anything
//  * `Recording`   what a run wrote, read without any of the code that wrote it where that is simple
//
// Example:
//   const Server fault = start_fault_server();
//   const LoadRun run = load({fault.url("/status?code=503"), "--rate", "100", "--requests", "20"});
//   CHECK(run.recording().outcome("status") == 20);
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "core/histogram.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace load_tests {

using Words = std::vector<std::string>;

inline constexpr const char* recording_name = "recording";

class Recording {
 public:
  // Keeps the folder for as long as it is asked.
  explicit Recording(std::shared_ptr<const test_support::TemporaryFolder> folder,
                     const std::string& name = recording_name);

  bool has(std::string_view file) const;
  std::string text(std::string_view file) const;  // of one of its files
  // Every byte of it, file names included.
  std::string all_bytes() const;
  // Sum of a column of outcomes.csv.
  std::int64_t sum(std::string_view column) const;
  std::int64_t outcome(std::string_view name) const { return sum(name); }
  // A member of summary.json: "plan.requests", "counts.timeout".
  boost::json::value summary(std::string_view member) const;
  std::int64_t number(std::string_view member) const;
  // Of one of the .hlog files: the sum of its intervals with that tag; empty when there is no such file.
  core::Histogram histogram(std::string_view metric, std::string_view tag = "") const;

  // CHECKs what holds of every recording: all files are whole and say the same, and every planned request ended in
  // exactly one way. Of a search, what holds of each of its probes.
  void check_books() const;

 private:
  std::shared_ptr<const test_support::TemporaryFolder> kept_;
  std::string folder_;
  std::map<std::string, std::int64_t, std::less<>> sums_;
};

class LoadRun {
 public:
  explicit LoadRun(const Words& arguments, const test_support::ProcessOptions& options = {});

  test_support::Process& process() { return *process_; }
  // FAILs the test when the program does not end within `limit`: whatever a server does, a load test ends.
  void wait(std::chrono::milliseconds limit = std::chrono::seconds{30});

  int exit_code() const { return ended_.exit_code; }
  std::int64_t peak_memory_bytes() const { return ended_.peak_memory_bytes; }
  const std::string& out() const { return process_->out(); }
  const std::string& error() const { return process_->error(); }
  std::string folder() const { return *folder_ / recording_name; }
  Recording recording() const { return Recording{folder_}; }

 private:
  std::shared_ptr<test_support::TemporaryFolder> folder_ = std::make_shared<test_support::TemporaryFolder>();
  std::unique_ptr<test_support::Process> process_;
  test_support::Ended ended_{};
};

// The exit code is 0, or 4 when the machine was too busy for a measurement: neither is a fault of what is tested.
// CHECKs that, and the books.
LoadRun load(const Words& arguments, const test_support::ProcessOptions& options = {});

// Up to three times, until the machine was not too busy. CHECKs the books, not the exit code.
LoadRun load_valid(const Words& arguments, std::chrono::milliseconds limit = std::chrono::seconds{30});

// Whether it ended with that code, or with the one that says that the machine was too busy.
bool ended_with(const LoadRun& run, int code);

// What a user sees who typed something wrong: CHECKs exit code 2, one line, no recording; the line.
std::string refusal(const Words& arguments, const test_support::ProcessOptions& options = {});

}  // namespace load_tests
