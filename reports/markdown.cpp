#include "reports/markdown.hpp"

#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/words.hpp"
#include "reports/answers.hpp"
#include "reports/bill_view.hpp"
#include "reports/block_pages.hpp"
#include "reports/phrases.hpp"
#include "reports/table.hpp"

namespace reports {
namespace {

std::string md(std::string_view text) { return markdown_escaped(text); }

class MarkdownReport {
 public:
  explicit MarkdownReport(const Result& result) : result_{result} {}

  std::string text() {
    line("# " + md(title(result_)));
    if (const std::string state = state_of_run(result_); !state.empty()) line("**" + md(state) + "**");
    list("## Limits", broken_limits(result_));
    line("**" + md(result_.verdict.headline) + "**");
    list("", result_.verdict.reasons);
    answers();
    if (was_simulated(result_)) overview();
    drills();
    for (const OptionReport& option : result_.options) describe(option);
    list("## Warnings", result_.about.warnings);
    list("## Notes", result_.notes);
    assumptions();
    prices();
    provenance();
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_ += text + "\n\n"; }

  void row(std::initializer_list<std::string> cells) {
    out_ += '|';
    for (const std::string& cell : cells) out_ += ' ' + cell + " |";
    out_ += '\n';
  }

  void list(const std::string& heading, const std::vector<std::string>& items) {
    if (items.empty()) return;
    if (!heading.empty()) line(heading);
    for (const std::string& item : items) out_ += "- " + md(item) + '\n';
    out_ += '\n';
  }

  std::string_view currency() const { return result_.about.currency; }

  std::string optional_amount(const std::optional<core::Money>& money) const {
    return money ? md(decision::small_amount(*money, currency())) : "–";
  }

  void answers() {
    if (!result_.answers) return;
    for (const AnswerBlock& block : answer_blocks(*result_.answers)) out_ += markdown_of(block);
  }

  void overview() {
    line("## Options");
    row({"option", "a month", "once", "per 1,000 answered requests", "per 1M output tokens", "per daily user and month",
         "latency p95", "targets"});
    row({"---", "---:", "---:", "---:", "---:", "---:", "---:", "---"});
    for (const OptionReport& o : result_.options) {
      row({md(o.name), md(monthly_words(o.monthly, currency())), md(decision::amount(o.one_time.total(), currency())),
           optional_amount(o.unit_costs.per_thousand_answered_requests),
           optional_amount(o.unit_costs.per_million_output_tokens), optional_amount(o.unit_costs.per_daily_user_month),
           o.latency.count == 0 ? "–" : core::format_duration(core::Duration{o.latency.p95_ns}), targets_summary(o)});
    }
    out_ += '\n';
  }

  void drills() {
    if (result_.drills.empty()) return;
    line("## Drills");
    line(md(drills_headline(result_.drills)));
    row({"drill", "what happens", "option", "objectives", "recovered", "lost more", "extra cost"});
    row({"---", "---", "---", "---", "---", "---:", "---:"});
    std::vector<std::string> misses;
    for (const DrillReport& drill : result_.drills) {
      for (const DrillOutcome& outcome : drill.options) {
        const std::vector<std::string> cells = drill_cells(outcome, currency());
        row({md(drill.name), md(drill_words(drill, result_.about)), md(cells[0]), cells[1], cells[2], cells[3],
             md(cells[4])});
      }
      for (const std::string& miss : drill_misses(drill)) misses.push_back(miss);
    }
    out_ += '\n';
    list("", misses);
  }

  void bill(const std::string& heading, const std::vector<pricing::BillLine>& lines) {
    if (lines.empty()) return;
    line(heading);
    row({"category", "item", "quantity", "unit", "unit price", "amount", "metered", "price row", "note"});
    row({"---", "---", "---:", "---", "---:", "---:", "---", "---", "---"});
    const std::vector<std::optional<core::Money>> cents = in_cents(lines);
    core::Money total;
    bool complete = true;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const pricing::BillLine& l = lines[i];
      row({md(l.category), md(l.item), quantity_words(l.quantity), md(l.unit), md(price_words(l, currency())),
           cents[i] ? md(decision::amount(*cents[i], currency())) : "unpriced", md(l.driver), md(price_row(l)),
           md(l.note)});
      total += cents[i].value_or(core::Money{});
      complete = complete && cents[i].has_value();
    }
    row({"**total**", complete ? "" : "without what is unpriced", "", "", "",
         "**" + md(decision::amount(total, currency())) + "**", "", "", ""});
    out_ += '\n';
  }

  void times(const OptionReport& option) {
    row({"", "p50", "p90", "p95", "p99", "p99.9", "max", "mean"});
    row({"---", "---:", "---:", "---:", "---:", "---:", "---:", "---:"});
    const auto distribution = [&](const std::string& name, const Distribution& d) {
      if (d.count == 0) return;
      out_ += "| " + name + " |";
      for (const auto& [key, value] : percentiles(d)) out_ += ' ' + value + " |";
      out_ += '\n';
    };
    distribution("latency", option.latency);
    if (option.time_to_first_token) distribution("time to first token", *option.time_to_first_token);
    for (const ClassTimes& c : option.classes) {
      distribution("latency of " + md(c.name), c.latency);
      distribution("time to first token of " + md(c.name), c.time_to_first_token);
    }
    if (option.time_per_output_token) distribution("time per output token", *option.time_per_output_token);
    distribution("wait", option.wait);
    out_ += '\n';
  }

  void describe(const OptionReport& option) {
    line(fmt::format("## {} ({})", md(option.name), md(option.kind)));
    if (option.api && !option.api->feasibility.empty()) {
      std::vector<std::string> limits;
      for (const sim::LimitCheck& check : option.api->feasibility) limits.push_back(limit_words(check));
      list("### Limits", limits);
    }
    bill("### Recurring", merged_lines(option.bills, pricing::Frequency::recurring));
    if (option.bills.size() > 1) {
      row({"period", "recurring"});
      row({"---", "---:"});
      for (const pricing::Bill& b : option.bills) {
        row({md(b.period), md(decision::amount(b.total(pricing::Frequency::recurring), currency()))});
      }
      out_ += '\n';
    }
    bill("### One-time", merged_lines({option.one_time}, pricing::Frequency::one_time));
    line("### Service");
    times(option);
    std::vector<std::string> facts;
    for (const decision::SloCheck& check : option.slo_checks) {
      facts.push_back(target_words(check));
      if (std::string cache = cache_words(option, check); !cache.empty()) facts.push_back(std::move(cache));
    }
    if (option.budget) facts.push_back(budget_words(*option.budget, currency()));
    facts.push_back("requests: " + outcome_words(option.usage.outcomes, option.usage.total().cache_wrong_hits));
    for (const ClassTimes& c : option.classes) {
      facts.push_back(fmt::format("requests of {}: {}", c.name, outcome_words(c.outcomes)));
    }
    if (const std::string fleet = fleet_words(option); !fleet.empty()) facts.push_back("fleet: " + fleet);
    if (const std::string engine = engine_words(option); !engine.empty()) facts.push_back("engine: " + engine);
    if (const std::string calls = api_words(option); !calls.empty()) facts.push_back("calls: " + calls);
    list("", facts);
    parts(option);
  }

  void parts(const OptionReport& option) {
    if (option.parts.empty()) return;
    line("### Parts");
    row({"part", "kind", "requests", "a month", "latency p50", "latency p95", "latency p99"});
    row({"---", "---", "---:", "---:", "---:", "---:", "---:"});
    std::vector<std::string> facts;
    for (const OptionReport& part : option.parts) {
      const auto time = [&](std::int64_t ns) {
        return part.latency.count == 0 ? "–" : core::format_duration(core::Duration{ns});
      };
      row({md(part.name), md(part.kind), part_requests(part, option), md(monthly_words(part.monthly, currency())),
           time(part.latency.p50_ns), time(part.latency.p95_ns), time(part.latency.p99_ns)});
      facts.push_back(fmt::format("{}: {}", part.name, outcome_words(part.usage.outcomes)));
      for (const std::string& words : {fleet_words(part), engine_words(part), part_calls(part)}) {
        if (!words.empty()) facts.push_back(fmt::format("{}: {}", part.name, words));
      }
    }
    out_ += '\n';
    if (const std::string words = overhead_words(option, currency()); !words.empty()) {
      facts.push_back("overhead: " + words);
    }
    list("", facts);
  }

  void assumptions() {
    if (result_.about.assumptions.empty()) return;
    line("## Assumptions");
    line("Defaults that were used because the scenario says nothing, and what it states as an assumption:");
    row({"key", "value", "why"});
    row({"---", "---", "---"});
    for (const core::Assumption& a : result_.about.assumptions) row({md(a.key), md(a.value), md(a.why)});
    out_ += '\n';
  }

  void prices() {
    if (result_.prices.empty()) return;
    line("## Prices");
    row({"item", "unit", "unit price", "price row", "confidence", "retrieved", "source", "table sha256"});
    row({"---", "---", "---:", "---", "---", "---", "---", "---"});
    for (const PriceRow& p : result_.prices) {
      pricing::BillLine asked;
      asked.source = p.source;
      const std::string price = p.unit_price ? md(decision::exact_amount(*p.unit_price, currency())) : "–";
      row({md(p.item), md(p.unit), price, md(price_row(asked)), md(p.source.confidence), md(p.source.retrieved),
           md(p.source.url), md(p.source.hash.substr(0, 12))});
    }
    out_ += '\n';
  }

  void provenance() {
    const About& about = result_.about;
    line("## Reproduce");
    line("```\n" + plain(reproduce(result_)) + "\n```");
    out_ += fmt::format("- billcast {}, seed {}\n", md(about.version), about.seed);
    out_ += fmt::format("- {}: sha256 {}\n", md(about.scenario_file), md(about.scenario_sha256));
    for (const InputFile& input : about.inputs)
      out_ += fmt::format("- {}: sha256 {}\n", md(input.name), md(input.sha256));
  }

  const Result& result_;
  std::string out_;
};

}  // namespace

std::string markdown_escaped(std::string_view text) {
  std::string escaped;
  std::string spaced{text};
  for (char& c : spaced) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  for (const char c : plain(spaced)) {
    if (std::string_view{"\\|<>`*[]#&"}.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string to_markdown(const Result& result) { return MarkdownReport{result}.text(); }

}  // namespace reports
