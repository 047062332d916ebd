#include "loadgen/due_requests.hpp"

#include <memory>

#include "tests/support/catch.hpp"

using namespace loadgen;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t ms = 1'000'000;

// One request every millisecond, the first at 1 ms.
ClerkWork metronome(std::int64_t requests) {
  return {.plan =
              [requests, next = std::int64_t{0}](std::span<PlannedRequest> room) mutable {
                std::size_t count = 0;
                while (count < room.size() && next < requests) {
                  room[count++] = {.at_ns = (next + 1) * ms, .index = next, .content_key = 7};
                  ++next;
                }
                return count;
              },
          .keep = [](const Window&) {}};
}

struct OpenLoop {
  explicit OpenLoop(std::int64_t requests)
      : clerk{metronome(requests), http_metrics},
        due{{.requests = requests, .length = core::Duration{(requests + 1) * ms}}, clerk} {
    due.wait_for_plan();
  }
  // The clerk is another thread: what it has not drawn yet is waited for, so that the test is about time only.
  void notice(std::int64_t now_ns) {
    due.notice(now_ns, *window);
    while (!due_is_full && due.more_is_due(now_ns)) {
      const auto before = due.noticed();
      due.notice(now_ns, *window);
      due_is_full = due.noticed() == before;
    }
  }
  std::int64_t worst_delay_ns() const { return window->of(Metric::generator_delay).max(); }

  Clerk clerk;
  DueRequests due;
  bool due_is_full = false;
  std::unique_ptr<Window> window = std::make_unique<Window>(http_metrics);
};

}  // namespace

TEST_CASE("A request is due at its time, in order, and not before", "[due_requests]") {
  OpenLoop loop{10'000};
  loop.notice(ms - 1);
  CHECK(loop.due.empty());
  CHECK(loop.due.next_look_ns(ms - 1) == ms);
  loop.notice(3 * ms);
  CHECK(loop.due.size() == 3);
  CHECK(loop.due.next_look_ns(3 * ms) == 4 * ms);
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto next = loop.due.pop();
    REQUIRE(next);
    CHECK(next->request.index == i);
    CHECK_FALSE(next->is_retry);
  }
  CHECK_FALSE(loop.due.pop());
  CHECK(loop.window->counts.due == 3);
  // Noticed at 3 ms: 2, 1 and 0 ms late, to within a bucket.
  CHECK(loop.worst_delay_ns() / ms == 2);
  CHECK_FALSE(loop.due.nothing_comes(3 * ms));
}

TEST_CASE("A plan of many batches is gone through to its end", "[due_requests]") {
  OpenLoop loop{10'000};
  std::int64_t count = 0;
  for (std::int64_t now = 0; !loop.due.nothing_comes(now) || !loop.due.empty(); now += ms) {
    loop.notice(now);
    while (loop.due.pop()) ++count;
    REQUIRE(now <= 10'100 * ms);
  }
  CHECK(count == 10'000);
  CHECK(loop.due.next_look_ns(20'000 * ms) == core::never_ns);
}

TEST_CASE("What goes out again goes first, and says so", "[due_requests]") {
  OpenLoop loop{100};
  loop.notice(5 * ms);
  const auto first = loop.due.pop();
  loop.due.send_again(first->request);
  CHECK(loop.due.size() == 5);
  const auto again = loop.due.pop();
  CHECK(again->is_retry);
  CHECK(again->request.index == 0);
  CHECK(loop.due.pop()->request.index == 1);
}

TEST_CASE("Late requests are dropped when asked to, and counted", "[due_requests]") {
  OpenLoop loop{100};
  loop.notice(20 * ms);
  CHECK(loop.due.drop_before(11 * ms) == 10);
  CHECK(loop.due.pop()->request.index == 10);
}

TEST_CASE("Requests that had no room to wait in are noticed later, and that is not the generator's delay",
          "[due_requests]") {
  constexpr std::int64_t room = 32'768;
  OpenLoop loop{room + 5'000};
  for (std::int64_t now = 0; now <= (room + 2'000) * ms; now += 100 * ms) loop.notice(now);
  CHECK(loop.due.size() == room);
  while (loop.due.size() > 100) loop.due.pop();
  loop.due_is_full = false;
  loop.notice((room + 2'000) * ms);
  CHECK(loop.due.noticed() == room + 2'000);
  CHECK(loop.worst_delay_ns() < 101 * ms);  // those before it was full, every 100 ms
  // Caught up: from now on a delay is a delay.
  loop.notice((room + 2'500) * ms);
  CHECK(loop.worst_delay_ns() > 400 * ms);
}

TEST_CASE("A closed loop's users send, wait, think and send again", "[due_requests]") {
  Clerk clerk{{.plan = {}, .keep = [](const Window&) {}}, http_metrics};
  Window window{http_metrics};
  DueRequests due{{.users = 3, .think_time = 10ms, .requests = 5, .length = 1s}, clerk};
  due.wait_for_plan();
  due.notice(0, window);
  CHECK(due.size() == 3);
  while (due.pop()) {}
  CHECK(due.next_look_ns(0) == core::never_ns);  // all wait for their answers
  due.user_is_free(5 * ms);
  CHECK(due.next_look_ns(6 * ms) == 15 * ms);
  due.notice(14 * ms, window);
  CHECK(due.empty());
  due.notice(16 * ms, window);
  const auto next = due.pop();
  REQUIRE(next);
  CHECK(next->request.at_ns == 15 * ms);
  CHECK(next->request.index == 3);
  due.user_is_free(20 * ms);
  due.user_is_free(20 * ms);
  due.notice(40 * ms, window);
  CHECK(due.size() == 1);  // the fifth and last
  CHECK(due.nothing_comes(40 * ms));
}

TEST_CASE("A closed loop takes what its requests ask from the plan, and the time from its users", "[due_requests]") {
  Clerk clerk{metronome(4'000), http_metrics};
  Window window{http_metrics};
  DueRequests due{{.users = 1, .requests = 1'000'000, .length = 1s}, clerk};
  static_cast<void>(due.more_is_due(0));  // the clerk has drawn
  due.notice(0, window);
  const auto first = due.pop();
  REQUIRE(first);
  CHECK(first->request.content_key == 7);
  CHECK(first->request.at_ns == 0);
  due.user_is_free(1'500 * ms);
  due.notice(1'600 * ms, window);
  CHECK(due.empty());  // the time is up
}
