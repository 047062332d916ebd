#include "reports/packet.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/words.hpp"
#include "reports/answers.hpp"
#include "reports/block_pages.hpp"
#include "reports/markdown.hpp"
#include "reports/phrases.hpp"
#include "reports/table.hpp"

namespace reports {
namespace {

constexpr std::array<std::string_view, 2> signed_sections{"capacity_review", "governance"};
constexpr std::size_t lines_of_block = 20;
constexpr std::size_t rows_of_block = 40;

std::string md(std::string_view text) { return markdown_escaped(text); }

bool is_signed(const decision::Answer& answer) {
  return std::find(signed_sections.begin(), signed_sections.end(), answer.section) != signed_sections.end();
}

AnswerBlock cut(AnswerBlock block) {
  const auto shorten = [&](auto& list, std::size_t most, std::string_view what) {
    if (list.size() <= most) return;
    const std::size_t left_out = list.size() - most;
    list.resize(most);
    block.lines.push_back(fmt::format("{} more {} in report.md.", left_out, what));
  };
  shorten(block.lines, lines_of_block, "lines");
  shorten(block.rows, rows_of_block, "rows");
  return block;
}

class Packet {
 public:
  explicit Packet(const Result& result) : result_{result} {}

  std::string text() {
    const std::string begin = head();
    const std::string end = checklist() + reproduction();
    std::string body = costs() + judged() + changes_nothing();
    constexpr std::string_view note = "\n\nThis packet is cut here: report.md holds the rest.\n\n";
    const std::size_t taken = begin.size() + end.size() + note.size();
    const std::size_t room = packet_limit > taken ? packet_limit - taken : 0;
    if (body.size() > room) {
      const std::size_t line_end = body.rfind('\n', room);
      body.resize(line_end == std::string::npos ? 0 : line_end);
      body += note;
    }
    return begin + body + end;
  }

 private:
  std::string head() const {
    std::string text = fmt::format("# Review packet: {}\n\n", md(result_.about.scenario));
    text += md(title(result_)) + "\n\n";
    text += result_.answers->approves() ? "`run --gates` rejects nothing (exit code 0).\n\n"
                                        : "**`run --gates` REJECTS it (exit code 3).**\n\n";
    if (const std::string state = state_of_run(result_); !state.empty()) text += "**" + md(state) + "**\n\n";
    if (!result_.verdict.headline.empty()) text += "**" + md(result_.verdict.headline) + "**\n\n";
    const std::string headline = result_.answers->headline();
    if (!result_.answers->gates.empty() && headline != result_.verdict.headline) text += md(headline) + "\n\n";
    return text;
  }

  std::string costs() const {
    if (result_.options.empty()) return "";
    AnswerBlock block{.heading = "Costs", .alignment = "lrrrl"};
    block.rows = {{"option", "a month", "once", "latency p95", "targets"}};
    for (const OptionReport& option : result_.options) {
      block.rows.push_back(
          {option.name, monthly_words(option.monthly, result_.about.currency),
           decision::amount(option.one_time.total(), result_.about.currency),
           option.latency.count == 0 ? "–" : core::format_duration(core::Duration{option.latency.p95_ns}),
           targets_summary(option)});
    }
    for (const OptionReport& option : result_.options) {
      if (option.budget)
        block.lines.push_back(option.name + ": " + budget_words(*option.budget, result_.about.currency));
    }
    return markdown_of(cut(block));
  }

  std::string judged() const {
    decision::Answers shown;
    shown.gates = result_.answers->gates;
    std::copy_if(result_.answers->sections.begin(), result_.answers->sections.end(), std::back_inserter(shown.sections),
                 is_signed);
    std::string text;
    for (const AnswerBlock& block : answer_blocks(shown)) text += markdown_of(cut(block));
    return text;
  }

  // What a reader might stumble over and need not: soft gates that fail warn and decide nothing.
  std::string changes_nothing() const {
    AnswerBlock block{.heading = "Failed, and decides nothing"};
    for (const decision::OptionGates& option : result_.answers->gates) {
      for (const decision::GateResult& gate : option.verdict.results) {
        if (gate.gate.hard || gate.outcome == decision::GateOutcome::pass) continue;
        block.lines.push_back(option.option.empty() ? gate.sentence()
                                                    : fmt::format("{}: {}", option.option, gate.sentence()));
      }
    }
    return block.lines.empty() ? "" : markdown_of(cut(block));
  }

  std::string checklist() const {
    std::vector<std::string> items;
    for (const decision::OptionGates& option : result_.answers->gates) {
      for (const std::string& ask : option.verdict.asks) items.push_back(fmt::format("Find out: {}", ask));
    }
    for (const std::string& line : main_assumptions(result_, 6)) items.push_back(fmt::format("Confirm: {}", line));
    for (const std::string& warning : result_.about.warnings) items.push_back(fmt::format("Look at: {}", warning));
    items.emplace_back("Run the command below and compare the hashes");
    items.emplace_back("Signed for the product, for finance, for operations");
    std::vector<std::string> once;
    for (const std::string& item : items) {
      if (std::find(once.begin(), once.end(), item) == once.end()) once.push_back(item);
    }
    std::string text = "## Checklist\n\n";
    for (std::size_t i = 0; i < std::min(once.size(), rows_of_block); ++i) text += "- [ ] " + md(once[i]) + '\n';
    return text + '\n';
  }

  std::string reproduction() const {
    const About& about = result_.about;
    std::string text = "## Reproduce\n\n```\n" + plain(reproduce(result_)) + "\n```\n\n";
    text += fmt::format("- billcast {}, seed {}\n", md(about.version), about.seed);
    text += fmt::format("- {}: sha256 {}\n", md(about.scenario_file), md(about.scenario_sha256));
    for (std::size_t i = 0; i < std::min(about.inputs.size(), rows_of_block); ++i)
      text += fmt::format("- {}: sha256 {}\n", md(about.inputs[i].name), md(about.inputs[i].sha256));
    std::vector<std::string> tables;
    for (const PriceRow& price : result_.prices) {
      const std::string line = fmt::format("- prices {} of {}: sha256 {}\n", md(price.source.table),
                                           md(price.source.retrieved), md(price.source.hash));
      if (std::find(tables.begin(), tables.end(), line) == tables.end()) tables.push_back(line);
    }
    for (std::size_t i = 0; i < std::min(tables.size(), rows_of_block); ++i) text += tables[i];
    return text;
  }

  const Result& result_;
};

}  // namespace

bool wants_packet(const Result& result) {
  return result.answers && (!result.answers->gates.empty() ||
                            std::any_of(result.answers->sections.begin(), result.answers->sections.end(), is_signed));
}

std::string to_packet(const Result& result) { return Packet{result}.text(); }

}  // namespace reports
