#include "reports/bill_view.hpp"

#include <algorithm>

namespace reports {
namespace {

bool same_kind(const pricing::BillLine& a, const pricing::BillLine& b) {
  return a.category == b.category && a.item == b.item && a.unit == b.unit && a.driver == b.driver &&
         a.source == b.source && a.note == b.note;
}

void add(pricing::BillLine& sum, const pricing::BillLine& line) {
  sum.quantity += line.quantity;
  if (sum.unit_price != line.unit_price) sum.unit_price.reset();  // differs from period to period
  // One unpriced part makes the sum unknown: a partial amount would look like the whole.
  if (sum.amount && line.amount) *sum.amount += *line.amount;
  else sum.amount.reset();
}

}  // namespace

std::vector<std::optional<core::Money>> in_cents(const std::vector<pricing::BillLine>& lines) {
  std::vector<std::optional<core::Money>> shown;
  core::Money sum;
  core::Money printed;
  for (const pricing::BillLine& line : lines) {
    if (!line.amount) {
      shown.emplace_back();
      continue;
    }
    sum += *line.amount;
    shown.emplace_back(sum.rounded(2) - printed);
    printed = sum.rounded(2);
  }
  return shown;
}

std::vector<pricing::BillLine> merged_lines(const std::vector<pricing::Bill>& bills, pricing::Frequency frequency) {
  std::vector<pricing::BillLine> merged;
  for (const pricing::Bill& bill : bills) {
    // A bill may hold equal lines of its own; they are added up as well.
    for (const pricing::BillLine& line : bill.lines) {
      if (line.frequency != frequency) continue;
      const auto known =
          std::find_if(merged.begin(), merged.end(), [&](const pricing::BillLine& m) { return same_kind(m, line); });
      if (known == merged.end()) merged.push_back(line);
      else add(*known, line);
    }
  }
  return merged;
}

std::string price_row(const pricing::BillLine& line) {
  if (!line.source) return line.unit_price || line.amount ? "scenario" : "";
  std::string row = line.source->table + "/" + line.source->sku;
  if (!line.source->offer.empty()) row += "/" + line.source->offer;
  return row;
}

}  // namespace reports
