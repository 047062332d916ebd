#include "sim/topology/route.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"

namespace sim {

namespace {

using core::Section;

constexpr std::array<std::string_view, 6> kinds{"cascade", "split", "shadow", "dual", "failover", "regions"};
enum Kind : std::size_t { cascade, split, shadow, dual, failover, regions };

class Reader {
 public:
  Reader(const Section& route, const std::vector<std::string>& parts, const core::traffic::TrafficConfig& traffic,
         const core::Horizon& horizon)
      : route_{route}, parts_{parts}, traffic_{traffic}, horizon_{horizon}, is_used_(parts.size(), false) {}

  Route read() {
    Route route = read_kind();
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (!is_used_[i]) throw route_.error("kind", fmt::format("no way to '{}'", parts_[i]), "every part on the way");
    }
    return route;
  }

 private:
  Route read_kind() {
    switch (route_.choice("kind", {kinds.begin(), kinds.end()})) {
      case cascade:
        return read_cascade();
      case split:
        return read_split();
      case failover:
        return read_failover();
      case regions:
        return read_regions();
      case shadow:
        return read_pair(false);
      default:
        return read_pair(true);
    }
  }

  PartNumber number_of(const Section& section, std::string_view key, const std::string& name) {
    const auto part = std::find(parts_.begin(), parts_.end(), name);
    if (part == parts_.end()) {
      const auto near = core::nearest(name, parts_);
      throw section.error(key, fmt::format("'{}'", name),
                          near ? fmt::format("the name of a part; did you mean '{}'?", *near)
                               : fmt::format("the name of a part: {}", fmt::join(parts_, ", ")));
    }
    const auto number = static_cast<PartNumber>(part - parts_.begin());
    is_used_[number] = true;
    return number;
  }

  PartNumber part(std::string_view key) {
    return number_of(route_, key, route_.text(key, {.expected = "the name of a part"}));
  }

  // Requests that come back would go round for ever.
  void demand_forwards(std::string_view key, const std::vector<PartNumber>& way) const {
    for (auto again = way.begin(); again != way.end(); ++again) {
      const auto first = std::find(way.begin(), again, *again);
      if (first == again) continue;
      std::string circle;
      for (auto step = first; step <= again; ++step) {
        circle += fmt::format("{}{}", circle.empty() ? "" : " → ", parts_[*step]);
      }
      throw route_.error(key, "a way that comes back: " + circle, "each part once: what is handed on goes forwards");
    }
  }

  Route read_cascade() {
    Cascade c{.first = part("first"), .then = part("then"), .escalate = Chance::of(route_.share("escalate"))};
    demand_forwards("then", {c.first, c.then});
    return c;
  }

  Route read_failover() {
    Failover f;
    for (const std::string& name : route_.texts("chain")) f.chain.push_back(number_of(route_, "chain", name));
    if (f.chain.size() < 2) throw route_.error("chain", fmt::format("{} of them", f.chain.size()), "at least 2 parts");
    demand_forwards("chain", f.chain);
    return f;
  }

  Route read_pair(bool needs_both) {
    Pair p{.answer = part("answer"), .mirror = part("mirror")};
    demand_forwards("mirror", {p.answer, p.mirror});
    p.mirrored = Chance::of(route_.share("share", {.min = 0, .max = 1, .fallback = 1, .why = "every request"}));
    p.needs_both = needs_both || route_.boolean("wait", false, "the answer does not wait for its mirror");
    if (!needs_both) return p;
    if (const auto then = route_.optional_section("then")) {
      const std::vector<std::string> names = then->names("a part of the mixture");
      if (names.size() != 1)
        throw route_.error("then", fmt::format("{} parts", names.size()), "one part and its share");
      p.explainer = {number_of(*then, names.front(), names.front()), Chance::of(then->share(names.front()))};
      demand_forwards("then", {p.answer, p.mirror, p.explainer->part});
    }
    return p;
  }

  Route read_split() {
    const bool by_class = route_.has("classes");
    if (by_class == route_.has("shares")) {
      throw route_.error(by_class ? "shares" : "classes", by_class ? "classes beside it" : "neither classes nor shares",
                         "one of the two");
    }
    Split s;
    if (by_class) {
      s.by_class = read_classes(route_.section("classes"));
      return s;
    }
    s.by_luck.push_back(read_shares("shares"));
    if (route_.has("until")) {
      const core::Date until = route_.date("until");
      if (until <= horizon_.start) {
        throw route_.error("until", core::format_date(until),
                           fmt::format("a day after the start of the horizon, {}", core::format_date(horizon_.start)));
      }
      s.by_luck.front().until_ns = core::to_ns(until - horizon_.start);
      s.by_luck.push_back(read_shares("then"));
    }
    return s;
  }

  std::vector<PartNumber> read_classes(const Section& section) {
    std::vector<PartNumber> of_class;
    std::vector<std::string> names;
    for (const auto& c : traffic_.classes) names.push_back(c.name);
    for (const std::string& key : section.names("a class of the traffic")) {
      if (std::find(names.begin(), names.end(), key) != names.end()) continue;
      throw section.error(key, fmt::format("'{}'", key),
                          names.empty() ? std::string{"classes of the traffic, and traffic.classes says of none"}
                                        : fmt::format("a class of the traffic: {}", fmt::join(names, ", ")));
    }
    for (const std::string& name : names) {
      of_class.push_back(number_of(section, name, section.text(name, {.expected = "the part that serves this class"})));
    }
    return of_class;
  }

  Split::Shares read_shares(std::string_view key) {
    const Section section = route_.section(key);
    for (const std::string& name : section.names("a part of the mixture")) number_of(section, name, name);
    Split::Shares shares;
    double sum = 0;
    std::vector<double> each;
    for (const std::string& name : parts_) {
      each.push_back(section.has(name) ? section.share(name) : 0);
      sum += each.back();
    }
    // As for the shares of classes: three thirds of 33.3333 % may pass, 99 % may not.
    if (sum < 1 - 1e-4 || sum > 1 + 1e-4) {
      throw route_.error(key, fmt::format("shares that sum to {:.6g}", sum), "a sum of 1");
    }
    // Who has nothing must not get what rounding leaves over.
    const auto last = static_cast<std::size_t>(
        each.rend() - std::find_if(each.rbegin(), each.rend(), [](double share) { return share > 0; }) - 1);
    double end = 0;
    for (std::size_t i = 0; i < each.size(); ++i) {
      end += each[i] / sum;
      shares.ends.push_back(Chance::of(i >= last ? 1 : end));
    }
    return shares;
  }

  Route read_regions() {
    using Process = core::traffic::ArrivalsConfig::Process;
    if (traffic_.arrivals.process == Process::trace) {
      throw route_.error("kind", "regions beside a trace", "traffic of daily users: a trace knows no time zones");
    }
    const std::vector<core::traffic::ZoneShare>& zones = traffic_.demand.zones;
    constexpr PartNumber none = std::numeric_limits<PartNumber>::max();
    Split s;
    s.by_zone.assign(zones.size(), none);
    for (const Section& section : route_.sections("zones")) {
      const core::Duration offset =
          section.duration("utc_offset", {.min = std::chrono::hours{-14}, .max = std::chrono::hours{14}});
      const PartNumber number = number_of(section, "part", section.text("part", {.expected = "the name of a part"}));
      bool is_known = false;
      for (std::size_t z = 0; z < zones.size(); ++z) {
        if (std::chrono::minutes{zones[z].utc_offset_min} != offset) continue;
        if (s.by_zone[z] != none)
          throw section.error("utc_offset", section.text("utc_offset") + " again", "each zone once");
        s.by_zone[z] = number;
        is_known = true;
      }
      if (!is_known) throw section.error("utc_offset", section.text("utc_offset"), "a zone of traffic.time_zones");
    }
    for (std::size_t z = 0; z < zones.size(); ++z) {
      if (s.by_zone[z] != none) continue;
      throw route_.error("zones", fmt::format("none for utc_offset {:g} h", zones[z].utc_offset_min / 60.0),
                         "a part for each of traffic.time_zones");
    }
    return s;
  }

  const Section& route_;
  const std::vector<std::string>& parts_;
  const core::traffic::TrafficConfig& traffic_;
  const core::Horizon& horizon_;
  std::vector<bool> is_used_;
};

}  // namespace

Route read_route(const Section& route, const std::vector<std::string>& parts,
                 const core::traffic::TrafficConfig& traffic, const core::Horizon& horizon) {
  return Reader{route, parts, traffic, horizon}.read();
}

std::vector<PartNumber> path_of(const Route& route, std::size_t parts) {
  if (const auto* const c = std::get_if<Cascade>(&route)) return {c->first, c->then};
  if (const auto* const f = std::get_if<Failover>(&route)) return f->chain;
  if (const auto* const p = std::get_if<Pair>(&route)) {
    std::vector<PartNumber> path{p->answer, p->mirror};
    if (p->explainer) path.push_back(p->explainer->part);
    return path;
  }
  std::vector<PartNumber> path(parts);
  for (std::size_t i = 0; i < parts; ++i) path[i] = i;
  return path;
}

std::optional<Beside> beside_of(const Route& route) {
  if (const auto* const pair = std::get_if<Pair>(&route)) {
    Beside beside{pair->answer, {pair->mirror}};
    if (pair->explainer) beside.others.push_back(pair->explainer->part);
    return beside;
  }
  const auto* const split = std::get_if<Split>(&route);
  if (split == nullptr || split->by_luck.empty()) return std::nullopt;
  Beside beside;
  std::uint64_t largest = 0;
  std::uint64_t begin = 0;
  const std::vector<Chance>& ends = split->by_luck.front().ends;
  for (PartNumber part = 0; part < ends.size(); ++part) {
    if (ends[part].below - begin > largest) {
      largest = ends[part].below - begin;
      beside.answer = part;
    }
    begin = ends[part].below;
  }
  for (PartNumber part = 0; part < ends.size(); ++part) {
    if (part != beside.answer) beside.others.push_back(part);
  }
  return beside;
}

}  // namespace sim
