#include "cli/identities.hpp"

#include <stdexcept>

#include "tests/support/catch.hpp"

using cli::demand_identities;

namespace {

std::vector<sim::OptionResult> results(bool conservation, bool littles_law, bool busy_time, bool kv_memory,
                                       bool billed_time = true, bool work_conservation = true) {
  std::vector<sim::OptionResult> two(2);
  two[0].checks = {.conservation = true, .causality = true, .littles_law = true, .busy_time = true};
  two[1].name = "self-hosted";
  two[1].checks = {.conservation = conservation,
                   .causality = true,
                   .littles_law = littles_law,
                   .busy_time = busy_time,
                   .billed_time = billed_time,
                   .work_conservation = work_conservation,
                   .kv_memory = kv_memory};
  return two;
}

}  // namespace

TEST_CASE("A run whose identities hold passes", "[cli][identities]") {
  CHECK_NOTHROW(demand_identities(results(true, true, true, true), 7));
}

TEST_CASE("A violated identity is named with its option and the seed that replays it", "[cli][identities]") {
  CHECK_THROWS_WITH(demand_identities(results(false, true, true, true), 7),
                    "option 'self-hosted' violates conservation of requests with seed 7");
  CHECK_THROWS_WITH(demand_identities(results(true, false, true, true), 7),
                    "option 'self-hosted' violates Little's law with seed 7");
  CHECK_THROWS_WITH(demand_identities(results(true, true, false, true), 7),
                    "option 'self-hosted' violates the sum of busy time with seed 7");
  CHECK_THROWS_WITH(demand_identities(results(true, true, true, false), 7),
                    "option 'self-hosted' violates the count of KV memory with seed 7");
  CHECK_THROWS_WITH(demand_identities(results(true, true, true, true, false), 7),
                    "option 'self-hosted' violates the sum of billed seconds with seed 7");
  CHECK_THROWS_WITH(demand_identities(results(true, true, true, true, true, false), 7),
                    "option 'self-hosted' violates work conservation: a slot idled while a request waited with seed 7");
  std::vector<sim::OptionResult> early = results(true, true, true, true);
  early[1].checks.causality = false;
  CHECK_THROWS_WITH(demand_identities(early, 7),
                    "option 'self-hosted' violates causality: a request was served before it came with seed 7");
  CHECK_THROWS_AS(demand_identities(results(false, true, true, true), 7), std::logic_error);
}

TEST_CASE("A violated identity of a part is named, too", "[cli][identities]") {
  std::vector<sim::OptionResult> whole = results(true, true, true, true);
  whole[0].parts = results(true, true, false, true);
  CHECK_THROWS_WITH(demand_identities(whole, 7), "option 'self-hosted' violates the sum of busy time with seed 7");
}
