// Compares a text with a file of tests/golden; BILLCAST_UPDATE_GOLDEN=1 writes the file instead, to be read in review.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/catch.hpp"

namespace test_support {

// `name` is relative to tests/golden: "reports/summary.txt".
inline void check_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path{PROJECT_SOURCE} / "tests" / "golden" / name;
  if (std::getenv("BILLCAST_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
  }
  std::ifstream file{path, std::ios::binary};
  const std::string golden{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
  INFO("refresh " << path.string() << " with BILLCAST_UPDATE_GOLDEN=1");
  CHECK(text == golden);
}

}  // namespace test_support
