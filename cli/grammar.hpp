// The options of one subcommand, and the words that were given for them.
//
//  * `Grammar`  declares options, prints their help, parses
//  * `Given`    what was given; each call reads one option and checks it
//
// Example:
//   Grammar grammar{"run", "Simulates…\n"};
//   grammar.value("seed", "N", "of everything random");
//   const auto given = grammar.parse(words, out, 1);
//   if (!given) return std::nullopt;                  // help was printed
//   const std::uint64_t seed = given->whole("seed", 0, 10).value_or(1);
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/arguments.hpp"
#include "core/time.hpp"

namespace cli {

// All of it throws core::ConfigError for what the option does not take.
class Given {
 public:
  // `values`: of each option that was given; a flag has none. Positional words have the name "".
  Given(std::string name, std::map<std::string, Words, std::less<>> values)
      : name_{std::move(name)}, values_{std::move(values)} {}

  bool has(std::string_view option) const { return values_.find(option) != values_.end(); }
  Words positional() const { return words(""); }
  Words words(std::string_view option) const;
  std::optional<std::string> text(std::string_view option) const;
  std::optional<std::uint64_t> whole(std::string_view option, std::uint64_t min, std::uint64_t max) const;
  std::optional<double> number(std::string_view option, double min, double max, std::string_view unit) const;
  std::optional<core::Duration> duration(std::string_view option, core::Duration min, core::Duration max) const;

  // "billcast run: --threads: found '0', expected …"
  [[noreturn]] void fail(std::string_view option, std::string_view found, std::string_view expected) const;

 private:
  std::string name_;
  std::map<std::string, Words, std::less<>> values_;
};

class Grammar {
 public:
  Grammar(std::string name, std::string usage);

  void group(const char* title);  // the options that follow stand under it in the help
  void flag(const char* name, const char* help);
  void value(const char* name, const char* placeholder, const char* help);
  void values(const char* name, const char* placeholder, const char* help);
  // What the first positional word is, for shells that complete it; without either, a file.
  void words(Words words) { words_ = std::move(words); }
  void scenarios() { takes_scenarios_ = true; }

  // Nothing after printing the help that was asked for, or the lists of `list_options` (cli/completion.cpp), which
  // stand in lines of words with tabs between them: option NAME PLACEHOLDER HELP, word WORD, scenarios. Positional
  // words are all optional here: a missing one gets its own message.
  static constexpr std::string_view list_options = "--list-options";
  std::optional<Given> parse(const Words& words, const Out& out, int most_positional);

 private:
  enum class Kind : std::uint8_t { flag, value, values };
  struct Option {
    std::string name;
    std::string placeholder;
    std::string help;
    Kind kind;
  };
  struct Group {
    std::string title;
    std::vector<Option> options;
  };

  std::string name_;
  std::string usage_;
  std::vector<Group> groups_;
  Words words_;
  bool takes_scenarios_ = false;

  std::string listed() const;
};

}  // namespace cli
