#include "reports/overview.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/words.hpp"
#include "reports/bill_view.hpp"
#include "reports/phrases.hpp"

namespace reports {
namespace {

std::string optional_amount(const std::optional<core::Money>& money, std::string_view currency) {
  return money ? decision::small_amount(*money, currency) : "-";
}

// Of one option: an amount for each category, in the order of its bill.
struct CategorySum {
  std::string category;
  core::Money amount{};
  bool complete = true;
};

std::vector<CategorySum> by_category(const OptionReport& option) {
  const std::vector<pricing::BillLine> lines = merged_lines(option.bills, pricing::Frequency::recurring);
  const std::vector<std::optional<core::Money>> cents = in_cents(lines);
  std::vector<CategorySum> sums;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto same = [&](const CategorySum& sum) { return sum.category == lines[i].category; };
    auto sum = std::find_if(sums.begin(), sums.end(), same);
    if (sum == sums.end()) sum = sums.insert(sums.end(), {lines[i].category});
    if (cents[i]) sum->amount += *cents[i];
    else sum->complete = false;
  }
  return sums;
}

std::string sum_words(const CategorySum& sum, std::string_view currency) {
  if (sum.complete) return decision::amount(sum.amount, currency);
  return sum.amount == core::Money{} ? "unpriced" : decision::amount(sum.amount, currency) + " + unpriced";
}

}  // namespace

Table options_table(const Result& result) {
  const std::string& currency = result.about.currency;
  Table table{"lrrrrrrl", 0};
  table.row({"", "a month", "once", "1k answers", "1M tokens", "daily user", "p95", "targets"});
  for (const OptionReport& o : result.options) {
    table.row({plain(o.name), monthly_words(o.monthly, currency), decision::amount(o.one_time.total(), currency),
               optional_amount(o.unit_costs.per_thousand_answered_requests, currency),
               optional_amount(o.unit_costs.per_million_output_tokens, currency),
               optional_amount(o.unit_costs.per_daily_user_month, currency),
               o.latency.count == 0 ? "-" : core::format_duration(core::Duration{o.latency.p95_ns}),
               targets_summary(o)});
  }
  return table;
}

Table drills_table(const Result& result) {
  Table table{"llllrr", 0};
  table.row({"", "", "objectives", "recovered", "lost more", "extra cost"});
  for (const DrillReport& drill : result.drills) {
    std::string name = plain(drill.name);
    for (const DrillOutcome& outcome : drill.options) {
      std::vector<std::string> cells = drill_cells(outcome, result.about.currency);
      cells.front() = plain(cells.front());
      cells.insert(cells.begin(), std::exchange(name, ""));
      table.row(std::move(cells));
    }
  }
  return table;
}

Table categories_table(const Result& result) {
  const std::string& currency = result.about.currency;
  std::vector<std::vector<CategorySum>> sums;
  std::vector<std::string> categories;
  for (const OptionReport& option : result.options) {
    sums.push_back(by_category(option));
    for (const CategorySum& sum : sums.back()) {
      if (std::find(categories.begin(), categories.end(), sum.category) == categories.end()) {
        categories.push_back(sum.category);
      }
    }
  }
  Table table{"l" + std::string(result.options.size(), 'r'), 0};
  if (categories.empty()) return table;
  std::vector<std::string> head{""};
  for (const OptionReport& option : result.options) head.push_back(plain(option.name));
  table.row(std::move(head));
  std::vector<CategorySum> totals(sums.size());
  for (const std::string& category : categories) {
    std::vector<std::string> cells{plain(category)};
    for (std::size_t k = 0; k < sums.size(); ++k) {
      const auto is_it = [&](const CategorySum& sum) { return sum.category == category; };
      const auto sum = std::find_if(sums[k].begin(), sums[k].end(), is_it);
      cells.push_back(sum == sums[k].end() ? "" : sum_words(*sum, currency));
      if (sum == sums[k].end()) continue;
      totals[k].amount += sum->amount;
      totals[k].complete = totals[k].complete && sum->complete;
    }
    table.row(std::move(cells));
  }
  std::vector<std::string> cells{"total"};
  for (const CategorySum& total : totals) cells.push_back(sum_words(total, currency));
  table.row(std::move(cells));
  return table;
}

Table gates_table(const decision::Answers& answers) {
  std::vector<const decision::OptionGates*> options;
  for (const decision::OptionGates& option : answers.gates) {
    if (!option.option.empty()) options.push_back(&option);
  }
  // Sources give way before names and figures.
  Table table{"ll" + std::string(options.size(), 'r') + "l", options.size() + 2};
  std::vector<const decision::Gate*> gates;
  std::vector<std::string> head{"gate", "needed"};
  for (const decision::OptionGates* option : options) {
    head.push_back(plain(option->option));
    for (const decision::GateResult& result : option->verdict.results) {
      const auto same = [&](const decision::Gate* gate) { return gate->key == result.gate.key; };
      if (std::none_of(gates.begin(), gates.end(), same)) gates.push_back(&result.gate);
    }
  }
  if (gates.empty()) return table;
  head.emplace_back("source");
  table.row(std::move(head));
  for (const decision::Gate* gate : gates) {
    std::vector<std::string> cells{
        gate->percentile.empty() ? gate->key : fmt::format("{} ({})", gate->key, gate->percentile), gate->text()};
    for (const decision::OptionGates* option : options) {
      const std::vector<decision::GateResult>& results = option->verdict.results;
      const auto it = std::find_if(results.begin(), results.end(),
                                   [&](const decision::GateResult& r) { return r.gate.key == gate->key; });
      if (it == results.end()) {
        cells.emplace_back("");
        continue;
      }
      std::string cell = it->measured ? it->measured->text() : "not given";
      if (it->outcome != decision::GateOutcome::pass) cell += fmt::format(" {}", word_of(it->outcome));
      if (option->verdict.deciding == gate->key) cell += " *";
      cells.push_back(std::move(cell));
    }
    cells.push_back(plain(gate->source) + (gate->hard ? "" : " (soft)"));
    table.row(std::move(cells));
  }
  return table;
}

}  // namespace reports
