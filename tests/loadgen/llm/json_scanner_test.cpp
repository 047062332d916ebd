#include "loadgen/llm/json_scanner.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.hpp"

using loadgen::llm::JsonScanner;

// What is JSON and what is not is tested where answers are read, against Boost.JSON.

TEST_CASE("Members come one by one, with their names unescaped and their values as written", "[loadgen][llm]") {
  JsonScanner json{R"( {"a" : [1, {"x": "]}"}], "b\u0041\"\u20ac":"\n" , "":-1.5e3 } )"};
  std::vector<std::string> members;
  CHECK(json.next() == '{');
  CHECK(json.object([&](std::string_view key) {
    std::string_view value;
    const bool went_well = json.skip(value);
    members.push_back(std::string{key} + "=" + std::string{value});
    return went_well;
  }));
  CHECK(json.at_end());
  CHECK(members == std::vector<std::string>{R"(a=[1, {"x": "]}"}])", R"(bA"?="\n")", "=-1.5e3"});
}

TEST_CASE("Items come one by one, and who refuses one ends the array", "[loadgen][llm]") {
  JsonScanner json{R"(["a", "b", 3, "c"])"};
  std::vector<std::string_view> bodies;
  CHECK_FALSE(json.array([&] {
    std::string_view body;
    const bool is_string = json.string(body);
    if (is_string) { bodies.push_back(body); }
    return is_string;
  }));
  CHECK(bodies == std::vector<std::string_view>{"a", "b"});
}

TEST_CASE("A string ends at its first quote that is not escaped", "[loadgen][llm]") {
  const auto size = [](std::string_view text) {
    const char* const quote = JsonScanner::string_end(text.data(), text.data() + text.size());
    return quote == nullptr ? -1 : static_cast<int>(quote - text.data());
  };
  CHECK(size(R"(")") == 0);
  CHECK(size(R"(plain text of more than sixteen bytes", "x")") == 37);
  CHECK(size(R"(\\\"\u00e9")") == 10);
  CHECK(size(R"(\\")") == 2);
  CHECK(size(R"(\")") == -1);
  CHECK(size("no end") == -1);
  CHECK(size("control \x01\"") == -1);
  CHECK(size("") == -1);
}
