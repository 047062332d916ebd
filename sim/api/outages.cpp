#include "sim/api/outages.hpp"

#include <algorithm>
#include <cmath>

#include "core/distributions.hpp"

namespace sim {

Outages::Outages(const std::optional<OutagesConfig>& config, const Faults& faults, const core::Stream& chance)
    : config_{config}, chance_{chance} {
  for (const Fault& fault : faults) {
    if (fault.kind == FaultKind::vendor_outage) faults_.push_back(fault);
  }
  if (config_) next_turn_ns_ = draw(config_->mean_between);
  look(0);
}

// At least a nanosecond, so that the process always goes on.
std::int64_t Outages::draw(core::Duration mean) {
  const double ns = core::Exponential{static_cast<double>(mean.count())}(chance_);
  return std::max<std::int64_t>(static_cast<std::int64_t>(std::llround(ns)), 1);
}

// What holds at `now_ns`, and until when.
void Outages::look(std::int64_t now_ns) {
  const bool was_dark = share_ >= 1;
  share_ = is_down_ ? 1 : 0;
  next_change_ns_ = next_turn_ns_;
  for (const Fault& fault : faults_) {
    if (fault.covers(now_ns)) share_ = std::max(share_, std::min(fault.amount, 1.0));
    if (fault.begin_ns > now_ns) next_change_ns_ = std::min(next_change_ns_, fault.begin_ns);
    if (fault.end_ns > now_ns) next_change_ns_ = std::min(next_change_ns_, fault.end_ns);
  }
  if (share_ >= 1 && !was_dark) ++count_;
}

void Outages::advance(std::int64_t now_ns) {
  while (next_change_ns_ <= now_ns) {
    const std::int64_t change_ns = next_change_ns_;
    if (share_ >= 1) down_ns_ += change_ns - last_ns_;
    last_ns_ = change_ns;
    if (next_turn_ns_ == change_ns) {
      is_down_ = !is_down_;
      next_turn_ns_ = change_ns + draw(is_down_ ? config_->mean_repair : config_->mean_between);
    }
    look(change_ns);
  }
}

std::int64_t Outages::down_ns(std::int64_t end_ns) {
  // What begins with the end is beyond it.
  advance(end_ns - 1);
  return down_ns_ + (share_ >= 1 ? end_ns - last_ns_ : 0);
}

}  // namespace sim
