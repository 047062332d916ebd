#include "reports/screen.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "decision/words.hpp"
#include "reports/answers.hpp"
#include "reports/overview.hpp"
#include "reports/phrases.hpp"

namespace reports {
namespace {

// Of any list; what is cut is counted and stands in the report.
constexpr std::size_t lines_shown = 5;
constexpr std::size_t warnings_shown = 2;
constexpr std::size_t assumptions_shown = 2;

class Screen {
 public:
  Screen(const Result& result, TextStyle style) : result_{result}, page_{style} {}

  std::string text() {
    page_.paragraph(title(result_), 0);
    if (const std::string state = state_of_run(result_); !state.empty()) page_.paragraph(state, 0, TextPage::red);
    page_.list("LIMITS", broken_limits(result_));
    page_.heading("VERDICT");
    page_.paragraph(result_.verdict.headline, 2, TextPage::bold);
    page_.items(result_.verdict.reasons, 2);
    if (was_simulated(result_)) {
      // What gates and matrix say stands beside what is cheapest: they may pick another.
      const std::optional<decision::Answers>& answers = result_.answers;
      if (answers && (!answers->gates.empty() || answers->matrix)) page_.paragraph(answers->headline(), 2);
      options();
    }
    if (result_.answers) answers(*result_.answers);
    drills();
    footing();
    return std::move(page_).text();
  }

 private:
  void options() {
    page_.heading("OPTIONS");
    page_.table(options_table(result_), 2);
    const Table categories = categories_table(result_);
    if (categories.empty()) return;
    const std::vector<pricing::Bill>& bills = result_.options.front().bills;
    std::string period = bills.empty() ? "" : bills.front().period;
    if (bills.size() > 1) period += " to " + bills.back().period;
    page_.heading(fmt::format("BILL, {}", period));
    page_.table(categories, 2);
  }

  void cut_items(const std::vector<std::string>& lines, std::size_t most) {
    const std::size_t shown = lines.size() > most + 1 ? most : lines.size();  // "1 more" takes no less than the line
    page_.items({lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(shown)}, 2);
    if (shown < lines.size()) page_.items({fmt::format("{} more in report.md", lines.size() - shown)}, 2);
  }

  // Options beside each other in one table, and a line each; the plan as a whole as the report has it.
  void gates_of_options(const decision::Answers& answers) {
    const Table table = gates_table(answers);
    if (table.empty()) return;
    page_.heading("GATES");
    page_.table(table, 2);
    std::vector<std::string> approved;
    for (const decision::OptionGates& option : answers.gates) {
      if (option.option.empty()) continue;
      if (option.verdict.approve) approved.push_back(option.option);
      else page_.paragraph(option.verdict.reason, 2, TextPage::red, fmt::format("{}: ", plain(option.option)));
    }
    if (!approved.empty()) { page_.paragraph(decision::listing(approved), 2, TextPage::green, "APPROVE: "); }
  }

  void answers(const decision::Answers& answers) {
    gates_of_options(answers);
    for (const AnswerBlock& block : answer_blocks(answers)) {
      if (!block.of.empty()) continue;  // the gates of an option
      page_.heading(upper_case(block.heading));
      if (!block.rows.empty()) {
        Table table{block.alignment, block.flexible};
        for (const std::vector<std::string>& row : block.rows) {
          std::vector<std::string> cells;
          for (const std::string& cell : row) cells.push_back(plain(cell));
          table.row(std::move(cells));
        }
        page_.table(table, 2);
      }
      // A decision without a simulation has nothing else to say.
      cut_items(block.lines, was_simulated(result_) ? lines_shown : block.lines.size());
    }
  }

  void drills() {
    if (result_.drills.empty()) return;
    page_.heading("DRILLS");
    page_.paragraph(drills_headline(result_.drills), 2, TextPage::bold);
    page_.table(drills_table(result_), 2);
  }

  void footing() {
    if (const auto main = main_assumptions(result_, assumptions_shown); !main.empty()) {
      page_.heading("ASSUMPTIONS");
      page_.paragraph(assumption_count(result_) + " went into this; all of them stand in report.md. Among them:", 2);
      page_.items(main, 2);
    }
    std::vector<std::string> warnings;  // but the limits, which come first
    const std::vector<std::string> limits = broken_limits(result_);
    std::copy_if(result_.about.warnings.begin(), result_.about.warnings.end(), std::back_inserter(warnings),
                 [&](const std::string& w) { return std::find(limits.begin(), limits.end(), w) == limits.end(); });
    if (!warnings.empty()) {
      page_.heading("WARNINGS");
      cut_items(warnings, warnings_shown);
    }
    page_.list("NOTES", result_.notes);
    page_.heading("REPRODUCE");
    page_.verbatim(reproduce(result_));
  }

  const Result& result_;
  TextPage page_;
};

}  // namespace

std::string to_screen(const Result& result, TextStyle style) { return Screen{result, style}.text(); }

}  // namespace reports
