// What a schema says of each form is what the reader takes: texts that it should, and texts that it should not.
#include "reports/config_schema.hpp"

#include <functional>
#include <regex>
#include <string>
#include <vector>

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

namespace {

using test_support::check_says;
using namespace std::chrono_literals;
using Read = std::function<void(const core::Section&)>;

// The schema of what `read` asks this text for.
std::string schema_of(const std::string& text, const Read& read) {
  core::Declarations declarations;
  core::Document document{"test.yaml", text};
  document.declare_to(declarations);
  read(document.root());
  document.finish();
  return reports::config_schema(declarations, "A test");
}

// Of a key that is read once, as JSON wrote it.
std::string pattern_in(const std::string& schema) {
  const std::string before = "\"pattern\": \"";
  const std::string compact = "\"pattern\":\"";
  std::size_t at = schema.find(before);
  if (at == std::string::npos) at = schema.find(compact) - (before.size() - compact.size());
  std::string pattern;
  for (std::size_t i = at + before.size(); i < schema.size() && schema[i] != '"'; ++i) {
    if (schema[i] == '\\') ++i;
    pattern += schema[i];
  }
  return pattern;
}

bool is_taken(const std::string& value, const Read& read) {
  try {
    core::Document document{"test.yaml", "k: '" + value + "'\n"};
    read(document.root());
    return true;
  } catch (const core::ConfigError&) { return false; }
}

}  // namespace

TEST_CASE("Patterns take what the reader takes", "[reports][schema]") {
  struct Form {
    std::string name;
    std::string example;
    Read read;
  };
  const std::vector<Form> forms{
      {"number", "1", [](const core::Section& s) { s.number("k"); }},
      {"number of at least 0", "1", [](const core::Section& s) { s.number("k", {.min = 0}); }},
      {"share", "1", [](const core::Section& s) { s.share("k", {.min = 0, .max = 1'000}); }},
      {"duration", "1s", [](const core::Section& s) { s.duration("k"); }},
      {"offset", "1s", [](const core::Section& s) { s.duration("k", {.min = -24h * 3'660, .max = 24h * 3'660}); }},
      {"bytes", "1GB", [](const core::Section& s) { s.bytes("k"); }},
      {"rate", "1GB/s", [](const core::Section& s) { s.bytes_per_second("k", {.min = 0}); }},
      {"money", "$1", [](const core::Section& s) { s.money("k"); }},
      {"quantity", "1", [](const core::Section& s) { s.quantity("k"); }},
      {"date", "2026-12-01", [](const core::Section& s) { s.date("k"); }},
      {"boolean", "true", [](const core::Section& s) { s.boolean("k"); }},
  };
  // Numbers in every spelling, units with and without blanks, and what is nearly one. The limits of values are the
  // reader's alone, so none of these is too large or not whole.
  std::vector<std::string> texts{"true",       "false", "True", "yes", "2026-12-01", "2026-1-1",
                                 "2026.12.01", "",      "x",    "-",   "."};
  for (const char* number : {"1",   "0",  "-0",   "+1",   "-1",  "1_0", "_1",  "1_",  "1__0", "0.5", ".5",  "1.",
                             "1e0", "1e", "1E+0", "-0.0", "--1", "1,0", "0x1", "nan", "$1",   "-$1", "$-1", "+$1"}) {
    for (const char* unit :
         {"", "%", " %", "s", " ms", "d", "w", "M", "B", "kB", " GiB", "gb", "GB/s", "B /s", "/s", "€"}) {
      texts.push_back(std::string{number} + unit);
    }
  }
  for (const Form& form : forms) {
    const std::string schema = schema_of("k: " + form.example + "\n", form.read);
    const std::regex pattern{pattern_in(schema)};
    for (const std::string& text : texts) {
      const bool fits = std::regex_search(text, pattern);
      const bool taken = is_taken(text, form.read);
      CAPTURE(form.name, text, fits, taken);
      // 0.5 B is not whole: the schema may take it, the reader decides.
      const bool is_fraction = text.find("0.5") != std::string::npos;
      if (taken || !is_fraction) { CHECK(fits == taken); }
    }
  }
}

TEST_CASE("A schema holds what a key's declaration says", "[reports][schema]") {
  const std::string schema = schema_of("kind: a\nusers: 5\nlist: [1, 2]\n", [](const core::Section& s) {
    s.choice("kind", {"a", "b"});
    s.number("users", {.min = 1, .max = 10, .unit = "users"});
    s.integer("replicas", {.min = 1, .unit = "replicas", .fallback = 2, .why = "two of each"});
    s.integers("list");
    if (const auto section = s.optional_section("below")) section->text("name");
  });
  check_says(schema, R"("kind": {"enum":["a","b"])");
  check_says(schema, R"("minimum": 1,)");
  check_says(schema, R"("maximum": 10,)");
  check_says(schema, "default 2 replicas (two of each)");
  check_says(schema, R"("required": ["kind","users","list"])");
  check_says(schema, R"("additionalProperties": false)");
}

TEST_CASE("Keys that depend on a choice are refused beside another", "[reports][schema]") {
  core::Declarations declarations;
  const auto read = [&](const std::string& text) {
    core::Document document{"test.yaml", text};
    document.declare_to(declarations);
    if (document.root().choice("kind", {"cat", "fish"}) == 0) document.root().number("legs");
    else document.root().number("fins");
    document.finish();
  };
  read("{kind: cat, legs: 4}");
  CHECK(reports::unwalked(declarations) == std::vector<std::string>{"kind: fish"});
  read("{kind: fish, fins: 2}");
  CHECK(reports::unwalked(declarations).empty());
  const std::string schema = reports::config_schema(declarations, "A pet");
  check_says(schema, R"({"properties":{"kind":{"const":"cat"}},"required":["kind"]})");
  check_says(schema, R"("properties":{"fins":false}})");
  check_says(schema, R"("properties":{"legs":false}})");
}

TEST_CASE("Nothing is kept where nobody collects", "[reports][schema]") {
  core::Document document{"test.yaml", "k: 1\n"};
  core::Declarations declarations;
  document.root().number("k");
  document.root().declare_as("k", "form");
  document.root().declare_relative("k");
  document.root().names("a name");
  CHECK(declarations.all().empty());
}
