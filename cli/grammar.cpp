#include "cli/grammar.hpp"

#include <charconv>
#include <sstream>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "core/format.hpp"
#include "core/units.hpp"
#include "core/yaml_reader.hpp"

namespace cli {

namespace po = boost::program_options;

Words Given::words(std::string_view option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? Words{} : found->second;
}

std::optional<std::string> Given::text(std::string_view option) const {
  if (!has(option)) return std::nullopt;
  return words(option).back();
}

std::optional<std::uint64_t> Given::whole(std::string_view option, std::uint64_t min, std::uint64_t max) const {
  const auto given = text(option);
  if (!given) return std::nullopt;
  std::uint64_t value = 0;
  const char* const last = given->data() + given->size();
  const auto [end, error] = std::from_chars(given->data(), last, value);
  if (error != std::errc{} || end != last || value < min || value > max) {
    fail(fmt::format("--{}", option), fmt::format("'{}'", *given),
         fmt::format("a whole number from {} to {}", min, max));
  }
  return value;
}

std::optional<double> Given::number(std::string_view option, double min, double max, std::string_view unit) const {
  const auto given = text(option);
  if (!given) return std::nullopt;
  const auto value = core::parse_number(*given);
  if (!value || !(value.value >= min && value.value <= max)) {
    fail(fmt::format("--{}", option), fmt::format("'{}'{}", *given, core::clause(value.flaw)),
         fmt::format("a number from {} to {}{}{}", core::config_number(min), core::config_number(max),
                     unit.empty() ? "" : " ", unit));
  }
  return value.value;
}

std::optional<core::Duration> Given::duration(std::string_view option, core::Duration min, core::Duration max) const {
  const auto given = text(option);
  if (!given) return std::nullopt;
  const auto value = core::parse_duration(*given);
  if (!value || value.value < min || value.value > max) {
    fail(fmt::format("--{}", option), fmt::format("'{}'{}", *given, core::clause(value.flaw)),
         fmt::format("a time from {} to {}, as in 10s", core::config_duration(min), core::config_duration(max)));
  }
  return value.value;
}

void Given::fail(std::string_view option, std::string_view found, std::string_view expected) const {
  throw core::ConfigError{fmt::format("billcast {}: {}: found {}, expected {}", name_, option, found, expected)};
}

Grammar::Grammar(std::string name, std::string usage) : name_{std::move(name)}, usage_{std::move(usage)} {
  group("Options");
}

void Grammar::group(const char* title) { groups_.push_back({title, {}}); }

void Grammar::flag(const char* name, const char* help) {
  groups_.back().options.push_back({name, "", help, Kind::flag});
}

void Grammar::value(const char* name, const char* placeholder, const char* help) {
  groups_.back().options.push_back({name, placeholder, help, Kind::value});
}

void Grammar::values(const char* name, const char* placeholder, const char* help) {
  groups_.back().options.push_back({name, placeholder, help, Kind::values});
}

std::string Grammar::listed() const {
  std::string text = "option\thelp\t\tprint this\n";
  for (const Group& group : groups_) {
    for (const Option& option : group.options) {
      text += fmt::format("option\t{}\t{}\t{}\n", option.name, option.placeholder, option.help);
    }
  }
  for (const std::string& word : words_) text += fmt::format("word\t{}\n", word);
  if (takes_scenarios_) text += "scenarios\n";
  return text;
}

std::optional<Given> Grammar::parse(const Words& words, const Out& out, int most_positional) {
  if (words.size() == 1 && words.front() == list_options) {
    out(listed());
    return std::nullopt;
  }
  constexpr const char* positional_name = "positional";
  std::vector<po::options_description> shown;
  for (const Group& group : groups_) {
    po::options_description& options = shown.emplace_back(group.title);
    if (shown.size() == 1) options.add_options()("help,h", "print this");
    for (const Option& option : group.options) {
      const char* name = option.name.c_str();
      const char* help = option.help.c_str();
      if (option.kind == Kind::flag) {
        options.add_options()(name, help);
      } else if (option.kind == Kind::value) {
        options.add_options()(name, po::value<std::string>()->value_name(option.placeholder), help);
      } else {
        options.add_options()(name, po::value<Words>()->composing()->value_name(option.placeholder), help);
      }
    }
  }
  po::options_description all;
  for (const auto& options : shown) all.add(options);
  all.add_options()(positional_name, po::value<Words>());
  po::positional_options_description positional;
  positional.add(positional_name, most_positional);
  po::variables_map map;
  try {
    using namespace po::command_line_style;
    // No guessing: an abbreviation that is right today is ambiguous tomorrow.
    po::store(
        po::command_line_parser{words}.options(all).positional(positional).style(unix_style & ~allow_guessing).run(),
        map);
  } catch (const po::unknown_option& error) {
    std::vector<std::string> known;
    for (const auto& options : shown) {
      for (const auto& option : options.options()) known.push_back("--" + option->long_name());
    }
    const auto near = core::nearest(error.get_option_name(), known);
    throw core::ConfigError{fmt::format("billcast {}: unknown option '{}'{}; `billcast {} --help` lists what there is",
                                        name_, error.get_option_name(),
                                        near ? fmt::format(", did you mean '{}'?", *near) : "", name_)};
  } catch (const po::error& error) {
    throw core::ConfigError{
        fmt::format("billcast {}: {}; `billcast {} --help` lists what there is", name_, error.what(), name_)};
  }
  if (map.count("help") != 0) {
    std::ostringstream text;
    for (const auto& options : shown) text << options << '\n';  // the library prints itself in no other way
    out(usage_ + "\n" + text.str());
    return std::nullopt;
  }
  std::map<std::string, Words, std::less<>> values;
  for (const auto& [name, value] : map) {
    Words& given = values[name == positional_name ? "" : name];
    if (const auto* text = boost::any_cast<std::string>(&value.value())) given = {*text};
    else if (const auto* list = boost::any_cast<Words>(&value.value())) given = *list;
  }
  return Given{name_, std::move(values)};
}

}  // namespace cli
