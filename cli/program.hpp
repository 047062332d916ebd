// billcast, the program: its arguments in, an exit code out.
//
// Exit codes: 0 done, 1 our fault, 2 the user's input, 3 a gate failed, 4 a load test's own generator was late (its
// figures are no measurement), 130 interrupted with what was done kept. A fault of the input is one line on the error
// stream, and nothing half-written is left.
#pragma once

#include <string>
#include <vector>

#include "cli/console.hpp"

namespace cli {

enum ExitCode : int {
  exit_done = 0,
  exit_our_fault = 1,
  exit_users_input = 2,
  exit_gate_failed = 3,
  exit_invalid = 4,
  exit_interrupted = 130
};

// `arguments` without the program's own name.
int run_program(const std::vector<std::string>& arguments, const Console& console);

}  // namespace cli
