#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/exact.hpp"
#include "decision/words.hpp"
#include "reports/block_pages.hpp"
#include "reports/diff.hpp"
#include "reports/json_io.hpp"
#include "reports/markdown.hpp"

namespace reports {

template <>
struct Fields<decision::ReviewChange> {
  static void visit(auto& io, decision::ReviewChange& c) {
    io("name", c.name);
    io("before", c.before);
    io("after", c.after);
    io("change", c.change);
  }
};
template <>
struct Fields<Changed> {
  static void visit(auto& io, Changed& c) {
    io("name", c.name);
    io("before", c.before);
    io("after", c.after);
  }
};
template <>
struct Fields<CountChange> {
  static void visit(auto& io, CountChange& c) {
    io("name", c.name);
    io("before", c.before);
    io("after", c.after);
  }
};
template <>
struct Fields<OptionDiff> {
  static void visit(auto& io, OptionDiff& o) {
    io("name", o.name);
    io("monthly", o.monthly);
    io("bill", o.bill);
    io("unpriced", o.unpriced);
    io("times_ns", o.times);
    io("availability_ppb", o.availability);
  }
};
template <>
struct Fields<PriceChange> {
  static void visit(auto& io, PriceChange& p) {
    io("row", p.row);
    io("item", p.item);
    io("unit", p.unit);
    io("before", p.before);
    io("after", p.after);
    io("change", p.change);
    io("retrieved_before", p.retrieved_before);
    io("retrieved_after", p.retrieved_after);
  }
};

namespace {

struct DiffFile {
  std::string format;
  ResultDiff diff;
};

}  // namespace

template <>
struct Fields<DiffFile> {
  static void visit(auto& io, DiffFile& f) {
    ResultDiff& d = f.diff;
    io("format", f.format);
    io("before", d.before);
    io("after", d.after);
    io("currency", d.currency);
    io("not_a_trend", d.not_a_trend);
    io("winners_before", d.winners_before);
    io("winners_after", d.winners_after);
    io("headline_before", d.headline_before);
    io("headline_after", d.headline_after);
    io("options", d.options);
    io("came", d.came);
    io("went", d.went);
    io("gates", d.gates);
    io("drills", d.drills);
    io("prices", d.prices);
    io("assumptions", d.assumptions);
    io("figures", d.figures);
  }
};

namespace {

using core::Money;
using core::Quantity;
using decision::ReviewChange;

std::string change_words(const std::optional<Quantity>& share) {
  if (!share) return "–";
  return fmt::format("{}{}", *share > Quantity{} ? "+" : "", decision::percent_text(*share));
}

std::string or_dash(const std::string& words) { return words.empty() ? "–" : words; }

class Blocks {
 public:
  explicit Blocks(const ResultDiff& diff) : diff_{diff} {}

  std::vector<AnswerBlock> made() {
    trend();
    decided();
    costs();
    for (const OptionDiff& option : diff_.options) bill(option);
    for (const OptionDiff& option : diff_.options) service(option);
    words("Gates", "gate", diff_.gates);
    words("Drills", "drill", diff_.drills);
    prices();
    words("Assumptions", "key", diff_.assumptions);
    words("Figures", "figure", diff_.figures);
    return std::move(blocks_);
  }

 private:
  std::string money(const std::optional<Money>& amount) const {
    return amount ? decision::amount(*amount, diff_.currency) : "–";
  }
  std::string difference(const ReviewChange& change) const {
    if (!change.before || !change.after) return "–";
    const Money by = change.after->rounded(2) - change.before->rounded(2);  // of what stands beside it
    return fmt::format("{}{}", by > Money{} ? "+" : "", decision::amount(by, diff_.currency));
  }

  void trend() {
    AnswerBlock block{.heading = "What is compared"};
    block.lines = {"Old: " + diff_.before, "New: " + diff_.after};
    if (diff_.not_a_trend.empty()) {
      block.lines.emplace_back(
          "The same question with the same seed: what differs is due to prices, or to nothing at all.");
    } else {
      block.lines.emplace_back(
          "NOT A TREND: the two do not answer the same question, and any difference below may come from that.");
      for (const std::string& reason : diff_.not_a_trend) block.lines.push_back(reason);
    }
    blocks_.push_back(std::move(block));
  }

  void decided() {
    AnswerBlock block{.heading = "Verdict"};
    const auto names = [](const std::vector<std::string>& winners) {
      return winners.empty() ? "none" : decision::listing(winners);
    };
    block.lines.push_back(
        diff_.winners_before == diff_.winners_after
            ? fmt::format("The choice is the same: {}.", names(diff_.winners_after))
            : fmt::format("The choice changed: {} → {}.", names(diff_.winners_before), names(diff_.winners_after)));
    if (diff_.headline_before != diff_.headline_after) {
      block.lines.push_back("Old: " + diff_.headline_before);
      block.lines.push_back("New: " + diff_.headline_after);
    }
    blocks_.push_back(std::move(block));
  }

  void row(AnswerBlock& block, const ReviewChange& change) const {
    block.rows.push_back(
        {change.name, money(change.before), money(change.after), difference(change), change_words(change.change)});
  }

  void costs() {
    if (diff_.options.empty() && diff_.came.empty() && diff_.went.empty()) return;
    AnswerBlock block{.heading = "A month", .alignment = "lrrrr"};
    block.rows = {{"option", "old", "new", "difference", "change"}};
    for (const OptionDiff& option : diff_.options) row(block, option.monthly);
    for (const ReviewChange& went : diff_.went) row(block, went);
    for (const ReviewChange& came : diff_.came) row(block, came);
    for (const ReviewChange& went : diff_.went) block.lines.push_back(fmt::format("{} is gone.", went.name));
    for (const ReviewChange& came : diff_.came) block.lines.push_back(fmt::format("{} is new.", came.name));
    blocks_.push_back(std::move(block));
  }

  void bill(const OptionDiff& option) {
    AnswerBlock block{.heading = "Bill", .of = option.name, .alignment = "lrrrr"};
    block.rows = {{"a month", "old", "new", "difference", "change"}};
    for (const ReviewChange& change : option.bill) row(block, change);
    if (!option.unpriced.empty()) {
      block.lines.push_back(
          fmt::format("Without a price, then or now, and so in no amount: {}.", decision::listing(option.unpriced)));
    }
    if (option.bill.empty()) block.rows.clear();
    blocks_.push_back(std::move(block));
  }

  void service(const OptionDiff& option) {
    AnswerBlock block{.heading = "Service", .of = option.name, .alignment = "lrrr"};
    block.rows = {{"", "old", "new", "change"}};
    const auto add = [&](const CountChange& change, auto words) {
      if (!change.before && !change.after) return;
      std::optional<Quantity> share;
      if (change.before && change.after && *change.before > 0)
        share = Quantity::ratio(core::Int128{*change.after} - *change.before, *change.before);
      block.rows.push_back({change.name, change.before ? words(*change.before) : "–",
                            change.after ? words(*change.after) : "–", change_words(share)});
    };
    for (const CountChange& change : option.times)
      add(change, [](std::int64_t ns) { return core::format_duration(core::Duration{ns}); });
    add(option.availability, [](std::int64_t ppb) { return decision::percent(ppb); });
    if (block.rows.size() > 1) blocks_.push_back(std::move(block));
  }

  void words(const char* heading, const char* what, const std::vector<Changed>& changes) {
    if (changes.empty()) return;
    AnswerBlock block{.heading = heading, .alignment = "lll", .rows = {{what, "old", "new"}}};
    for (const Changed& change : changes)
      block.rows.push_back({change.name, or_dash(change.before), or_dash(change.after)});
    blocks_.push_back(std::move(block));
  }

  void prices() {
    if (diff_.prices.empty()) return;
    AnswerBlock block{.heading = "Prices", .alignment = "llrrrll"};
    block.rows = {{"price row", "unit", "old", "new", "change", "old date", "new date"}};
    const auto price = [&](const std::optional<Money>& amount, const std::string& date) {
      return amount ? decision::exact_amount(*amount, diff_.currency) : date.empty() ? "–" : "varies";
    };
    for (const PriceChange& p : diff_.prices) {
      block.rows.push_back({p.row, p.unit, price(p.before, p.retrieved_before), price(p.after, p.retrieved_after),
                            change_words(p.change), or_dash(p.retrieved_before), or_dash(p.retrieved_after)});
    }
    blocks_.push_back(std::move(block));
  }

  const ResultDiff& diff_;
  std::vector<AnswerBlock> blocks_;
};

}  // namespace

std::string diff_text(const ResultDiff& diff, TextStyle style) {
  TextPage page{style};
  add_blocks(page, Blocks{diff}.made());
  return std::move(page).text();
}

std::string diff_markdown(const ResultDiff& diff) {
  std::string text = "# Review of cost and performance\n\n";
  for (const AnswerBlock& block : Blocks{diff}.made()) text += markdown_of(block);
  return text;
}

std::string diff_json(const ResultDiff& diff) { return write_json(DiffFile{"billcast-diff/1", diff}); }

}  // namespace reports
