#include "reports/histogram_text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "core/format.hpp"
#include "loadgen/judge/enough_samples.hpp"
#include "reports/table.hpp"

namespace reports {
namespace {

struct NamedQuantile {
  std::string_view name;
  double quantile;
};
constexpr std::array<NamedQuantile, 6> quantiles{
    {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p99.9", 0.999}, {"p99.99", 0.9999}}};

bool enough(const core::Histogram& histogram, double quantile) {
  return histogram.total_count() >= loadgen::judge::least_samples(quantile);
}

class Figures {
 public:
  explicit Figures(const HistogramUnit& unit) : unit_{unit} {}

  std::string value(double recorded) const { return core::format_figure(recorded / unit_.values); }
  std::string quantile(const core::Histogram& histogram, const NamedQuantile& q) {
    if (histogram.total_count() == 0) return "-";
    return marked(value(static_cast<double>(histogram.value_at_quantile(q.quantile))), enough(histogram, q.quantile),
                  q);
  }
  std::string marked(const std::string& figure, bool is_enough, const NamedQuantile& q) {
    if (is_enough) return figure;
    doubtful_.insert(q.quantile);
    return "(" + figure + ")";
  }

  // What the parentheses mean, if there were any.
  std::string legend(std::size_t width) const {
    std::vector<std::string> least;
    for (const NamedQuantile& q : quantiles) {
      if (doubtful_.count(q.quantile) == 0) continue;
      least.push_back(
          fmt::format("{} takes {}", q.name, core::format_count(loadgen::judge::least_samples(q.quantile))));
    }
    if (least.empty()) return "";
    return wrapped(fmt::format("In parentheses: too few values to say so at {} confidence; {}.",
                               core::format_share(loadgen::judge::usual_confidence), fmt::join(least, ", ")),
                   0, width);
  }

 private:
  HistogramUnit unit_;
  std::set<double> doubtful_;
};

std::string counted(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", core::format_count(count), what, count == 1 ? "" : "s");
}

}  // namespace

std::string histograms_to_text(std::string_view name, const core::HistogramsByTag& histograms,
                               const HistogramUnit& unit, std::size_t width) {
  Figures figures{unit};
  Table table{"lrrrrrrrrrr", 0};
  std::vector<std::string> heading{"tag", "count", "mean", "sd"};
  for (const NamedQuantile& q : quantiles) heading.emplace_back(q.name);
  heading.emplace_back("max");
  table.row(heading);
  const auto add = [&](const std::string& tag, const core::Histogram& histogram) {
    const bool empty = histogram.total_count() == 0;
    std::vector<std::string> cells{tag, core::format_count(histogram.total_count()),
                                   empty ? "-" : figures.value(histogram.mean()),
                                   empty ? "-" : figures.value(histogram.standard_deviation())};
    for (const NamedQuantile& q : quantiles) cells.push_back(figures.quantile(histogram, q));
    cells.push_back(empty ? "-" : figures.value(static_cast<double>(histogram.max())));
    table.row(cells);
  };
  for (const core::TaggedHistogram& tag : histograms.tags) {
    add(tag.tag.empty() ? "(none)" : plain(tag.tag), tag.histogram);
  }
  if (histograms.tags.size() > 1) add("all", histograms.all.histogram);
  return fmt::format("{}: {}, {}\n", plain(name), counted(histograms.all.intervals, "interval"), unit.name) +
         table.text(2, width) + figures.legend(width);
}

std::string histograms_compared(std::string_view name_a, const core::Histogram& a, std::string_view name_b,
                                const core::Histogram& b, const HistogramUnit& unit, std::size_t width) {
  Figures figures{unit};
  const auto ratio = [](double of_a, double of_b) {
    return of_a > 0 ? core::format_figure(of_b / of_a) : std::string{"-"};
  };
  Table table{"lrrr", 0};
  table.row({unit.name, "A", "B", "B / A"});
  table.row({"count", core::format_count(a.total_count()), core::format_count(b.total_count()), ""});
  const bool both = a.total_count() > 0 && b.total_count() > 0;
  const auto add = [&](const std::string& what, double of_a, double of_b) {
    table.row({what, a.total_count() == 0 ? "-" : figures.value(of_a), b.total_count() == 0 ? "-" : figures.value(of_b),
               both ? ratio(of_a, of_b) : "-"});
  };
  add("mean", a.mean(), b.mean());
  for (const NamedQuantile& q : quantiles) {
    const auto of_a = static_cast<double>(a.value_at_quantile(q.quantile));
    const auto of_b = static_cast<double>(b.value_at_quantile(q.quantile));
    const bool sure = enough(a, q.quantile) && enough(b, q.quantile);
    table.row({std::string{q.name}, figures.quantile(a, q), figures.quantile(b, q),
               both ? figures.marked(ratio(of_a, of_b), sure, q) : "-"});
  }
  add("max", static_cast<double>(a.max()), static_cast<double>(b.max()));
  return fmt::format("A: {}\nB: {}\n", plain(name_a), plain(name_b)) + table.text(2, width) + figures.legend(width);
}

}  // namespace reports
