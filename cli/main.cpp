// The process around the program: arguments, streams, the interrupt key.

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "cli/program.hpp"

namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

void on_interrupt(int) {
  // The first stops at the next full hour and keeps what is done; the second is in a hurry.
  interrupted = true;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

void write_to(std::FILE* file, std::string_view text) { std::fwrite(text.data(), 1, text.size(), file); }

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  const cli::Console console{
      .out = [](std::string_view text) { write_to(stdout, text); },
      // The answer first, so that the two stay in order where they go to the same place.
      .error =
          [](std::string_view text) {
            std::fflush(stdout);
            write_to(stderr, text);
          },
      .colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr,
      .show_progress = isatty(STDERR_FILENO) != 0,
      .interrupt = &interrupted,
  };
  const int code = cli::run_program(std::vector<std::string>(argv + 1, argv + argc), console);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::perror("billcast: cannot write the answer");
    return code == cli::exit_done ? cli::exit_users_input : code;
  }
  return code;
}
