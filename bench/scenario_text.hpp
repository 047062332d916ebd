// Reads a scenario for a benchmark: named tables come from the source tree's configs/.
#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/yaml_reader.hpp"
#include "sim/scenario.hpp"

namespace bench {

inline std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error{"cannot read " + path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

inline std::string named_table(std::string_view name) {
  const std::string folder = name.find('/') == std::string_view::npos ? "configs/tokens/" : "configs/";
  return read_file(PROJECT_SOURCE "/" + folder + std::string{name} + ".yaml");
}

inline sim::Scenario read(std::string_view text) {
  const core::Document document{"bench.yaml", text};
  return sim::read_scenario(document.root(), named_table, [](const core::Section& option) {
    if (option.has("instance")) option.text("instance");
    return sim::InstanceFacts{};
  });
}

}  // namespace bench
