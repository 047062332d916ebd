// JSON for people: two spaces a level, and what fits a line on one line.
#pragma once

#include <cstddef>
#include <string>

#include <boost/json/value.hpp>

namespace reports {

// `indent`: of the line that it begins on.
std::string json_text(const boost::json::value& value, std::size_t indent = 0);

}  // namespace reports
