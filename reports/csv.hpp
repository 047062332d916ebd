// bill.csv: one record per bill line, with all digits, for spreadsheets and audits.
//
// RFC 4180: CRLF, quotes where needed. A text from a user's file that a spreadsheet would run as a formula (it begins
// with = + - @, a tab or a carriage return) gets a ' before it.
#pragma once

#include <string>

#include "reports/result.hpp"

namespace reports {

std::string to_csv(const Result& result);

}  // namespace reports
