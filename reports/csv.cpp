#include "reports/csv.hpp"

#include <fmt/format.h>

#include "reports/bill_view.hpp"

namespace reports {
namespace {

std::string quoted(std::string_view cell) {
  if (cell.find_first_of("\",\r\n") == std::string_view::npos) return std::string{cell};
  std::string text{"\""};
  for (const char c : cell) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

std::string digits(const std::optional<core::Money>& money) { return money ? money->to_string() : ""; }

void append_bill(std::string& csv, const OptionReport& option, const pricing::Bill& bill) {
  for (const pricing::BillLine& line : bill.lines) {
    append_csv_record(
        csv, {csv_text(option.name), csv_text(bill.period), csv_text(line.category), csv_text(line.item),
              line.quantity.to_string(), csv_text(line.unit), digits(line.unit_price),
              line.amount ? digits(line.amount) : "unpriced",
              line.frequency == pricing::Frequency::recurring ? "recurring" : "one_time", csv_text(line.driver),
              csv_text(price_row(line)), csv_text(line.source ? line.source->url : ""),
              csv_text(line.source ? line.source->retrieved : ""), csv_text(line.note)});
  }
}

}  // namespace

std::string csv_text(std::string_view text) {
  const bool formula = !text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos;
  return quoted(formula ? fmt::format("'{}", text) : std::string{text});
}

void append_csv_record(std::string& csv, std::initializer_list<std::string> cells) {
  std::string_view separator;
  for (const std::string& cell : cells) {
    csv += separator;
    csv += cell;
    separator = ",";
  }
  csv += "\r\n";
}

std::string to_csv(const Result& result) {
  std::string csv;
  append_csv_record(csv, {"option", "period", "category", "item", "quantity", "unit", "unit_price", "amount",
                          "frequency", "driver", "price_row", "source", "retrieved", "note"});
  for (const OptionReport& option : result.options) {
    for (const pricing::Bill& bill : option.bills) append_bill(csv, option, bill);
    append_bill(csv, option, option.one_time);
  }
  return csv;
}

}  // namespace reports
