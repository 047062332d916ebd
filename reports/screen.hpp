// What `billcast run` prints: the answer on one screen. The details stand in `to_text` (reports/text.hpp), which
// `billcast report` prints, and in the files beside it.
//
// Verdict, options, bill by category, gates, matrix, answers, drills, and how much was assumed. Long lists are cut with
// a count. At most 100 columns wide.
#pragma once

#include <string>

#include "reports/result.hpp"
#include "reports/text_page.hpp"

namespace reports {

std::string to_screen(const Result& result, TextStyle style = {});

}  // namespace reports
