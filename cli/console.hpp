// What a program needs of its surroundings, handed in, so that a test can run the whole of it without a process.
#pragma once

#include <atomic>
#include <functional>
#include <string_view>

namespace cli {

struct Console {
  std::function<void(std::string_view)> out;    // the answer
  std::function<void(std::string_view)> error;  // complaints and progress
  bool colour = false;         // may the answer be coloured: a terminal reads it, and NO_COLOR is not set
  bool show_progress = false;  // a terminal reads `error`
  // Becomes true when the user wants to stop (SIGINT, SIGTERM).
  const std::atomic<bool>* interrupt = nullptr;
};

}  // namespace cli
