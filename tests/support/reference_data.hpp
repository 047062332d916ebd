// The third parties' measurements that tests compare with. They are not part of the repository (their
// licences differ), so a test that needs one must cope without it.
//
//  * `reference_data(file)`       where the file lies, or nothing and one printed line that says so
//  * `read_reference_data(file)`  its bytes
//
// The data is looked for in the folder that the environment variable BILLCAST_REFERENCE_DATA names, else in
// ../shared/data beside the source tree.
//
// Example:
//   const auto text = test_support::read_reference_data("histograms/tagged-Log.logV2.hlog");
//   if (!text) { return; }   // said so on the terminal
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/core.h>

namespace test_support {

inline std::optional<std::filesystem::path> reference_data(std::string_view file) {
  namespace fs = std::filesystem;
  const char* const named = std::getenv("BILLCAST_REFERENCE_DATA");
  const fs::path folder =
      named != nullptr && *named != '\0' ? fs::path{named} : fs::path{PROJECT_SOURCE} / ".." / "shared" / "data";
  fs::path path = folder / file;
  std::error_code error;
  if (fs::is_regular_file(path, error)) { return path; }
  fmt::print(stderr, "skipped: no reference data '{}' (set BILLCAST_REFERENCE_DATA to its folder)\n", file);
  return std::nullopt;
}

inline std::optional<std::string> read_reference_data(std::string_view file) {
  const auto path = reference_data(file);
  if (!path) { return std::nullopt; }
  std::ifstream stream{*path, std::ios::binary};
  return std::string{std::istreambuf_iterator<char>{stream}, {}};
}

}  // namespace test_support
