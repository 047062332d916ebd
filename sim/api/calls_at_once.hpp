// How many calls are under way, without looking at each of them each time.
//
//  * `CallsAtOnce`  counts calls from their admission to their end
//
// Ends are put on a list; who asks for room takes off those that are over, and only when there would be none
// otherwise. Far below the limit that is a sweep over the list each time it fills up, which costs less than two entries
// a call at half of it; near the limit the list is a heap, and a call costs its logarithm.
//
// Example:
//   CallsAtOnce calls{500};
//   if (calls.has_room(now_ns)) { … calls.ends(now_ns + 800'000'000); }
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace sim {

class CallsAtOnce {
 public:
  explicit CallsAtOnce(std::int64_t limit) : limit_{static_cast<std::size_t>(limit)} {}

  // For one more at `now_ns`; if so, it is counted. A call that ends at `now_ns` has left. Times never decrease.
  bool has_room(std::int64_t now_ns) {
    if (ends_ns_.size() + open_ >= limit_) [[unlikely]] {
      if (!make_room(now_ns)) return false;
    }
    ++open_;
    return true;
  }
  // The end of a call that was counted: may be told at once or at any time before it.
  void ends(std::int64_t end_ns) {
    --open_;
    ends_ns_.push_back(end_ns);
    if (is_heap_) std::push_heap(ends_ns_.begin(), ends_ns_.end(), std::greater<>{});
  }

 private:
  bool make_room(std::int64_t now_ns) {
    if (!is_heap_) {
      std::erase_if(ends_ns_, [now_ns](std::int64_t end_ns) { return end_ns <= now_ns; });
      if (ends_ns_.size() + open_ > limit_ / 4 * 3) {
        std::make_heap(ends_ns_.begin(), ends_ns_.end(), std::greater<>{});
        is_heap_ = true;
      }
    } else {
      while (!ends_ns_.empty() && ends_ns_.front() <= now_ns) {
        std::pop_heap(ends_ns_.begin(), ends_ns_.end(), std::greater<>{});
        ends_ns_.pop_back();
      }
      is_heap_ = ends_ns_.size() + open_ > limit_ / 2;
    }
    return ends_ns_.size() + open_ < limit_;
  }

  std::size_t limit_;
  std::size_t open_ = 0;  // whose end nobody has told yet
  std::vector<std::int64_t> ends_ns_;
  bool is_heap_ = false;
};

}  // namespace sim
