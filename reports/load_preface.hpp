// What is said before a load test sends its first byte: who will be hit, how hard, and for how long.
//
// Example:
//   error(load_preface(plan));
//   // Sending 10,000 requests to http://127.0.0.1:8080/ (127.0.0.1:8080): POST, constant, 1000/s.
//   // That is 1,000/s on average and 1,000/s in the busiest second, for 10 s, over at most 256 connections. …
#pragma once

#include <string>

#include "loadgen/summary.hpp"

namespace reports {

// Lines of at most 100 columns, with what a terminal would obey taken out.
std::string load_preface(const loadgen::LoadPlanFacts& plan);

}  // namespace reports
