#include "pricing/gpu_name.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace pricing {
namespace {

// Not std::toupper: names mean the same in every locale.
std::string in_capitals(std::string_view text) {
  std::string result{text};
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("-_ ");
    if (end != 0) words.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return words;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 4 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

constexpr std::array<std::string_view, 4> makers{"NVIDIA", "AMD", "TESLA", "INSTINCT"};
constexpr std::array<std::string_view, 2> units{"GIB", "GB"};

}  // namespace

bool GpuName::is(const Accelerator& gpu) const {
  return in_capitals(gpu.model) == model && (!memory_gib || gpu.memory_gib == *memory_gib);
}

GpuName read_gpu_name(std::string_view text) {
  const std::string capitals = in_capitals(text);
  GpuName name;
  const auto words = words_of(capitals);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (std::ranges::find(makers, word) != makers.end()) continue;
    const auto unit = std::ranges::find_if(units, [&](std::string_view u) { return word.ends_with(u); });
    if (unit != units.end() && is_number(word.substr(0, word.size() - unit->size()))) {
      name.memory_gib = core::Quantity::parse(word.substr(0, word.size() - unit->size()));
      continue;
    }
    // "A100 80 GB": the figure and its unit are two words.
    if (is_number(word) && i + 1 < words.size() && std::ranges::find(units, words[i + 1]) != units.end()) {
      name.memory_gib = core::Quantity::parse(word);
      ++i;
      continue;
    }
    if (!name.model.empty()) name.model += '-';
    name.model += word;
  }
  return name;
}

}  // namespace pricing
