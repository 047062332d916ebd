// core/nearest.cpp; core/yaml_reader.hpp declares it.
#include <string>
#include <vector>

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"

TEST_CASE("The nearest word is offered only when it is near enough to be a slip", "[core][yaml]") {
  const std::vector<std::string> words{"daily_users", "arrivals", "min", "max", "process", "cv"};
  CHECK(core::nearest("dayly_users", words) == "daily_users");
  CHECK(core::nearest("Daily-Users", words) == "daily_users");
  CHECK(core::nearest("arrivlas", words) == "arrivals");
  CHECK(core::nearest("proces", words) == "process");
  CHECK(core::nearest("mix", words) == "min");  // as near to "max"; the first one counts
  CHECK(core::nearest("mni", words) == "min");  // a swap is one slip
  CHECK(core::nearest("cx", words) == std::nullopt);
  CHECK(core::nearest("weather", words) == std::nullopt);
  CHECK(core::nearest("", words) == std::nullopt);
  CHECK(core::nearest(std::string(10'000, 'a'), {std::string(10'000, 'a')}) == std::nullopt);
}
