#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "reports/config_schema.hpp"

namespace reports {

using core::Declared;
using core::Form;

std::vector<std::string> unwalked(const core::Declarations& declarations) {
  // By path and key: is any form known, and which choices were made?
  struct Seen {
    bool has_form = false;
    std::set<std::string> choices;
    std::set<std::string> chosen;
    std::set<std::string> defaults;
    bool decides = false;
  };
  std::vector<std::string> places;
  std::map<std::string, Seen> seen;
  std::set<std::string> entered;
  for (const Declared& d : declarations.all()) {
    entered.insert(d.section);
    if (d.form == Form::names) continue;
    const std::string place = d.section.empty() ? d.key : d.key.empty() ? d.section : d.section + "." + d.key;
    const auto [entry, is_new] = seen.try_emplace(place);
    if (is_new) places.push_back(place);
    Seen& one = entry->second;
    one.has_form |= d.form != Form::asked && d.form != Form::left;
    one.choices.insert(d.choices.begin(), d.choices.end());
    if (!d.chosen.empty()) one.chosen.insert(d.chosen);
    if (!d.fallback.empty()) one.defaults.insert(d.fallback);
    one.decides |= decides(d.key);
  }
  std::vector<std::string> open;
  for (const std::string& place : places) {
    const Seen& one = seen.at(place);
    if (!one.has_form) open.push_back(place);
    // Other choices are words; what there is to walk behind one shows where it is not the default.
    const bool only_default = !one.defaults.empty() && one.chosen == one.defaults && one.choices != one.defaults;
    for (const std::string& choice : one.choices) {
      if ((one.decides || only_default) && !one.chosen.contains(choice)) {
        open.push_back(fmt::format("{}: {}", place, choice));
      }
    }
  }
  for (const Declared& d : declarations.all()) {
    if (!d.below.empty() && !entered.contains(d.below) && std::find(open.begin(), open.end(), d.below) == open.end()) {
      open.push_back(d.below);
    }
  }
  return open;
}

}  // namespace reports
