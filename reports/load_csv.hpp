// The latency rows of a load test as CSV, one record per metric and part of the run, in whole nanoseconds.
//
// As reports/csv.hpp: RFC 4180, and no text that a spreadsheet would run as a formula.
#pragma once

#include <string>

#include "loadgen/summary.hpp"

namespace reports {

std::string to_csv(const loadgen::LoadSummary& summary);

}  // namespace reports
