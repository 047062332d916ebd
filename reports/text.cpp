#include "reports/text.hpp"

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/words.hpp"
#include "reports/bill_view.hpp"
#include "reports/phrases.hpp"
#include "reports/table.hpp"

namespace reports {
namespace {

constexpr std::size_t columns = 100;
constexpr std::size_t assumptions_shown = 6;

class TextReport {
 public:
  TextReport(const Result& result, TextStyle style) : result_{result}, style_{style} {}

  std::string text() {
    out_ += wrapped(plain(title(result_)), 0, columns);
    if (const std::string state = state_of_run(result_); !state.empty()) painted(red, wrapped(state, 0, columns));
    verdict();
    overview();
    for (const OptionReport& option : result_.options) describe(option);
    assumptions();
    list("WARNINGS", result_.about.warnings);
    list("NOTES", result_.notes);
    heading("REPRODUCE");
    out_ += "  " + plain(reproduce(result_)) + '\n';  // one line, however long: it is there to be pasted
    out_ += fmt::format("  scenario sha256 {}\n", plain(result_.about.scenario_sha256));
    return std::move(out_);
  }

 private:
  static constexpr std::string_view bold = "\x1b[1m";
  static constexpr std::string_view red = "\x1b[31m";
  static constexpr std::string_view green = "\x1b[32m";

  void painted(std::string_view colour, const std::string& lines) {
    if (!style_.colour) {
      out_ += lines;
      return;
    }
    out_ += colour;
    out_.append(lines, 0, lines.size() - 1);
    out_ += "\x1b[0m\n";
  }

  void heading(const std::string& words) {
    out_ += '\n';
    painted(bold, words + '\n');
  }

  std::string_view currency() const { return result_.about.currency; }

  std::string optional_amount(const std::optional<core::Money>& money) const {
    return money ? decision::small_amount(*money, currency()) : "-";
  }

  void verdict() {
    heading("VERDICT");
    painted(bold, wrapped(plain(result_.verdict.headline), 2, columns));
    for (const std::string& reason : result_.verdict.reasons) out_ += wrapped(plain(reason), 2, columns, "- ");
  }

  void overview() {
    heading("OPTIONS");
    Table table{"lrrrrrrl", 0};
    table.row({"", "a month", "once", "1k answers", "1M tokens", "daily user", "p95", "targets"});
    for (const OptionReport& o : result_.options) {
      table.row(
          {plain(o.name), monthly_words(o.monthly, currency()), decision::amount(o.one_time.total(), currency()),
           optional_amount(o.unit_costs.per_thousand_answered_requests),
           optional_amount(o.unit_costs.per_million_output_tokens), optional_amount(o.unit_costs.per_daily_user_month),
           o.latency.count == 0 ? "-" : core::format_duration(core::Duration{o.latency.p95_ns}), targets_summary(o)});
    }
    out_ += table.text(2, columns);
  }

  void bill(const std::string& words, const std::vector<pricing::BillLine>& lines) {
    if (lines.empty()) return;
    out_ += "  " + plain(words) + '\n';
    Table table{"llrlrr", 1};
    const std::vector<std::optional<core::Money>> cents = in_cents(lines);
    core::Money total;
    bool complete = true;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const pricing::BillLine& line = lines[i];
      table.row({plain(line.category), plain(line.item), quantity_words(line.quantity), plain(line.unit),
                 price_words(line, currency()), cents[i] ? decision::amount(*cents[i], currency()) : "unpriced"});
      if (cents[i]) total += *cents[i];
      else complete = false;
    }
    table.row({"total", complete ? "" : "without what is unpriced", "", "", "", decision::amount(total, currency())});
    out_ += table.text(4, columns);
  }

  void bills(const OptionReport& option) {
    std::string words = "recurring, " + (option.bills.empty() ? std::string{} : option.bills.front().period);
    if (option.bills.size() > 1) words += " to " + option.bills.back().period;
    bill(words, merged_lines(option.bills, pricing::Frequency::recurring));
    if (option.bills.size() > 1) {
      std::string periods = "of which ";
      for (std::size_t i = 0; i < option.bills.size(); ++i) {
        const core::Money total = option.bills[i].total(pricing::Frequency::recurring);
        periods +=
            fmt::format("{}{} {}", i == 0 ? "" : ", ", option.bills[i].period, decision::amount(total, currency()));
      }
      out_ += wrapped(plain(periods), 4, columns);
    }
    bill("one-time", merged_lines({option.one_time}, pricing::Frequency::one_time));
  }

  void times(std::string_view name, const Distribution& distribution, Table& table) {
    if (distribution.count == 0) return;
    std::vector<std::string> names{""};
    std::vector<std::string> values{std::string{name}};
    for (const auto& [key, value] : percentiles(distribution)) {
      names.push_back(key);
      values.push_back(value);
    }
    if (table.empty()) table.row(std::move(names));
    table.row(std::move(values));
  }

  void describe(const OptionReport& option) {
    heading(fmt::format("{} ({})", plain(option.name), plain(option.kind)));
    bills(option);
    Table table{"lrrrrrrr", 0};
    times("latency", option.latency, table);
    if (option.time_to_first_token) times("first token", *option.time_to_first_token, table);
    if (option.wait.max_ns > 0) times("wait", option.wait, table);
    out_ += table.text(2, columns);
    for (const decision::SloCheck& check : option.slo_checks) {
      painted(check.held == decision::Held::yes ? green : red, wrapped(target_words(check), 2, columns, "target: "));
    }
    if (option.budget) {
      painted(option.budget->within() ? green : red,
              wrapped(budget_words(*option.budget, currency()), 2, columns, "budget: "));
    }
    out_ += wrapped(outcome_words(option.usage), 2, columns, "requests: ");
    if (const std::string fleet = fleet_words(option); !fleet.empty()) out_ += wrapped(fleet, 2, columns, "fleet: ");
  }

  void assumptions() {
    const std::vector<std::string> main = main_assumptions(result_, assumptions_shown);
    if (main.empty()) return;
    heading("ASSUMPTIONS");
    out_ +=
        wrapped(assumption_count(result_) + " went into this; all of them stand in report.md. Among them:", 2, columns);
    for (const std::string& line : main) out_ += wrapped(plain(line), 2, columns, "- ");
  }

  void list(const std::string& words, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    heading(words);
    for (const std::string& line : lines) out_ += wrapped(plain(line), 2, columns, "- ");
  }

  const Result& result_;
  TextStyle style_;
  std::string out_;
};

}  // namespace

std::string to_text(const Result& result, TextStyle style) { return TextReport{result, style}.text(); }

}  // namespace reports
