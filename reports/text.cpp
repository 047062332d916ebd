#include "reports/text.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/words.hpp"
#include "reports/answers.hpp"
#include "reports/bill_view.hpp"
#include "reports/block_pages.hpp"
#include "reports/overview.hpp"
#include "reports/phrases.hpp"
#include "reports/table.hpp"

namespace reports {
namespace {

constexpr std::size_t assumptions_shown = 6;

class TextReport {
 public:
  TextReport(const Result& result, TextStyle style) : result_{result}, page_{style} {}

  std::string text() {
    page_.paragraph(title(result_), 0);
    if (const std::string state = state_of_run(result_); !state.empty()) page_.paragraph(state, 0, TextPage::red);
    page_.list("LIMITS", broken_limits(result_));
    verdict();
    answers();
    if (was_simulated(result_)) overview();
    drills();
    for (const OptionReport& option : result_.options) describe(option);
    assumptions();
    page_.list("WARNINGS", result_.about.warnings);
    page_.list("NOTES", result_.notes);
    page_.heading("REPRODUCE");
    page_.verbatim(reproduce(result_));
    page_.verbatim("scenario sha256 " + result_.about.scenario_sha256);
    return std::move(page_).text();
  }

 private:
  std::string_view currency() const { return result_.about.currency; }

  void verdict() {
    page_.heading("VERDICT");
    page_.paragraph(result_.verdict.headline, 2, TextPage::bold);
    page_.items(result_.verdict.reasons, 2);
  }

  void answers() {
    if (result_.answers) add_blocks(page_, answer_blocks(*result_.answers));
  }

  void overview() {
    page_.heading("OPTIONS");
    page_.table(options_table(result_), 2);
  }

  void drills() {
    if (result_.drills.empty()) return;
    page_.heading("DRILLS");
    page_.paragraph(drills_headline(result_.drills), 2, TextPage::bold);
    page_.table(drills_table(result_), 2);
    std::vector<std::string> remarks;
    for (const DrillReport& drill : result_.drills) {
      remarks.push_back(fmt::format("{}: {}", drill.name, drill_words(drill, result_.about)));
      for (std::string& miss : drill_misses(drill)) remarks.push_back(std::move(miss));
    }
    page_.items(remarks, 2);
  }

  void bill(const std::string& words, const std::vector<pricing::BillLine>& lines) {
    if (lines.empty()) return;
    page_.verbatim(words);
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
    page_.table(table, 4);
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
      page_.paragraph(periods, 4);
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

  void parts(const OptionReport& option) {
    if (option.parts.empty()) return;
    Table table{"llrrrrr", 0};
    table.row({"part", "", "requests", "a month", "p50", "p95", "p99"});
    for (const OptionReport& part : option.parts) {
      const auto time = [&](std::int64_t ns) {
        return part.latency.count == 0 ? "-" : core::format_duration(core::Duration{ns});
      };
      table.row({plain(part.name), plain(part.kind), part_requests(part, option),
                 monthly_words(part.monthly, currency()), time(part.latency.p50_ns), time(part.latency.p95_ns),
                 time(part.latency.p99_ns)});
    }
    page_.table(table, 2);
    for (const OptionReport& part : option.parts) {
      page_.paragraph(outcome_words(part.usage.outcomes), 2, "", fmt::format("{}: ", plain(part.name)));
      for (const std::string& words : {fleet_words(part), engine_words(part), part_calls(part)}) {
        if (!words.empty()) page_.paragraph(words, 2, "", fmt::format("{}: ", plain(part.name)));
      }
    }
    if (const std::string words = overhead_words(option, currency()); !words.empty()) {
      page_.paragraph(words, 2, "", "overhead: ");
    }
  }

  void describe(const OptionReport& option) {
    page_.heading(fmt::format("{} ({})", option.name, option.kind));
    if (option.api) {
      for (const sim::LimitCheck& check : option.api->feasibility) {
        page_.paragraph(limit_words(check), 2, colour_of(check.verdict() == sim::LimitVerdict::holds), "limit: ");
      }
    }
    bills(option);
    Table table{"lrrrrrrr", 0};
    times("latency", option.latency, table);
    if (option.time_to_first_token) times("first token", *option.time_to_first_token, table);
    for (const ClassTimes& c : option.classes) {
      times(c.name, c.latency, table);
      times("  first token", c.time_to_first_token, table);
    }
    if (option.time_per_output_token) times("per token", *option.time_per_output_token, table);
    if (option.wait.max_ns > 0) times("wait", option.wait, table);
    page_.table(table, 2);
    for (const decision::SloCheck& check : option.slo_checks) {
      page_.paragraph(target_words(check), 2, colour_of(check.held == decision::Held::yes), "target: ");
      if (const std::string cache = cache_words(option, check); !cache.empty()) page_.paragraph(cache, 4);
    }
    if (option.budget) {
      page_.paragraph(budget_words(*option.budget, currency()), 2, colour_of(option.budget->within()), "budget: ");
    }
    page_.paragraph(outcome_words(option.usage.outcomes, option.usage.total().cache_wrong_hits), 2, "", "requests: ");
    for (const ClassTimes& c : option.classes) {
      page_.paragraph(outcome_words(c.outcomes), 2, "", fmt::format("  {}: ", plain(c.name)));
    }
    parts(option);
    if (const std::string fleet = fleet_words(option); !fleet.empty()) page_.paragraph(fleet, 2, "", "fleet: ");
    if (const std::string engine = engine_words(option); !engine.empty()) page_.paragraph(engine, 2, "", "engine: ");
    if (const std::string calls = api_words(option); !calls.empty()) page_.paragraph(calls, 2, "", "calls: ");
  }

  void assumptions() {
    const std::vector<std::string> main = main_assumptions(result_, assumptions_shown);
    if (main.empty()) return;
    page_.heading("ASSUMPTIONS");
    page_.paragraph(assumption_count(result_) + " went into this; all of them stand in report.md. Among them:", 2);
    page_.items(main, 2);
  }

  static std::string_view colour_of(bool good) { return good ? TextPage::green : TextPage::red; }

  const Result& result_;
  TextPage page_;
};

}  // namespace

std::string gates_text(const decision::Answers& answers, TextStyle style) {
  TextPage page{style};
  add_blocks(page, answer_blocks(answers));
  return std::move(page).text();
}

std::string to_text(const Result& result, TextStyle style) { return TextReport{result, style}.text(); }

}  // namespace reports
