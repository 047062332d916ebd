#include "sim/topology/met_first.hpp"

#include <algorithm>
#include <cstdint>
#include <variant>

#include "core/time.hpp"

namespace sim {

std::vector<MetFirst> met_first(const Route& route, std::size_t parts, const core::traffic::TrafficConfig& traffic,
                                const core::Horizon& horizon) {
  std::vector<MetFirst> met(parts);
  const auto meets = [&](PartNumber part, double share, double of_time = 1) {
    met[part].mean += share * of_time;
    met[part].peak = std::max(met[part].peak, share);
  };
  if (const auto* const c = std::get_if<Cascade>(&route)) meets(c->first, 1);
  if (const auto* const f = std::get_if<Failover>(&route)) meets(f->chain.front(), 1);
  if (const auto* const p = std::get_if<Pair>(&route)) {
    meets(p->answer, 1);
    meets(p->mirror, static_cast<double>(p->mirrored.below) * 0x1p-53);
  }
  const auto* const split = std::get_if<Split>(&route);
  if (split == nullptr) return met;
  std::vector<double> of_classes(parts, 0);
  for (std::size_t c = 0; c < split->by_class.size(); ++c) of_classes[split->by_class[c]] += traffic.classes[c].share;
  for (PartNumber part = 0; part < parts; ++part) meets(part, of_classes[part]);
  const std::int64_t length_ns = core::to_ns(horizon.length());
  std::int64_t from_ns = 0;
  for (const Split::Shares& shares : split->by_luck) {
    const std::int64_t until_ns = std::min(shares.until_ns, length_ns);
    if (until_ns <= from_ns) break;
    const double of_time = static_cast<double>(until_ns - from_ns) / static_cast<double>(length_ns);
    std::uint64_t begin = 0;
    for (PartNumber part = 0; part < parts; ++part) {
      meets(part, static_cast<double>(shares.ends[part].below - begin) * 0x1p-53, of_time);
      begin = shares.ends[part].below;
    }
    from_ns = until_ns;
  }
  return met;
}

}  // namespace sim
