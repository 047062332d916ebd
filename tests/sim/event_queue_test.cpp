#include "sim/event_queue.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

using sim::EventQueue;

namespace {

template <class Event>
std::vector<Event> drain(EventQueue<Event>& events) {
  std::vector<Event> seen;
  while (!events.empty()) seen.push_back(events.pop());
  return seen;
}

}  // namespace

TEST_CASE("Events come in order of time, then of phase, then as they were scheduled", "[sim][event_queue]") {
  EventQueue<int> events;
  events.schedule(30, 0, 1);
  events.schedule(10, 1, 2);
  events.schedule(10, 0, 3);
  events.schedule(10, 1, 4);
  events.schedule(10, 0, 5);
  CHECK(drain(events) == std::vector<int>{3, 5, 2, 4, 1});
}

TEST_CASE("The clock of an event queue stands at the event that was handed out last", "[sim][event_queue]") {
  EventQueue<int> events;
  CHECK(events.empty());
  CHECK(events.now_ns() == 0);
  CHECK(events.next_ns() == core::never_ns);
  events.schedule(20, 0, 1);
  events.schedule(10, 0, 2);
  CHECK(events.now_ns() == 0);
  CHECK(events.next_ns() == 10);
  events.pop();
  CHECK(events.now_ns() == 10);
  CHECK(events.next_ns() == 20);
  events.pop();
  CHECK(events.now_ns() == 20);
  CHECK(events.next_ns() == core::never_ns);
}

TEST_CASE("What is scheduled for now while events are handled still comes now", "[sim][event_queue]") {
  EventQueue<int> events;
  events.schedule(10, 1, 1);
  events.schedule(10, 2, 2);
  events.schedule(11, 0, 3);
  CHECK(events.pop() == 1);
  events.schedule(10, 0, 4);  // an earlier phase of the same nanosecond
  events.schedule(10, 2, 5);
  CHECK(drain(events) == std::vector<int>{4, 2, 5, 3});
}

TEST_CASE("A thousand events of a few times and phases come as a stable sort would put them", "[sim][event_queue]") {
  using Key = std::tuple<std::int64_t, int, int>;  // time, phase, order of scheduling
  core::Stream chance{1};
  EventQueue<Key> events;
  std::vector<Key> expected;
  for (int i = 0; i < 1'000; ++i) {
    const Key key{static_cast<std::int64_t>(chance.next() % 20), static_cast<int>(chance.next() % 5), i};
    events.schedule(std::get<0>(key), std::get<1>(key), key);
    expected.push_back(key);
  }
  std::sort(expected.begin(), expected.end());
  CHECK(drain(events) == expected);
}
