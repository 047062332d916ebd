#include "reports/answers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace reports {
namespace {

using core::Quantity;

std::string margin_words(const decision::GateResult& gate) {
  if (!gate.measured) return "-";
  return fmt::format("{}{}", gate.margin > Quantity{} ? "+" : "", decision::figure(gate.margin));
}

// Thousands grouped, up to three decimals, dollars to the cent; what a Quantity cannot hold as it comes. The unit
// stands in the head.
std::string value_words(double value, std::string_view unit) {
  if (!(std::abs(value) < 1e15)) return fmt::format("{:g}", value);
  if (unit.starts_with('$')) return decision::amount(core::Money::parse(fmt::format("{:.2f}", value)));
  return decision::figure(Quantity::parse(fmt::format("{:.3f}", value)));
}

AnswerBlock gates_block(const decision::OptionGates& option) {
  const decision::GateVerdict& verdict = option.verdict;
  AnswerBlock block{.heading = "Gates", .of = option.option, .flexible = 5};
  block.lines.push_back(verdict.reason);
  if (!verdict.fallback.empty()) block.lines.push_back("Instead: " + verdict.fallback + ".");
  for (const std::string& name : verdict.asks) block.lines.push_back(fmt::format("Asked for: {}.", name));
  for (const std::string& note : verdict.notes) block.lines.push_back(note);
  if (verdict.results.empty()) return block;
  block.alignment = "lllrll";
  block.rows = {{"gate", "value", "needed", "margin", "outcome", "source"}};
  for (const decision::GateResult& result : verdict.results) {
    const decision::Gate& gate = result.gate;
    std::string name = gate.percentile.empty() ? gate.key : fmt::format("{} ({})", gate.key, gate.percentile);
    if (gate.key == verdict.deciding) name += " *";
    block.rows.push_back(
        {std::move(name), result.measured ? result.measured->text() : "not given", gate.text(), margin_words(result),
         fmt::format("{}{}{}", gate.hard ? "" : "soft, ", word_of(result.outcome), result.boundary ? ", boundary" : ""),
         gate.source});
  }
  if (!verdict.deciding.empty()) block.lines.emplace_back("* decided");
  return block;
}

// A row for each criterion and a column for each option, for options are few.
AnswerBlock matrix_block(const decision::MatrixTable& matrix) {
  AnswerBlock block{.heading = "Matrix", .alignment = "ll", .rows = {{"criterion", "weight"}}};
  for (const decision::MatrixRow& row : matrix.rows) {
    block.rows.front().push_back(row.name);
    block.alignment += 'r';
  }
  for (std::size_t i = 0; i < matrix.criteria.size(); ++i) {
    const decision::Criterion& criterion = matrix.criteria[i];
    std::vector<std::string> cells{fmt::format("{}, {}", criterion.name, criterion.unit)};
    cells.push_back(fmt::format("{:.3g}", i < matrix.weights.size() ? matrix.weights[i] : criterion.weight));
    for (const decision::MatrixRow& row : matrix.rows) {
      const bool is_known = i < row.values.size() && row.values[i];
      std::string cell = is_known ? value_words(*row.values[i], criterion.unit) : "unknown";
      if (is_known && i < row.parts.size()) cell += fmt::format(" ({:.2f})", row.parts[i]);
      cells.push_back(std::move(cell));
    }
    block.rows.push_back(std::move(cells));
  }
  if (!matrix.weights.empty()) {
    const auto add = [&](const char* name, double decision::MatrixRow::*value) {
      std::vector<std::string> cells{name, ""};
      for (const decision::MatrixRow& row : matrix.rows) cells.push_back(fmt::format("{:.3f}", row.*value));
      block.rows.push_back(std::move(cells));
    };
    add("score", &decision::MatrixRow::score);
    add("TOPSIS", &decision::MatrixRow::closeness);
    add("regret (less is better)", &decision::MatrixRow::regret);
    std::vector<std::string> cells{"first of all weightings", ""};
    for (const decision::MatrixRow& row : matrix.rows)
      cells.push_back(row.acceptability ? fmt::format("{:.1f} %", 100 * *row.acceptability) : "-");
    block.rows.push_back(std::move(cells));
  }
  if (matrix.winners.size() == 1) {
    block.lines.push_back(fmt::format("{} ranks first, {:.3f} ahead{}.", matrix.winners.front(), matrix.margin,
                                      matrix.agree ? "; TOPSIS and minimax regret agree" : ""));
  } else if (!matrix.winners.empty()) {
    block.lines.push_back(fmt::format("{} tie.", decision::listing(matrix.winners)));
  }
  block.lines.insert(block.lines.end(), matrix.notes.begin(), matrix.notes.end());
  return block;
}

// Every option with its values; who dominates whom stands in the sentences below.
AnswerBlock frontier_block(const decision::Frontier& frontier) {
  AnswerBlock block{.heading = "Frontier", .alignment = "l", .rows = {{"option"}}};
  for (const decision::Axis& axis : frontier.axes) {
    block.rows.front().push_back(
        fmt::format("{} ({})", axis.label(), axis.better == decision::Direction::lower ? "min" : "max"));
    block.alignment += 'r';
  }
  for (const decision::Placed& placed : frontier.options) {
    std::vector<std::string> cells{placed.name};
    for (std::size_t i = 0; i < std::min(frontier.axes.size(), placed.values.size()); ++i) {
      const std::optional<double>& value = placed.values[i];
      cells.push_back(value ? value_words(*value, frontier.axes[i].unit) : "unknown");
    }
    block.rows.push_back(std::move(cells));
    block.lines.push_back(placed.sentence() + ".");
  }
  return block;
}

// A key that billcast made, not a name that somebody gave.
std::string as_words(std::string key) {
  if (key.find(' ') == std::string::npos) std::replace(key.begin(), key.end(), '_', ' ');
  return key;
}

bool is_currency(std::string_view unit) {
  return unit.size() == 3 && std::all_of(unit.begin(), unit.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string heading_of(std::string section) {
  constexpr std::array<std::string_view, 4> acronyms{"fx", "kpi", "star", "tco"};
  if (std::find(acronyms.begin(), acronyms.end(), section) != acronyms.end()) return upper_case(std::move(section));
  std::replace(section.begin(), section.end(), '_', ' ');
  section.replace(0, 1, upper_case(section.substr(0, 1)));
  return section;
}

}  // namespace

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

std::pair<std::string, std::string> figure_words(const decision::Figure& figure) {
  // "deep_model: cloud_once": what stands before the colon is the name of an option.
  const std::size_t colon = figure.name.rfind(": ");
  const std::size_t at = colon == std::string::npos ? 0 : colon + 2;
  std::string name = figure.name.substr(0, at) + as_words(figure.name.substr(at));
  const std::string& unit = figure.unit;
  if (is_currency(unit)) return {std::move(name), decision::amount(decision::money_of(figure.value), unit)};
  if (unit.starts_with('$')) {
    std::string words = decision::small_amount(decision::money_of(figure.value));
    if (unit.starts_with("$/")) words += " a " + unit.substr(2);
    return {std::move(name), std::move(words)};
  }
  std::string words = decision::figure(figure.value);
  if (!unit.empty()) words += " " + unit;
  return {std::move(name), std::move(words)};
}

std::vector<AnswerBlock> answer_blocks(const decision::Answers& answers) {
  std::vector<AnswerBlock> blocks;
  for (const decision::OptionGates& option : answers.gates) blocks.push_back(gates_block(option));
  if (answers.matrix) blocks.push_back(matrix_block(*answers.matrix));
  if (answers.frontier) blocks.push_back(frontier_block(*answers.frontier));
  for (const decision::Answer& answer : answers.sections) {
    // Names in the first column stay whole where words in the last can give way.
    const std::string& sides = answer.table.alignment;
    const bool ends_in_words = sides.size() > 1 && sides.back() == 'l';
    blocks.push_back({.heading = heading_of(answer.section),
                      .of = answer.of,
                      .alignment = sides,
                      .flexible = ends_in_words ? sides.size() - 1 : 0,
                      .rows = answer.table.rows,
                      .lines = answer.sentences});
  }
  return blocks;
}

}  // namespace reports
