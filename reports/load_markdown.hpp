// A load test for a pull request, a ticket or a page; GitHub-flavoured Markdown.
//
// Says what reports/load_text.hpp says, in the same order and words. Texts that come from files, servers and the
// command line are escaped.
#pragma once

#include <string>

#include "loadgen/summary.hpp"

namespace reports {

std::string to_markdown(const loadgen::LoadSummary& summary);

}  // namespace reports
