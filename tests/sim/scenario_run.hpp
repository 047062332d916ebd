// Scenarios of a few lines, read as the program reads them.
//
//  * `Files`          what the scenario may name: texts by name; tables that ship are found under configs/
//  * `load_from`      brings them
//  * `any_instance`   every instance type is metered by the default rule: prices are no matter here
//  * `read_scenario`  the scenario and the assumptions it makes
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/yaml_reader.hpp"
#include "sim/scenario.hpp"

namespace scenario_run {

using Files = std::map<std::string, std::string, std::less<>>;

inline std::filesystem::path configs() { return std::filesystem::path{PROJECT_SOURCE} / "configs"; }

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

inline core::traffic::TextLoader load_from(Files files = {}) {
  return [files = std::move(files)](std::string_view name) {
    if (const auto file = files.find(name); file != files.end()) return file->second;
    const std::filesystem::path shipped = configs() / (std::string{name} + ".yaml");
    if (std::filesystem::exists(shipped)) return read_file(shipped);
    throw core::ConfigError{fmt::format("'{}': found no such file", name)};
  };
}

inline sim::InstanceFacts any_instance(const core::Section& option) {
  option.text("instance");
  return {};
}

struct Read {
  sim::Scenario scenario;
  std::vector<core::Assumption> assumptions;
};

inline Read read_scenario(const std::string& text, const Files& files = {}) {
  const core::Document document{"s.yaml", text};
  sim::Scenario scenario = sim::read_scenario(document.root(), load_from(files), any_instance);
  return {std::move(scenario), document.assumptions()};
}

}  // namespace scenario_run
