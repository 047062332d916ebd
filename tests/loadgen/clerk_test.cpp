#include "loadgen/clerk.hpp"

#include <stdexcept>
#include <vector>

#include "tests/support/catch.hpp"

using namespace loadgen;

namespace {

// 10,000 requests, numbered.
std::function<std::size_t(std::span<PlannedRequest>)> numbered_plan() {
  return [next = std::int64_t{0}](std::span<PlannedRequest> requests) mutable {
    std::size_t count = 0;
    while (count < requests.size() && next < 10'000) {
      requests[count++] = {.at_ns = next, .index = next};
      ++next;
    }
    return count;
  };
}

}  // namespace

TEST_CASE("The clerk hands over the whole plan and keeps every window, each once", "[clerk]") {
  std::int64_t kept = 0;
  std::int64_t windows = 0;
  Clerk clerk{{.plan = numbered_plan(),
               .keep =
                   [&](const Window& window) {
                     kept += window.counts.sent;
                     windows += window.counts.sent > 0 ? 1 : 0;
                   }},
              http_metrics};
  Window* window = clerk.first_window();
  std::int64_t expected = 0;
  bool in_order = true;
  for (bool over = false; !over;) {
    PlanBatch* batch = clerk.next_batch();
    if (batch == nullptr) continue;
    over = batch->count == 0;
    for (std::size_t i = 0; i < batch->count; ++i) {
      in_order = in_order && batch->requests[i].index == expected++;
      ++window->counts.sent;
      window->record(Metric::response_time, 1000);
      if (Window* fresh = expected % 100 == 0 ? clerk.exchange(window) : nullptr) {
        window = fresh;
        in_order = in_order && window->counts.sent == 0 && window->of(Metric::response_time).total_count() == 0;
      }
    }
    if (!over) clerk.done_with(batch);
  }
  clerk.finish(window);
  CHECK(in_order);
  CHECK(expected == 10'000);
  CHECK(kept == 10'000);
  CHECK(windows >= 2);
}

TEST_CASE("The clerk's trouble reaches who waits for it", "[clerk]") {
  Clerk clerk{{.plan = {}, .keep = [](const Window&) { throw std::runtime_error{"the disk is full"}; }}, http_metrics};
  Window* window = clerk.exchange(clerk.first_window());
  REQUIRE(window != nullptr);
  CHECK_THROWS_WITH(clerk.finish(window), "the disk is full");
  CHECK(clerk.failed());
}

TEST_CASE("The clerk may be left without being asked for anything", "[clerk]") {
  const Clerk clerk{{.plan = numbered_plan(), .keep = [](const Window&) {}}, http_metrics};
}
