#include "cli/sizing_cards.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/yaml_reader.hpp"

namespace cli {
namespace {

bool is_file(std::string_view word) { return word.find('/') != std::string_view::npos || word.ends_with(".yaml"); }

// Not by the locale: names mean the same everywhere.
std::string in_capitals(std::string_view text) {
  std::string result{text};
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

template <class Card>
std::vector<std::string> names_of(const Card& card) {
  std::vector<std::string> names{card.name};
  names.insert(names.end(), card.aliases.begin(), card.aliases.end());
  return names;
}

[[noreturn]] void fail(std::string_view what, const std::string& word, const std::vector<std::string>& names,
                       std::string_view expected) {
  std::vector<std::string> first;
  for (const std::string& name : names) {
    if (name.find('/') == std::string::npos) first.push_back(name);
  }
  std::vector<std::string> lower;
  for (const std::string& name : names) lower.push_back(in_capitals(name));
  std::string near;
  if (const auto capitals = core::nearest(in_capitals(word), lower)) {
    near = fmt::format("; did you mean '{}'?",
                       names[static_cast<std::size_t>(std::ranges::find(lower, *capitals) - lower.begin())]);
  }
  throw core::ConfigError{fmt::format("billcast size: {}: found '{}', expected {}{}", what, word, expected, near)};
}

// An alias of the same GPU may state the memory that its name leaves out.
pricing::GpuName priced_name(const sim::GpuCard& card) {
  const pricing::GpuName own = pricing::read_gpu_name(card.name);
  if (own.memory_gib) return own;
  for (const std::string& alias : card.aliases) {
    const pricing::GpuName other = pricing::read_gpu_name(alias);
    if (other.memory_gib && other.model == own.model) return other;
  }
  return own;
}

SizingGpu gpu_of(const std::string& file, const std::string& text) {
  SizingGpu gpu{file, sim::read_gpu_card(file, text), {}, ""};
  gpu.name = priced_name(gpu.card);
  gpu.shown = in_capitals(gpu.card.name);
  return gpu;
}

bool is_meant(const SizingGpu& gpu, const std::string& word) {
  const pricing::GpuName asked = pricing::read_gpu_name(word);
  if (!asked.memory_gib && asked.model == gpu.name.model) return true;
  if (asked == gpu.name) return true;
  const std::vector<std::string> names = names_of(gpu.card);
  return std::ranges::any_of(names, [&](const std::string& name) { return pricing::read_gpu_name(name) == asked; });
}

}  // namespace

SizingModel model_of(const std::string& word, Resources& resources) {
  if (is_file(word)) {
    // "meta-llama/Meta-Llama-3-8B" has a slash as well.
    const std::string wanted = in_capitals(word);
    for (const std::string& name : Resources::shipped("models")) {
      sim::ModelCard card = sim::read_model_card(name, resources.load("models/" + name));
      const auto names = names_of(card);
      if (std::ranges::any_of(names, [&](const std::string& n) { return in_capitals(n) == wanted; }))
        return {name, std::move(card)};
    }
    return {word, sim::read_model_card(word, resources.load(word))};
  }
  std::vector<std::string> known;
  for (const std::string& name : Resources::shipped("models")) {
    sim::ModelCard card = sim::read_model_card(name, resources.load("models/" + name));
    for (const std::string& other : names_of(card)) {
      if (in_capitals(other) == in_capitals(word)) return {name, std::move(card)};
      known.push_back(other);
    }
  }
  fail("MODEL", word, known,
       fmt::format("the name of a model's card or its file ({})", fmt::join(Resources::shipped("models"), ", ")));
}

std::vector<SizingGpu> gpus_of(const Words& words, Resources& resources) {
  std::vector<SizingGpu> shipped;
  for (const std::string& name : Resources::shipped("gpus"))
    shipped.push_back(gpu_of(name, resources.load("gpus/" + name)));
  if (words.empty()) return shipped;
  std::vector<SizingGpu> meant;
  const auto add = [&](const SizingGpu& gpu) {
    const bool is_there = std::ranges::any_of(meant, [&](const SizingGpu& other) { return other.file == gpu.file; });
    if (!is_there) meant.push_back(gpu);
  };
  for (const std::string& word : words) {
    if (is_file(word)) {
      add(gpu_of(word, resources.load(word)));
      continue;
    }
    bool is_known = false;
    for (const SizingGpu& gpu : shipped) {
      if (!is_meant(gpu, word)) continue;
      is_known = true;
      add(gpu);
    }
    if (is_known) continue;
    std::vector<std::string> known;
    std::vector<std::string> listed;
    for (const SizingGpu& gpu : shipped) {
      listed.push_back(gpu.shown);
      known.push_back(gpu.shown);
      for (const std::string& alias : gpu.card.aliases) known.push_back(alias);
    }
    fail("GPU", word, known, fmt::format("the name of a GPU's card or its file ({})", fmt::join(listed, ", ")));
  }
  return meant;
}

}  // namespace cli
