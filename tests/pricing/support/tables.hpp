// The shipped price tables, read from the source tree.
#pragma once

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pricing/catalog.hpp"

namespace pricing::test {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream{path, std::ios::binary};
  if (!stream) throw std::runtime_error("cannot read " + path.string());
  return std::string{std::istreambuf_iterator<char>{stream}, {}};
}

inline constexpr std::array<std::string_view, 4> shipped{"models", "aws-us-east-1", "gcp-us-central1", "azure-eastus"};

inline const Catalog& catalog() {
  static const Catalog tables = [] {
    std::vector<std::pair<std::string, std::string>> texts;
    for (const std::string_view name : shipped) {
      const auto file = std::string{name} + ".yaml";
      texts.emplace_back(file, read_text(std::filesystem::path{PROJECT_SOURCE} / "pricing" / "tables" / file));
    }
    return Catalog{texts};
  }();
  return tables;
}

}  // namespace pricing::test
