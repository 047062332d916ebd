#include "tests/support/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace test_support {
namespace {

using namespace std::chrono_literals;

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

// Closed on exec, so that no other child keeps a pipe open.
Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) { throw std::system_error{errno, std::generic_category(), "pipe2"}; }
  return {ends[0], ends[1]};
}

void close_once(int& file_descriptor) {
  if (file_descriptor >= 0) { ::close(file_descriptor); }
  file_descriptor = -1;
}

// Appends what is there; closes the pipe at its end.
void drain(int& pipe, std::string& text) {
  std::array<char, 16384> buffer{};
  while (pipe >= 0) {
    const ssize_t count = ::read(pipe, buffer.data(), buffer.size());
    if (count > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      close_once(pipe);
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

// "NAME=value" for all of ours, with `added` in their place.
std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    bool replaced = false;
    for (const auto& [name, value] : added) { replaced = replaced || text.substr(0, text.find('=')) == name; }
    if (!replaced) { all.emplace_back(text); }
  }
  for (const auto& [name, value] : added) { all.push_back(std::string{name}.append("=").append(value)); }
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) { pointers.push_back(text.data()); }
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Process::Process(const std::string& program, const std::vector<std::string>& arguments, const ProcessOptions& options) {
  const Pipe in = make_pipe();
  const Pipe out = make_pipe();
  const Pipe error = make_pipe();
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = environment_with(options.environment);
  // All memory is taken before the fork: after it, a child may only call the system.
  const std::vector<char*> argv = pointers_to(words);
  const std::vector<char*> envp = pointers_to(environment);
  const pid_t test = ::getpid();

  id_ = ::fork();
  if (id_ < 0) { throw std::system_error{errno, std::generic_category(), "fork"}; }
  if (id_ == 0) {
    ::dup2(in.read_end, STDIN_FILENO);
    ::dup2(out.write_end, STDOUT_FILENO);
    ::dup2(error.write_end, STDERR_FILENO);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != test) { ::_exit(127); }
    if (options.most_open_files) {
      const rlimit limit{.rlim_cur = *options.most_open_files, .rlim_max = *options.most_open_files};
      ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    ::execve(program.c_str(), argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(in.read_end);
  ::close(out.write_end);
  ::close(error.write_end);
  in_ = in.write_end;
  out_pipe_ = out.read_end;
  error_pipe_ = error.read_end;
  ::fcntl(out_pipe_, F_SETFL, O_NONBLOCK);
  ::fcntl(error_pipe_, F_SETFL, O_NONBLOCK);
  // The C library knows pidfd_open only since 2.36. The child is ours and not yet waited for, so its id is its own.
  process_ = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
  if (process_ < 0) { throw std::system_error{errno, std::generic_category(), "pidfd_open"}; }
}

Process::~Process() {
  close_once(in_);
  if (!ended_) {
    signal(SIGTERM);
    if (!wait(2s)) {
      signal(SIGKILL);
      wait(10s);
    }
  }
  close_once(out_pipe_);
  close_once(error_pipe_);
  close_once(process_);
}

void Process::signal(int number) const {
  // Once it was waited for, its id may be another's.
  if (!ended_) { ::kill(id_, number); }
}

std::optional<std::string> Process::read_line(std::chrono::milliseconds limit) {
  const Clock::time_point deadline = Clock::now() + limit;
  for (;;) {
    if (const std::size_t end = out_.find('\n'); end != std::string::npos) {
      std::string line = out_.substr(0, end);
      out_.erase(0, end + 1);
      return line;
    }
    if (ended_ || !listen(deadline)) { return std::nullopt; }
  }
}

bool Process::wait_for_error(std::string_view part, std::chrono::milliseconds limit) {
  const Clock::time_point deadline = Clock::now() + limit;
  while (error_.find(part) == std::string::npos) {
    if (ended_ || !listen(deadline)) { return false; }
  }
  return true;
}

std::optional<Ended> Process::wait(std::chrono::milliseconds limit) {
  const Clock::time_point deadline = Clock::now() + limit;
  while (!ended_ && listen(deadline)) {}
  return ended_;
}

bool Process::listen(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  if (left <= 0ms) { return false; }
  // A negative descriptor is passed over.
  std::array<pollfd, 3> watched{pollfd{.fd = out_pipe_, .events = POLLIN, .revents = 0},
                                pollfd{.fd = error_pipe_, .events = POLLIN, .revents = 0},
                                pollfd{.fd = process_, .events = POLLIN, .revents = 0}};
  ::poll(watched.data(), watched.size(), static_cast<int>(left.count()));
  // Asked before the pipes are emptied, so that the last words of a program that ended are not missed.
  if (watched[2].revents != 0) { collect_end(); }
  drain(out_pipe_, out_);
  drain(error_pipe_, error_);
  return true;
}

void Process::collect_end() {
  int status = 0;
  rusage used{};
  if (::wait4(id_, &status, 0, &used) != id_) { return; }
  ended_ = Ended{.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                 .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                 .peak_memory_bytes = used.ru_maxrss * 1024};
}

std::optional<std::string> find_program(std::string_view name) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders{std::string{path != nullptr ? path : ""} + ":/usr/sbin:/usr/local/sbin"};
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string file = (std::filesystem::path{folder} / name).string();
    if (::access(file.c_str(), X_OK) == 0) { return file; }
  }
  return std::nullopt;
}

}  // namespace test_support
