#include "reports/sizing.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/words.hpp"
#include "reports/json_io.hpp"
#include "reports/phrases.hpp"
#include "reports/table.hpp"

namespace reports {
namespace {

constexpr std::string_view format_name = "billcast-sizing/1";

std::string counted(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", core::format_count(count), noun, count == 1 ? "" : "s");
}

std::string instance_words(const SizedInstances& instances) {
  return fmt::format("{} × {}", core::format_count(instances.count), instances.name);
}

std::string time_words(std::int64_t ns) { return core::format_duration(core::Duration{ns}); }

std::string objectives_words(const Sizing& sizing) {
  std::vector<std::string> texts;
  for (const auto& objective : sizing.objectives) texts.push_back(objective.text());
  return decision::listing(texts);
}

std::string rate_words_of(double per_s) { return fmt::format("{} requests/s", core::format_figure(per_s)); }

class TextReport {
 public:
  TextReport(const Sizing& sizing, TextStyle style) : sizing_{sizing}, page_{style} {
    for (const SizedGpu& gpu : sizing.gpus) any_holds_ = any_holds_ || gpu.holds();
  }

  std::string text() {
    page_.paragraph(title(), 0);
    page_.heading("VERDICT");
    page_.paragraph(sizing_verdict(sizing_), 2, any_holds_ ? TextPage::bold : TextPage::red);
    sizes();
    std::vector<std::string> out;
    for (const SizedGpu& gpu : sizing_.gpus) {
      if (!gpu.holds()) out.push_back(fmt::format("{}: {}", gpu.gpu, gpu.why_out));
    }
    page_.list("OUT", out);
    page_.list("ASSUMPTIONS", sizing_.assumptions);
    page_.list("WARNINGS", sizing_.warnings);
    page_.heading("REPRODUCE");
    std::string command = "billcast size";
    for (const std::string& word : sizing_.arguments) command += " " + shell_word(word);
    page_.verbatim(command);
    return std::move(page_).text();
  }

 private:
  std::string title() const {
    return fmt::format(
        "{}{} at {} ({}), {}: {} tokens in and {} out on average; {} in each trial, seed {}, billcast {}",
        sizing_.model, sizing_.quantization.empty() ? "" : " in " + sizing_.quantization,
        rate_words_of(sizing_.rate_per_s), sizing_.arrivals, sizing_.tokens,
        core::format_figure(sizing_.mean_input_tokens), core::format_figure(sizing_.mean_output_tokens),
        core::config_duration(sizing_.duration), sizing_.seed, sizing_.version);
  }

  // Everything in one table where it fits the page; else the measured times get their own.
  void sizes() {
    if (!any_holds_) return;
    page_.heading("SIZES");
    const Table all = table(true, true);
    if (is_narrow(all)) {
      page_.table(all, 2);
      return;
    }
    page_.table(table(true, false), 2);
    page_.heading("MEASURED");
    page_.table(table(false, true), 2);
  }

  static bool is_narrow(const Table& table) {
    const std::string text = table.text(2, 10 * TextPage::columns);
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = text.find('\n', begin);
      if (display_width(std::string_view{text}.substr(begin, end - begin)) > TextPage::columns) return false;
      begin = end + 1;
    }
    return true;
  }

  Table table(bool with_cost, bool with_times) const {
    std::vector<std::string> head{"GPU"};
    std::string alignment = "l";
    const auto column = [&](const std::string& name, char side) {
      head.push_back(name);
      alignment += side;
    };
    if (with_cost) {
      column("instances", 'l');
      column("tp", 'r');
      column("replicas", 'r');
    }
    if (with_times) {
      for (const auto& objective : sizing_.objectives) column(with_cost ? objective.name() : objective.text(), 'r');
    }
    if (with_cost) {
      for (const char* name : {"load", "a month", "1M out", "1M all"}) column(name, 'r');
    }
    Table table{alignment, with_cost ? std::size_t{1} : 0};
    table.row(head);
    for (const SizedGpu& gpu : sizing_.gpus) {
      if (!gpu.holds()) continue;
      const SizedInstances& rented = *gpu.instances;
      std::vector<std::string> cells{plain(gpu.gpu)};
      if (with_cost) {
        cells.push_back(plain(instance_words(rented)));
        cells.push_back(core::format_count(gpu.tensor_parallel));
        cells.push_back(core::format_count(gpu.replicas));
      }
      if (with_times) {
        for (const std::int64_t ns : gpu.measured_ns) cells.push_back(time_words(ns));
      }
      if (with_cost) {
        cells.push_back(fmt::format("{} %", std::lround(gpu.load_share * 100)));
        cells.push_back(decision::amount(rented.monthly, sizing_.currency));
        cells.push_back(decision::small_amount(rented.per_million_output_tokens, sizing_.currency));
        cells.push_back(decision::small_amount(rented.per_million_tokens, sizing_.currency));
      }
      table.row(std::move(cells));
    }
    return table;
  }

  const Sizing& sizing_;
  TextPage page_;
  bool any_holds_ = false;
};

struct File {
  std::string format;
  std::string verdict;
  Sizing sizing;
};

}  // namespace

void put_in_order(Sizing& sizing) {
  std::stable_sort(sizing.gpus.begin(), sizing.gpus.end(), [](const SizedGpu& a, const SizedGpu& b) {
    if (a.holds() != b.holds()) return a.holds();
    if (!a.holds()) return false;
    if (a.instances->monthly != b.instances->monthly) return a.instances->monthly < b.instances->monthly;
    return a.gpu < b.gpu;
  });
}

std::string sizing_verdict(const Sizing& sizing) {
  const std::string asked = fmt::format("{} at {}", objectives_words(sizing), rate_words_of(sizing.rate_per_s));
  if (sizing.gpus.empty() || !sizing.gpus.front().holds()) {
    return sizing.gpus.size() == 1 ? fmt::format("{} does not hold {}.", sizing.gpus.front().gpu, asked)
                                   : fmt::format("None of the {} GPUs holds {}.", sizing.gpus.size(), asked);
  }
  const SizedGpu& best = sizing.gpus.front();
  const SizedInstances& rented = *best.instances;
  std::string next;
  if (sizing.gpus.size() > 1 && sizing.gpus[1].holds()) {
    next = fmt::format("; next is {} at {} a month", sizing.gpus[1].gpu,
                       decision::amount(sizing.gpus[1].instances->monthly, sizing.currency));
  }
  return fmt::format("{} is the cheapest that holds {}: {} on {} for {} a month, {} per million output tokens{}.",
                     best.gpu, asked, counted(best.replicas, "replica"), instance_words(rented),
                     decision::amount(rented.monthly, sizing.currency),
                     decision::small_amount(rented.per_million_output_tokens, sizing.currency), next);
}

std::string to_text(const Sizing& sizing, TextStyle style) { return TextReport{sizing, style}.text(); }

template <>
struct Fields<decision::LatencyObjective> {
  static void visit(auto& io, decision::LatencyObjective& o) {
    std::string text = o.text();
    std::string statistic = o.statistic();
    std::int64_t limit_ns = o.limit.count();
    io("text", text);
    io.choice("metric", o.metric, {"ttft", "tpot", "latency"});
    io("statistic", statistic);
    io("or_equal", o.or_equal);
    io("limit_ns", limit_ns);
  }
};

template <>
struct Fields<SizedInstances> {
  static void visit(auto& io, SizedInstances& i) {
    io("name", i.name);
    io("gpus", i.gpus);
    io("count", i.count);
    io("price_per_hour", i.price);
    io("monthly", i.monthly);
    io("per_million_output_tokens", i.per_million_output_tokens);
    io("per_million_tokens", i.per_million_tokens);
    io("price_table", i.source.table);
    io("price_sku", i.source.sku);
    io("price_url", i.source.url);
    io("price_retrieved", i.source.retrieved);
    io("price_confidence", i.source.confidence);
  }
};

template <>
struct Fields<SizedGpu> {
  static void visit(auto& io, SizedGpu& g) {
    bool holds = g.holds();
    io("gpu", g.gpu);
    io("holds", holds);
    io("why_out", g.why_out);
    io("tensor_parallel", g.tensor_parallel);
    io("replicas", g.replicas);
    io("measured_ns", g.measured_ns);
    io("busy_share", g.busy_share);
    io("load_share", g.load_share);
    io("trials", g.trials);
    io("fit", g.fit);
    io("instances", g.instances);
  }
};

template <>
struct Fields<File> {
  static void visit(auto& io, File& f) {
    Sizing& s = f.sizing;
    std::int64_t duration_ns = s.duration.count();
    io("format", f.format);
    io("billcast", s.version);
    io("verdict", f.verdict);
    io("arguments", s.arguments);
    io("model", s.model);
    io("quantization", s.quantization);
    io("rate_per_s", s.rate_per_s);
    io("arrivals", s.arrivals);
    io("tokens", s.tokens);
    io("mean_input_tokens", s.mean_input_tokens);
    io("mean_output_tokens", s.mean_output_tokens);
    io("objectives", s.objectives);
    io("router", s.router);
    io("duration_ns", duration_ns);
    io("seed", s.seed);
    io("currency", s.currency);
    io("gpus", s.gpus);
    io("assumptions", s.assumptions);
    io("warnings", s.warnings);
  }
};

std::string to_json(const Sizing& sizing) {
  return write_json(File{std::string{format_name}, sizing_verdict(sizing), sizing});
}

}  // namespace reports
