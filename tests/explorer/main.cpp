// Draws whole scenarios from seeds, with faults, and runs each with every check on; a failure is made smaller and
// printed with its seed.
//
//   explorer            200 scenarios from seed 1
//   explorer 10000      10,000 of them
//   explorer 1 4711     the scenario of seed 4711, with its text
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "tests/explorer/drawn_scenario.hpp"
#include "tests/explorer/trial.hpp"

namespace {

std::uint64_t argument(int count, char** words, int index, std::uint64_t otherwise) {
  if (index >= count) return otherwise;
  const std::string_view word{words[index]};
  std::uint64_t value = 0;
  const auto [end, flaw] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (flaw != std::errc{} || end != word.data() + word.size()) {
    fmt::print(stderr, "usage: explorer [RUNS [FIRST_SEED]], found '{}'\n", word);
    std::exit(2);
  }
  return value;
}

}  // namespace

int main(int count, char** words) {
  const std::uint64_t runs = argument(count, words, 1, 200);
  const std::uint64_t first = argument(count, words, 2, 1);
  const auto started = std::chrono::steady_clock::now();
  std::uint64_t failures = 0;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    if (runs == 1) fmt::print("{}\n", explorer::DrawnScenario{seed, {}}.text());
    const std::string wrong = explorer::try_out(seed, {});
    if (wrong.empty()) continue;
    ++failures;
    const explorer::Features left_out = explorer::shrink(seed);
    fmt::print("seed {}: {}\nsmaller: {}\n{}\n", seed, wrong, explorer::try_out(seed, left_out),
               explorer::DrawnScenario{seed, left_out}.text());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  fmt::print("explorer: {} scenarios from seed {}, {} broken, {:.0f} s\n", runs, first, failures, took.count());
  return failures == 0 ? 0 : 1;
}
