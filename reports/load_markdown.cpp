#include "reports/load_markdown.hpp"

#include <initializer_list>
#include <string_view>
#include <vector>

#include "reports/load_phrases.hpp"
#include "reports/markdown.hpp"
#include "reports/table.hpp"

namespace reports {
namespace {

using loadgen::LoadSummary;

std::string md(std::string_view text) { return markdown_escaped(text); }

class LoadMarkdown {
 public:
  explicit LoadMarkdown(const LoadSummary& summary) : summary_{summary} {}

  std::string text() {
    verdict();
    found_max();
    latencies();
    outcomes();
    thresholds();
    generator();
    warnings();
    repeat();
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_ += text + "\n\n"; }
  void item(const std::string& text) { out_ += "- " + text + '\n'; }
  void row(std::initializer_list<std::string> cells) {
    out_ += '|';
    for (const std::string& cell : cells) out_ += ' ' + cell + " |";
    out_ += '\n';
  }

  void verdict() {
    line("**" + md(load_verdict(summary_)) + "**");
    if (const std::string figures = load_figures(summary_); !figures.empty()) line(md(figures));
    bool any = false;
    for (const loadgen::JudgedThreshold& t : summary_.thresholds) {
      if (t.failed) item(md(threshold_words(t)));
      any = any || t.failed;
    }
    if (any) out_ += '\n';
    line(md(load_title(summary_.plan)));
  }

  void found_max() {
    for (const loadgen::FoundMax& found : summary_.found_max) {
      if (found.probes.empty()) continue;
      line("## Rates tried");
      if (!summary_.valid) line(md(found_words(found)));
      row({"rate", "verdict", "measured", "samples"});
      row({"---:", "---", "---", "---:"});
      for (const loadgen::Probe& probe : found.probes) {
        const auto [rate, said, measured, samples] = probe_cells(probe);
        row({md(rate), md(said), md(measured), md(samples)});
      }
      out_ += '\n';
    }
  }

  void latencies() {
    const std::vector<LatencyCells> lines = latency_cells(summary_);
    if (lines.empty()) return;
    line("## Latency");
    out_ += '|';
    for (const std::string_view column : latency_columns) out_ += ' ' + std::string{column} + " |";
    out_ += "\n| --- |";
    for (std::size_t i = 1; i < latency_columns.size(); ++i) out_ += " ---: |";
    out_ += '\n';
    std::string metric;
    for (const LatencyCells& cells : lines) {
      // A page has no indent to say whose steady part it is.
      if (cells.steady) metric += ", " + cells.cells.front();
      else metric = cells.cells.front();
      out_ += "| " + md(metric) + " |";
      for (std::size_t i = 1; i < cells.cells.size(); ++i) out_ += ' ' + md(cells.cells[i]) + " |";
      out_ += '\n';
    }
    out_ += '\n';
    for (const std::string& note : latency_notes(summary_)) item(md(note));
    out_ += '\n';
  }

  void outcomes() {
    line("## Requests");
    row({"outcome", "requests", "share", "the first of them"});
    row({"---", "---:", "---:", "---"});
    for (const OutcomeRow& r : outcome_rows(summary_)) row({r.name, r.count, r.share, md(r.first)});
    out_ += '\n';
  }

  void thresholds() {
    if (summary_.thresholds.empty()) return;
    line("## Thresholds");
    for (const loadgen::JudgedThreshold& t : summary_.thresholds) item(md(threshold_words(t)));
    out_ += '\n';
  }

  void generator() {
    line("## Generator");
    if (const std::string words = fidelity_words(summary_); !words.empty()) item("schedule: " + md(words));
    item("connections: " + md(connection_words(summary_)));
    if (const std::string words = token_words(summary_); !words.empty()) item("tokens: " + md(words));
    out_ += '\n';
  }

  void warnings() {
    const std::vector<std::string> warnings = load_warnings(summary_);
    if (warnings.empty()) return;
    line("## Warnings");
    for (const std::string& warning : warnings) item(md(warning));
    out_ += '\n';
  }

  void repeat() {
    line("## Repeat");
    // Indented, for no argument can close such a block: within a fence, three backticks would.
    line("    " + plain(repeat_load(summary_.plan)));
    item(md(plan_words(summary_.plan)));
    if (!summary_.plan.plan_sha256.empty()) item("plan sha256 " + md(summary_.plan.plan_sha256));
  }

  const LoadSummary& summary_;
  std::string out_;
};

}  // namespace

std::string to_markdown(const LoadSummary& summary) { return LoadMarkdown{summary}.text(); }

}  // namespace reports
