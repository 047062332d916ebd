// Arbitrary bytes as a YAML file, and after a NUL each as one `--set`: whatever they are, the reader answers with
// values or with one ConfigError of one printable line that says where.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/utf8.hpp"
#include "core/yaml_reader.hpp"

namespace {

using core::ConfigError;
using core::Section;

void require(bool holds, const char* what, std::string_view line) {
  if (holds) { return; }
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(line.size()), line.data());
  std::abort();
}

void check(const ConfigError& error) {
  const std::string_view line = error.what();
  require(line.starts_with("f.yaml:") || line.starts_with("--set"), "an error that does not say where", line);
  require(core::utf8::escape_unprintable(line) == line, "an error that is not one printable line", line);
  // An assignment stands in the message as it was typed; all else has a bound.
  require(line.starts_with("--set") || line.size() < 10'000, "an endless error", line);
}

// Runs one read; an error ends that read only.
template <class Read>
void attempt(Read read) {
  try {
    read();
  } catch (const ConfigError& error) { check(error); }
}

// Everything a Section can be asked, of each key that is there and of one that is not.
void read_all(const Section& section, int depth) {
  constexpr std::size_t most = 6;  // keys of a mapping: each costs twenty exceptions, and more teach nothing new
  std::vector<std::string> keys = section.keys();
  keys.resize(std::min(keys.size(), most));
  keys.emplace_back("daily_users");
  for (const std::string& key : keys) {
    attempt([&] { section.number(key, {.min = 1, .max = 1e10, .unit = "users"}); });
    attempt([&] { section.integer(key, {.min = -5, .fallback = 1, .why = "fuzz"}); });
    attempt([&] { section.share(key); });
    attempt([&] { section.duration(key); });
    attempt([&] { section.text(key); });
    attempt([&] { section.choice(key, {"poisson", "gamma", "mmpp"}); });
    attempt([&] { section.boolean(key); });
    attempt([&] { section.date(key); });
    attempt([&] { section.bytes(key); });
    attempt([&] { section.bytes_per_second(key); });
    attempt([&] { section.money(key); });
    attempt([&] { section.quantity(key); });
    attempt([&] { section.numbers(key, 24); });
    attempt([&] { section.integers(key); });
    attempt([&] { section.texts(key); });
    attempt([&] { check(section.error(key, key, "something else")); });
    section.kind(key);
    if (depth == 0) { continue; }
    attempt([&] {
      if (const auto below = section.optional_section(key)) { read_all(*below, depth - 1); }
    });
    attempt([&] {
      for (const Section& item : section.optional_sections(key)) { read_all(item, depth - 1); }
    });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  const auto take = [&] {
    const std::string_view part = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part;
  };
  attempt([&] {
    core::Document document{"f.yaml", take()};
    while (!rest.empty()) {
      attempt([&] { document.set(take()); });
    }
    attempt([&] { document.finish(); });  // refuses the first key: nothing was read yet
    read_all(document.root(), 3);
    document.finish();
    for (const core::Assumption& assumption : document.assumptions()) {
      require(core::utf8::escape_unprintable(assumption.key) == assumption.key, "an unprintable key", assumption.key);
    }
  });
  return 0;
}
