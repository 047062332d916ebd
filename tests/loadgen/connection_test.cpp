#include "loadgen/connection.hpp"

#include "tests/support/catch.hpp"

using namespace loadgen;

TEST_CASE("Deadlines run out in the order they were set, whoever ends in between", "[connection]") {
  ConnectionPool pool{8, {}};
  DeadlineList list{pool};
  for (std::uint32_t i = 0; i < 5; ++i) {
    CHECK(pool.take_free() == i);
    list.add(i);
  }
  list.remove(2);  // in the middle
  list.remove(0);  // the oldest
  list.remove(4);  // the newest
  CHECK(list.size() == 2);
  CHECK(list.oldest() == 1);
  list.add(2);
  list.remove(1);
  CHECK(list.oldest() == 3);
  list.remove(3);
  CHECK(list.oldest() == 2);
  list.remove(2);
  CHECK(list.empty());
}

TEST_CASE("A pool opens as many connections as it may, and reuses the places", "[connection]") {
  ConnectionPool pool{2, {}};
  const std::uint32_t a = pool.take_free();
  const std::uint32_t b = pool.take_free();
  CHECK(pool.is_full());
  pool.release(a);
  CHECK(pool.open_count() == 1);
  CHECK(pool[a].generation == 1);
  CHECK(pool.take_free() == a);
  pool.push_idle(a);
  pool.push_idle(b);
  pool.remove_idle(a);
  CHECK(pool.pop_idle() == b);
  CHECK_FALSE(pool.has_idle());
}
