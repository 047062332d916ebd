#include "decision/frontier.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "decision/words.hpp"

namespace decision {
namespace {

enum class Relation { beats, loses, equal, neither };

// Both complete.
Relation compare(const std::vector<Axis>& axes, const FrontierPoint& a, const FrontierPoint& b) {
  bool better = false;
  bool worse = false;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const double left = *a.values[i];
    const double right = *b.values[i];
    if (left == right) continue;
    ((left < right) == (axes[i].better == Direction::lower) ? better : worse) = true;
  }
  if (better && worse) return Relation::neither;
  return better ? Relation::beats : worse ? Relation::loses : Relation::equal;
}

}  // namespace

std::string Axis::label() const { return unit.empty() ? name : fmt::format("{}, {}", name, unit); }

std::string_view unit_of_observed(std::string_view name) {
  if (name == "cost" || name == "monthly_cost") return "$/month";
  if (name == "availability") return "%";
  if (name == "latency" || name == "latency_mean") return "ms";
  constexpr std::string_view of_percentile = "latency_p";
  const bool is_percentile = name.starts_with(of_percentile) && name.size() == of_percentile.size() + 2 &&
                             name.find_first_not_of("0123456789", of_percentile.size()) == std::string_view::npos;
  return is_percentile ? "ms" : "";
}

std::string Placed::sentence() const {
  switch (place) {
    case Place::front:
      return ties.empty() ? fmt::format("{} is on the frontier", name)
                          : fmt::format("{} is on the frontier, equal to {}", name, listing(ties));
    case Place::dominated:
      return fmt::format("{} is dominated by {}", name, listing(dominators));
    case Place::unknown:
      return fmt::format("{} cannot be placed: {} not known", name, listing(missing));
  }
  return {};
}

std::vector<Placed> frontier(const std::vector<Axis>& axes, const std::vector<FrontierPoint>& points) {
  std::vector<Placed> placed;
  for (const FrontierPoint& point : points) {
    if (point.values.size() != axes.size()) {
      throw std::invalid_argument(
          fmt::format("{} has {} values for {} axes", point.name, point.values.size(), axes.size()));
    }
    Placed& one = placed.emplace_back();
    one.name = point.name;
    one.values = point.values;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (!point.values[i]) one.missing.push_back(axes[i].name);
    }
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!placed[i].missing.empty()) continue;
    placed[i].place = Place::front;
    for (std::size_t j = 0; j < points.size(); ++j) {
      if (j == i || !placed[j].missing.empty()) continue;
      const Relation relation = compare(axes, points[i], points[j]);
      if (relation == Relation::loses) placed[i].dominators.push_back(points[j].name);
      if (relation == Relation::equal) placed[i].ties.push_back(points[j].name);
    }
    if (!placed[i].dominators.empty()) placed[i].place = Place::dominated;
  }
  return placed;
}

std::vector<Axis> read_axes(const core::Section& root) {
  std::vector<Axis> axes;
  for (const core::Section& item : root.optional_sections("frontier")) {
    Axis axis{item.text("name"),
              item.choice("better", {"lower", "higher"}) == 0 ? Direction::lower : Direction::higher};
    axis.unit = item.has("unit") ? item.text("unit") : unit_of_observed(axis.name);
    axes.push_back(std::move(axis));
  }
  return axes;
}

std::vector<std::optional<double>> read_values(const core::Section& option, const std::vector<std::string>& names) {
  std::vector<std::optional<double>> values;
  const std::optional<core::Section> section = option.optional_section("values");
  if (section) section->names("a criterion of the matrix or an axis of the frontier");
  for (const std::string& name : names) {
    std::optional<double> value;
    if (section && section->has(name) && section->text(name, {.expected = "a number, or unknown"}) != "unknown")
      value = section->number(name);
    values.push_back(value);
  }
  return values;
}

}  // namespace decision
