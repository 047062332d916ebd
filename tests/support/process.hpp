// A program that a test starts, listens to, and stops by its process id.
//
//  * `Process`  a running program; its standard input stays open for as long as the object lives
//  * `Ended`    how it ended
//  * `find_program`  where a program lies that the system may have
//
// Every wait has a limit, and none is longer than it must be. A program that outlives its object is told to end
// (SIGTERM) and two seconds later made to (SIGKILL); one whose test died is told by the system.
//
// Example:
//   Process server{"build/fault_server", {}};
//   const std::optional<std::string> line = server.read_line(5s);   // "port 40123"
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace test_support {

struct ProcessOptions {
  std::vector<std::pair<std::string, std::string>> environment{};  // beside the test's own
  std::optional<std::uint64_t> most_open_files{};
};

struct Ended {
  int exit_code = -1;  // -1: by a signal
  int signal = 0;
  std::int64_t peak_memory_bytes = 0;
};

class Process {
 public:
  // Throws std::system_error when there is no such process to be had. A program that does not exist ends with 127.
  Process(const std::string& program, const std::vector<std::string>& arguments, const ProcessOptions& options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return id_; }
  void signal(int number) const;
  // The next line of the standard output, without its end; nothing when the limit passes or the program ends first.
  std::optional<std::string> read_line(std::chrono::milliseconds limit);
  // Waits until the error output holds `part`; false when the limit passes or the program ends first.
  bool wait_for_error(std::string_view part, std::chrono::milliseconds limit);
  // Nothing when it still runs after the limit.
  std::optional<Ended> wait(std::chrono::milliseconds limit);

  // What came so far and was not read as a line.
  const std::string& out() const { return out_; }
  const std::string& error() const { return error_; }

 private:
  using Clock = std::chrono::steady_clock;

  // Takes what comes until the next event, the deadline at the latest; false when that has passed.
  bool listen(Clock::time_point deadline);
  void collect_end();

  pid_t id_ = -1;
  int process_ = -1;  // a file descriptor that becomes readable when the program ends
  int in_ = -1;
  int out_pipe_ = -1;
  int error_pipe_ = -1;
  std::string out_;
  std::string error_;
  std::optional<Ended> ended_;
};

// Looked for in PATH and in the folders where systems keep servers; nothing when it is not installed.
std::optional<std::string> find_program(std::string_view name);

}  // namespace test_support
