#include "reports/load_text.hpp"

#include "reports/load_phrases.hpp"

namespace reports {
namespace {

using loadgen::LoadSummary;

void thresholds(const LoadSummary& summary, bool failed, TextPage& page) {
  for (const loadgen::JudgedThreshold& t : summary.thresholds) {
    if (t.failed == failed) page.paragraph(threshold_words(t), 2, failed ? TextPage::red : TextPage::green, "- ");
  }
}

void verdict(const LoadSummary& summary, TextPage& page) {
  const bool clean = summary.valid && !summary.interrupted;
  page.paragraph(load_verdict(summary), 0, clean ? TextPage::bold : TextPage::red);
  if (const std::string figures = load_figures(summary); !figures.empty()) page.paragraph(figures, 0);
  thresholds(summary, true, page);
  page.paragraph(load_title(summary.plan), 0);
}

void latencies(const LoadSummary& summary, TextPage& page) {
  Table table{"lrrrrrrr", 0};
  table.row({latency_columns.begin(), latency_columns.end()});
  const std::vector<LatencyCells> lines = latency_cells(summary);
  for (const LatencyCells& line : lines) {
    std::vector<std::string> cells = line.cells;
    cells.front() = (line.steady ? "  " : "") + plain(cells.front());
    table.row(std::move(cells));
  }
  if (lines.empty()) return;
  page.heading("LATENCY");
  page.table(table, 2);
  for (const std::string& note : latency_notes(summary)) page.paragraph(note, 2);
}

void outcomes(const LoadSummary& summary, TextPage& page) {
  page.heading("REQUESTS");
  Table table{"lrrl", 3};
  for (const OutcomeRow& row : outcome_rows(summary)) table.row({row.name, row.count, row.share, plain(row.first)});
  page.table(table, 2);
}

void generator(const LoadSummary& summary, TextPage& page) {
  page.heading("GENERATOR");
  if (const std::string words = fidelity_words(summary); !words.empty()) page.paragraph(words, 2, "", "schedule: ");
  page.paragraph(connection_words(summary), 2, "", "connections: ");
  if (const std::string words = token_words(summary); !words.empty()) page.paragraph(words, 2, "", "tokens: ");
}

void found_max(const LoadSummary& summary, TextPage& page) {
  for (const loadgen::FoundMax& found : summary.found_max) {
    if (found.probes.empty()) continue;
    page.heading("RATES TRIED");
    if (!summary.valid) page.paragraph(found_words(found), 2);
    Table table{"rllr", 2};
    table.row({"rate", "verdict", "measured", "samples"});
    for (const loadgen::Probe& probe : found.probes) {
      const auto [rate, said, measured, samples] = probe_cells(probe);
      table.row({rate, plain(said), plain(measured), samples});
    }
    page.table(table, 2);
  }
}

}  // namespace

std::string to_text(const LoadSummary& summary, TextStyle style) {
  TextPage page{style};
  verdict(summary, page);
  found_max(summary, page);
  latencies(summary, page);
  outcomes(summary, page);
  if (!summary.thresholds.empty()) {
    page.heading("THRESHOLDS");
    thresholds(summary, true, page);
    thresholds(summary, false, page);
  }
  generator(summary, page);
  page.list("WARNINGS", load_warnings(summary));
  page.heading("REPEAT");
  page.verbatim(repeat_load(summary.plan));
  page.paragraph(plan_words(summary.plan), 2);
  if (!summary.plan.plan_sha256.empty()) page.paragraph("plan sha256 " + summary.plan.plan_sha256, 2);
  return std::move(page).text();
}

}  // namespace reports
