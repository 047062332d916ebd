// The whole report on a terminal: the verdict first, then each option, then what was assumed and how to get it again.
// `billcast report` prints it; `billcast run` prints its one screen (reports/screen.hpp).
//
// At most 100 columns wide, so that it fits beside something else. Amounts are to the cent and add up.
#pragma once

#include <string>

#include "decision/answers.hpp"
#include "reports/result.hpp"
#include "reports/text_page.hpp"

namespace reports {

std::string to_text(const Result& result, TextStyle style = {});

// The gates alone, as `billcast check --gates` prints them.
std::string gates_text(const decision::Answers& answers, TextStyle style);

}  // namespace reports
