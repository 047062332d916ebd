// What ends when, against a list that is searched from end to end.
#include "sim/topology/completions.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "sim/ledger.hpp"
#include "tests/sim/serving_run.hpp"
#include "tests/support/catch.hpp"

using sim::Completions;

namespace {

// One seed draws requests that end after short and long stays, promises that are taken back and made anew, and
// moments at which all that has ended is asked for, some of them at one and the same time.
void check_random(std::uint64_t seed) {
  serving_run::Dice dice{seed};
  const std::int64_t longest = std::int64_t{1} << dice.between(2, 50);
  const std::int64_t tickets = dice.between(1, 200);
  Completions completions;
  std::map<std::uint32_t, std::int64_t> ends;  // of those that were not taken
  std::int64_t now_ns = 0;
  std::int64_t taken = 0;
  for (int step = 0; step < 3'000; ++step) {
    const auto ticket = static_cast<std::uint32_t>(dice.below(tickets));
    const sim::Visit visit{.arrival_ns = now_ns, .first_token_ns = dice.below(100), .ticket = ticket};
    if (const auto known = ends.find(ticket); known != ends.end()) {
      if (dice.one_in(3)) {  // the promise is taken back
        completions.note(visit, now_ns, known->second, core::Outcome::served, -1);
        if (dice.one_in(5)) ends.erase(known);
        else known->second = dice.one_in(2) ? known->second : now_ns + dice.below(longest);
        if (ends.contains(ticket)) completions.note(visit, now_ns, ends[ticket], core::Outcome::served, 1);
      }
    } else {
      ends[ticket] = now_ns + dice.below(longest);
      completions.note(visit, now_ns, ends[ticket], core::Outcome::served, 1);
    }
    if (!dice.one_in(10)) continue;
    if (!dice.one_in(4)) now_ns += dice.below(longest);
    std::vector<std::pair<std::uint32_t, std::int64_t>> expected;
    for (const auto& [t, end_ns] : ends) {
      if (end_ns <= now_ns) expected.emplace_back(t, end_ns);
    }
    std::erase_if(ends, [&](const auto& e) { return e.second <= now_ns; });
    std::vector<std::pair<std::uint32_t, std::int64_t>> due;
    for (const Completions::Due& d : completions.take(now_ns)) {
      due.emplace_back(d.ticket, d.due_ns);
      REQUIRE(completions.stay(d.ticket).end_ns == d.due_ns);
    }
    std::sort(due.begin(), due.end());
    REQUIRE(due == expected);
    taken += static_cast<std::int64_t>(due.size());
  }
  CHECK(taken > 0);
}

}  // namespace

TEST_CASE("What has ended by a moment is handed out once, whatever was promised before", "[sim][topology]") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    check_random(seed);
  }
}

TEST_CASE("What is heard of after its time is due at once, with the time at which it ended", "[sim][topology]") {
  Completions completions;
  CHECK(completions.take(1'000).empty());
  completions.note({.arrival_ns = 5, .ticket = 3}, 10, 900, core::Outcome::timed_out, 1);
  const auto due = completions.take(1'000);
  REQUIRE(due.size() == 1);
  CHECK(due[0].due_ns == 1'000);
  CHECK(completions.stay(3).end_ns == 900);
  CHECK(completions.stay(3).outcome == core::Outcome::timed_out);
}
