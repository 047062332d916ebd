// Measures rates fairly on a shared machine.
//
//  * `in_turns`    runs the contestants one after another, several rounds, so that a neighbour disturbs them all alike
//  * `print`       each one's best and spread, and its ratio to the first
//
// CPU time of the thread, not wall time; the best round, for noise only ever adds. The rounds' spread is printed beside
// it.
#pragma once

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

namespace bench {

inline double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

inline long peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;  // Linux counts in KiB
}

struct Contestant {
  std::string name;
  std::function<double()> run;  // returns how many requests it did
  std::vector<double> per_second{};
  double best() const { return *std::max_element(per_second.begin(), per_second.end()); }
  double worst() const { return *std::min_element(per_second.begin(), per_second.end()); }
};

inline void in_turns(std::vector<Contestant>& contestants, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    for (Contestant& contestant : contestants) {
      const double begin = cpu_seconds();
      const double requests = contestant.run();
      contestant.per_second.push_back(requests / (cpu_seconds() - begin));
    }
  }
}

inline void print(const std::vector<Contestant>& contestants) {
  for (const Contestant& c : contestants) {
    fmt::print("bench {:<34} requests_per_cpu_second {:>12.0f}  {:6.1f} ns each  spread {:4.1f} %  {:.2f} × {}\n",
               c.name, c.best(), 1e9 / c.best(), 100 * (1 - c.worst() / c.best()),
               c.best() / contestants.front().best(), contestants.front().name);
  }
}

}  // namespace bench
