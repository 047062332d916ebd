// A load test on a terminal: the verdict first, then latencies, outcomes, and how faithful the generator was.
//
// At most 100 columns wide but for the command to repeat it, which is one line to be pasted.
#pragma once

#include <string>

#include "loadgen/summary.hpp"
#include "reports/text_page.hpp"

namespace reports {

std::string to_text(const loadgen::LoadSummary& summary, TextStyle style = {});

}  // namespace reports
