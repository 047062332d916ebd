// bill.csv: one record per bill line, with all digits, for spreadsheets and audits.
//
// RFC 4180: CRLF, quotes where needed. A text from a user's file that a spreadsheet would run as a formula (it begins
// with = + - @, a tab or a carriage return) gets a ' before it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "reports/result.hpp"

namespace reports {

std::string to_csv(const Result& result);

// What other files of this kind are made of: a text as a cell, and cells as a record.
std::string csv_text(std::string_view text);
void append_csv_record(std::string& csv, std::initializer_list<std::string> cells);

}  // namespace reports
