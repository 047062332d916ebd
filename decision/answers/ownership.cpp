#include "decision/answers/ownership.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "decision/answers/ranking.hpp"
#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;

struct Column {
  std::string name;  // empty: the plan as a whole
  Tco tco;
  std::optional<ExitCost> exit;
  bool has_bill = false;
};

Column column_of(const std::string& name, const std::optional<TcoPlan>& shared, const std::optional<TcoPlan>& own,
                 const OptionFact* fact) {
  std::vector<TcoLine> lines;
  Column column{.name = name, .tco = {}, .exit = {}};
  for (const std::optional<TcoPlan>* plan : {&shared, &own}) {
    if (!*plan) continue;
    lines.insert(lines.end(), (*plan)->lines.begin(), (*plan)->lines.end());
    if ((*plan)->exit) column.exit = (*plan)->exit;
  }
  column.has_bill =
      std::any_of(lines.begin(), lines.end(), [](const TcoLine& line) { return line.part == TcoPart::inference; });
  if (!column.has_bill && fact != nullptr && fact->monthly_cost) {
    column.has_bill = true;
    lines.push_back({.name = "the bill", .recurring = true, .amount = *fact->monthly_cost});
    if (fact->one_time_cost && *fact->one_time_cost > Money{})
      lines.push_back({.name = "the bill, once", .amount = *fact->one_time_cost});
  }
  column.tco = make_tco(std::move(lines), shared ? shared->months : own->months);
  return column;
}

std::vector<Column> columns_of(const Questions& questions, const OptionFacts& options) {
  std::vector<Column> columns;
  std::optional<TcoPlan> shared = questions.tco;
  if (!shared) {
    // Options that say nothing of their own are compared over the months of those that do.
    const auto first = std::find_if(questions.options.begin(), questions.options.end(),
                                    [](const NamedOption& option) { return option.tco.has_value(); });
    if (first == questions.options.end()) return columns;
    shared = TcoPlan{.months = first->tco->months, .lines = {}, .exit = {}};
  }
  for (const OptionFact& option : options)
    columns.push_back(column_of(option.name, shared, option_named(questions, option.name).tco, &option));
  if (columns.empty()) columns.push_back(column_of("", shared, std::nullopt, nullptr));
  return columns;
}

Money inference(const Tco& tco) {
  const auto part = std::find_if(tco.parts.begin(), tco.parts.end(),
                                 [](const TcoShare& share) { return share.part == TcoPart::inference; });
  return part == tco.parts.end() ? Money{} : part->total();
}

Money of_part(const Tco& tco, TcoPart which) {
  const auto part =
      std::find_if(tco.parts.begin(), tco.parts.end(), [&](const TcoShare& share) { return share.part == which; });
  return part == tco.parts.end() ? Money{} : part->total();
}

// Cells to the cent that sum to the total to the cent: each is the difference of two rounded sums.
Table table_of(const std::vector<Column>& columns) {
  Table table{.alignment = "l", .rows = {{"over the horizon"}}};
  for (const Column& column : columns) {
    table.alignment += 'r';
    table.rows.front().push_back(column.name.empty() ? "cost" : column.name);
  }
  std::vector<Money> sums(columns.size());
  for (int index = 0; index <= static_cast<int>(TcoPart::exit); ++index) {
    const auto part = static_cast<TcoPart>(index);
    const bool is_used = std::any_of(columns.begin(), columns.end(), [&](const Column& column) {
      return std::any_of(column.tco.parts.begin(), column.tco.parts.end(),
                         [&](const TcoShare& share) { return share.part == part; });
    });
    if (!is_used) continue;
    std::string word{word_of(part)};
    std::replace(word.begin(), word.end(), '_', ' ');
    std::vector<std::string> cells{std::move(word)};
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const Money before = sums[k].rounded(2);
      sums[k] += of_part(columns[k].tco, part);
      const bool is_unknown = part == TcoPart::inference && !columns[k].has_bill;
      cells.push_back(is_unknown ? "not known" : amount(sums[k].rounded(2) - before));
    }
    table.rows.push_back(std::move(cells));
  }
  const auto add = [&](std::string name, const auto& money_of_column) {
    std::vector<std::string> cells{std::move(name)};
    for (const Column& column : columns) cells.push_back(money_of_column(column));
    table.rows.push_back(std::move(cells));
  };
  add("total", [](const Column& c) { return amount(c.tco.total()); });
  add("of it once", [](const Column& c) { return amount(c.tco.one_time); });
  add("of it recurring", [](const Column& c) { return amount(c.tco.recurring); });
  add("first month, in cash", [](const Column& c) { return amount(c.tco.cash.front()); });
  add("first month, amortised", [](const Column& c) { return amount(c.tco.amortised.front()); });
  const auto leaves = [](const Column& c) { return c.exit.has_value(); };
  if (std::any_of(columns.begin(), columns.end(), leaves))
    add("leaving, not in the total", [](const Column& c) { return c.exit ? amount(c.exit->known()) : "-"; });
  return table;
}

Curve curve_of(const std::vector<Column>& columns) {
  Curve curve{.title = "Cost so far", .x = "month", .y = "$"};
  for (const Column& column : columns) {
    const auto add = [&](std::string_view how, const std::vector<Money>& months) {
      Series series{.name = column.name.empty() ? std::string{how} : fmt::format("{}, {}", column.name, how)};
      Money sum;
      for (std::size_t month = 0; month < months.size(); ++month) {
        sum += months[month];
        series.x.push_back(static_cast<double>(month + 1));
        series.y.push_back(as_double(sum));
      }
      curve.series.push_back(std::move(series));
    };
    add("cash", column.tco.cash);
    add("amortised", column.tco.amortised);
  }
  return curve;
}

void say_owner(const std::string& whose, const TcoLine& line, Answer& answer) {
  if (line.owner.empty()) return;
  answer.sentences.push_back(fmt::format("{}: {}, {}{}, answered for by {}.", whose, line.name, amount(line.amount),
                                         line.recurring ? " a month" : " once", line.owner));
}

// The first lines of every column are the shared ones, which are said once.
void say(const Column& column, std::size_t shared_lines, Answer& answer) {
  const Tco& tco = column.tco;
  const std::string name = column.name.empty() ? "The plan" : column.name;
  std::string words = fmt::format("{} costs {} over {} months, {} of it once", name, amount(tco.total()), tco.months,
                                  amount(tco.one_time));
  if (column.has_bill && tco.total() > Money{}) {
    words += fmt::format("; the bill is {} of it", percent_text(share_of(inference(tco), tco.total()), 1));
  }
  answer.sentences.push_back(words + ".");
  if (!column.has_bill) {
    answer.sentences.push_back(fmt::format("Asked for: what {} costs to serve. Its total is without inference.", name));
  }
  for (std::size_t i = shared_lines; i < tco.lines.size(); ++i) say_owner(name, tco.lines[i], answer);
  if (tco.not_written_off > Money{}) {
    answer.sentences.push_back(
        fmt::format("{}: {} are not yet written off after {} months.", name, amount(tco.not_written_off), tco.months));
  }
  if (!column.exit) return;
  answer.sentences.push_back(fmt::format(
      "Leaving {} costs {}: {} of egress and {} days of tuning for the next; {}.", name, amount(column.exit->known()),
      amount(column.exit->egress), figure(column.exit->retuning_days, 1),
      column.exit->price_risk ? fmt::format("with {} for a change of price", amount(*column.exit->price_risk))
                              : "a change of price comes on top, and nobody has put a figure to it"));
}

// Which costs least in all, and whether the bill alone would have said so.
void compare(const std::vector<Column>& columns, Answer& answer) {
  const auto is_partial = [](const Column& column) { return !column.has_bill; };
  if (columns.size() < 2 || std::any_of(columns.begin(), columns.end(), is_partial)) return;
  const auto in_all = std::min_element(columns.begin(), columns.end(),
                                       [](const Column& a, const Column& b) { return a.tco.total() < b.tco.total(); });
  const auto by_bill = std::min_element(columns.begin(), columns.end(), [](const Column& a, const Column& b) {
    return inference(a.tco) < inference(b.tco);
  });
  answer.sentences.push_back(
      in_all == by_bill
          ? fmt::format("{} costs least in all, and by its bill alone.", in_all->name)
          : fmt::format("{} costs least in all; by the bill alone it would be {}.", in_all->name, by_bill->name));
}

}  // namespace

std::optional<Answer> answer_tco(const Questions& questions, const OptionFacts& options) {
  const std::vector<Column> columns = columns_of(questions, options);
  if (columns.empty()) return std::nullopt;
  Answer answer{.section = "tco", .table = table_of(columns), .curves = {curve_of(columns)}};
  compare(columns, answer);
  const std::size_t shared_lines = questions.tco ? questions.tco->lines.size() : 0;
  for (const Column& column : columns) {
    const std::string whose = column.name.empty() ? "" : column.name + ": ";
    const Tco& tco = column.tco;
    for (const TcoShare& share : tco.parts)
      answer.figures.push_back({whose + std::string{word_of(share.part)}, in_dollars(share.total()), "$"});
    answer.figures.push_back({whose + "total", in_dollars(tco.total()), "$"});
    answer.figures.push_back({whose + "one_time", in_dollars(tco.one_time), "$"});
    answer.figures.push_back({whose + "recurring", in_dollars(tco.recurring), "$"});
    if (column.exit) answer.figures.push_back({whose + "leaving", in_dollars(column.exit->known()), "$"});
    say(column, shared_lines, answer);
  }
  if (!questions.tco) return answer;
  for (const TcoLine& line : questions.tco->lines)
    say_owner(columns.size() > 1 ? "Every option" : "The plan", line, answer);
  return answer;
}

}  // namespace decision
