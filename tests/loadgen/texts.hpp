// A recording whose files are texts in memory.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/measurement.hpp"

namespace test_support {

using Texts = std::map<std::string, std::string, std::less<>>;

// Hands out line by line: as cut up as any file will ever be. Half a line at the end is left out, as of a file.
inline loadgen::FileReader files_of(Texts texts) {
  return [texts = std::move(texts)](std::string_view name, const std::function<void(std::string_view)>& take) {
    const auto found = texts.find(name);
    if (found == texts.end()) { return false; }
    std::string_view rest = found->second;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      take(rest.substr(0, end + 1));
      rest.remove_prefix(end + 1);
    }
    return true;
  };
}

inline std::vector<loadgen::SecondCounts> seconds_in(const loadgen::FileReader& read) {
  std::vector<loadgen::SecondCounts> seconds;
  loadgen::for_each_second(read, [&](const loadgen::SecondCounts& second) { seconds.push_back(second); });
  return seconds;
}

inline std::vector<loadgen::SecondCounts> seconds_of(const std::string& text) {
  return seconds_in(files_of({{"outcomes.csv", text}}));
}

}  // namespace test_support
