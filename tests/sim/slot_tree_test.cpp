#include "sim/fleet/slot_tree.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/random.hpp"
#include "core/time.hpp"
#include "tests/support/catch.hpp"

namespace {

std::uint32_t first_of(const std::vector<std::int64_t>& times) {
  return static_cast<std::uint32_t>(std::min_element(times.begin(), times.end()) - times.begin());
}

}  // namespace

TEST_CASE("The earliest slot is the one a search would find, the lower one on a tie", "[sim][slot_tree]") {
  core::Stream chance{7};
  for (const std::size_t slots : {1U, 2U, 3U, 7U, 50U, 64U, 65U}) {
    CAPTURE(slots);
    sim::SlotTree tree;
    tree.resize(slots);
    std::vector<std::int64_t> times(slots, sim::SlotTree::never_free_ns);
    for (int step = 0; step < 2000; ++step) {
      const auto slot = static_cast<std::uint32_t>(chance.next() % slots);
      // Few different times, so that there are many ties.
      const auto time =
          chance.next() % 9 == 0 ? sim::SlotTree::never_free_ns : static_cast<std::int64_t>(chance.next() % 20);
      tree.set(slot, time);
      times[slot] = time;
      REQUIRE(tree.earliest() == first_of(times));
      REQUIRE(tree.earliest_ns() == times[first_of(times)]);
    }
  }
}

TEST_CASE("A tree that grows and shrinks keeps the times of the slots it keeps", "[sim][slot_tree]") {
  sim::SlotTree tree;
  tree.resize(3);
  tree.set(0, 30);
  tree.set(1, 20);
  tree.set(2, 10);
  tree.resize(40);
  CHECK(tree.capacity() >= 40);
  CHECK(tree.earliest() == 2);
  tree.set(39, 5);
  CHECK(tree.earliest() == 39);
  tree.resize(2);
  CHECK(tree.earliest() == 1);
  CHECK(tree.free_ns(0) == 30);
}

TEST_CASE("Busy slots are those free later than now", "[sim][slot_tree]") {
  sim::SlotTree tree;
  tree.resize(4);
  for (const std::uint32_t slot : {0U, 1U, 2U, 3U}) tree.set(slot, std::int64_t{10} * slot);
  CHECK(tree.count_busy(0, 4, 20) == 1);
  CHECK(tree.count_busy(0, 3, 9) == 2);
  CHECK(tree.latest_ns(0, 3) == 20);
}
