// report.md: the whole report for a repository, a ticket or a page; GitHub-flavoured Markdown.
//
// Texts that come from files are escaped: a pipe in an option's name stays in its cell, and no tag gets through.
#pragma once

#include <string>
#include <string_view>

#include "reports/result.hpp"

namespace reports {

std::string to_markdown(const Result& result);

// \ | < > ` * [ ] # & escaped, line breaks as blanks.
std::string markdown_escaped(std::string_view text);

}  // namespace reports
