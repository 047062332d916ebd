// The general event core: a calendar of events on one simulated clock.
//
//  * `EventQueue<Event>`  events in order of time; equal times by phase, then first scheduled, first served
//
// Example:
//   EventQueue<int> events;
//   events.schedule(30, 0, 1); events.schedule(10, 1, 2); events.schedule(10, 0, 3);
//   while (!events.empty()) handle(events.pop());   // 3, 2, 1
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "core/time.hpp"

namespace sim {

template <class Event>
class EventQueue {
 public:
  std::int64_t now_ns() const { return now_ns_; }
  bool empty() const { return events_.empty(); }
  std::int64_t next_ns() const { return events_.empty() ? core::never_ns : events_.top().when_ns; }

  // `when_ns` ≥ now: causality. `phase`: what comes first within one nanosecond. O(log events).
  void schedule(std::int64_t when_ns, int phase, Event event) {
    events_.push({when_ns, phase, scheduled_++, std::move(event)});
  }
  // Moves the clock to the next event and hands it out. O(log events).
  Event pop() {
    Entry next = events_.top();
    events_.pop();
    now_ns_ = next.when_ns;
    return std::move(next.event);
  }

 private:
  struct Entry {
    std::int64_t when_ns;
    int phase;
    std::uint64_t order;
    Event event;
    bool operator<(const Entry& other) const {  // std::priority_queue hands out the greatest
      if (when_ns != other.when_ns) return when_ns > other.when_ns;
      if (phase != other.phase) return phase > other.phase;
      return order > other.order;
    }
  };
  std::priority_queue<Entry> events_;
  std::uint64_t scheduled_ = 0;
  std::int64_t now_ns_ = 0;
};

}  // namespace sim
