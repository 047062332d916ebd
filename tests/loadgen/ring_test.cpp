#include "loadgen/ring.hpp"

#include <deque>
#include <thread>

#include "core/random.hpp"
#include "loadgen/handover.hpp"
#include "tests/support/catch.hpp"

using namespace loadgen;

TEST_CASE("A ring is a queue of a fixed size", "[ring]") {
  Ring<int> ring{8};
  std::deque<int> model;
  core::Stream chance{3};
  for (int i = 0; i < 10'000; ++i) {
    if (chance.next() % 2 == 0 && !ring.full()) {
      ring.push(i);
      model.push_back(i);
    } else if (!ring.empty()) {
      REQUIRE(ring.front() == model.front());
      ring.pop();
      model.pop_front();
    }
    REQUIRE(ring.size() == model.size());
    REQUIRE(ring.full() == (model.size() == 8));
  }
}

TEST_CASE("What one thread hands over arrives at the other, once and in order", "[handover]") {
  constexpr int count = 100'000;
  std::array<int, 4> items{0, 1, 2, 3};
  Handover<int, 4> there;
  Handover<int, 4> back;
  for (int& item : items) back.give(&item);
  std::thread giver{[&] {
    for (int i = 0; i < count;) {
      if (int* item = back.take()) {
        *item = i++;
        there.give(item);
      }
    }
  }};
  bool in_order = true;
  for (int expected = 0; expected < count;) {
    if (int* item = there.take()) {
      in_order = in_order && *item == expected++;
      back.give(item);
    }
  }
  giver.join();
  CHECK(in_order);
  CHECK(there.take() == nullptr);
}
