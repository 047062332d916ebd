// Runs `billcast WORDS` in this process, as its main does.
//
//  * `Outcome`   the exit code and what each stream was told
//  * `billcast`  with both streams apart, or as one
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/program.hpp"

namespace test_support {

struct Outcome {
  int code = 0;
  std::string out;
  std::string error;
};

inline Outcome billcast(const std::vector<std::string>& words) {
  Outcome outcome;
  const cli::Console console{.out = [&](std::string_view text) { outcome.out += text; },
                             .error = [&](std::string_view text) { outcome.error += text; }};
  outcome.code = cli::run_program(words, console);
  return outcome;
}

inline int billcast(const std::vector<std::string>& words, std::string& said) {
  const cli::Console console{.out = [&](std::string_view text) { said += text; },
                             .error = [&](std::string_view text) { said += text; }};
  return cli::run_program(words, console);
}

}  // namespace test_support
