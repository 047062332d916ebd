#include "cli/resources.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "cli/embedded.hpp"
#include "cli/files.hpp"
#include "core/yaml_reader.hpp"
#include "pricing/price_table.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view tables_folder = "pricing/tables/";
constexpr std::string_view configs_folder = "configs/";

std::optional<std::string_view> embedded(std::string_view name) {
  for (const std::string_view folder : {std::string_view{}, configs_folder, tables_folder}) {
    for (const std::string_view ending : {std::string_view{}, std::string_view{".yaml"}}) {
      const std::string wanted = fmt::format("{}{}{}", folder, name, ending);
      for (const EmbeddedFile& file : embedded_files()) {
        if (file.name == wanted) return file.text;
      }
    }
  }
  return std::nullopt;
}

std::optional<fs::path> file_beside(const fs::path& folder, std::string_view name) {
  std::error_code error;
  for (const std::string_view ending : {std::string_view{}, std::string_view{".yaml"}}) {
    const fs::path path = folder / fs::path{fmt::format("{}{}", name, ending)};
    if (fs::is_regular_file(path, error)) return path;
  }
  return std::nullopt;
}

// What tells of a recording; about.json alone of one that did not come to its end.
std::optional<fs::path> recording_beside(const fs::path& folder, std::string_view name) {
  std::error_code error;
  const fs::path path = folder / fs::path{name};
  if (name.empty() || !fs::is_directory(path, error)) return std::nullopt;
  return path / (fs::exists(path / "summary.json", error) ? "summary.json" : "about.json");
}

// Names as a scenario writes them: without folder of ours and without ending.
std::vector<std::string> embedded_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files()) {
    std::string_view name = file.name;
    if (name.starts_with(configs_folder)) name.remove_prefix(configs_folder.size());
    if (name.starts_with(tables_folder)) name.remove_prefix(tables_folder.size());
    if (name.ends_with(".yaml")) name.remove_suffix(5);
    names.emplace_back(name);
  }
  return names;
}

// The nearest name, and the others of its folder.
std::string near_names(std::string_view name) {
  const std::vector<std::string> names = embedded_names();
  const std::optional<std::string> near = core::nearest(name, names);
  std::string text = near ? fmt::format("; did you mean '{}'?", *near) : "";
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return text;
  std::vector<std::string> siblings;
  std::copy_if(names.begin(), names.end(), std::back_inserter(siblings),
               [&](const std::string& n) { return n.starts_with(name.substr(0, slash + 1)); });
  if (!siblings.empty()) text += fmt::format(" (there are: {})", fmt::join(siblings, ", "));
  return text;
}

}  // namespace

ScenarioText read_scenario_text(const std::string& name) {
  const fs::path path{name};
  std::error_code error;
  if (!fs::exists(path, error)) {
    if (const auto text = embedded(name)) return {name, std::string{*text}, {}};
  }
  return {name, read_file(path), path.has_parent_path() ? path.parent_path() : fs::path{"."}};
}

std::string Resources::load(std::string_view name) {
  std::string text;
  std::string found_as{name};
  std::optional<fs::path> file;
  std::optional<fs::path> recording;
  if (!folder_.empty() || fs::path{name}.is_absolute()) {
    file = file_beside(folder_, name);
    recording = recording_beside(folder_, name);
  }
  std::error_code ignored;
  if (file) {
    text = read_file(*file);
  } else if (const auto carried = embedded(name)) {
    text = *carried;
  } else if (recording) {
    if (!fs::exists(*recording, ignored)) {
      throw core::ConfigError{fmt::format(
          "'{}': found a folder without about.json, expected a file or a recording of `billcast load`", name)};
    }
    text = read_file(*recording);
    if (!name.ends_with('/')) found_as += '/';
    found_as += recording->filename().string();
  } else {
    throw core::ConfigError{fmt::format(
        "'{}': found no such file beside the scenario, and none that ships with billcast{}", name, near_names(name))};
  }
  const reports::InputFile input{std::move(found_as), pricing::sha256(text)};
  if (std::find(inputs_.begin(), inputs_.end(), input) == inputs_.end()) inputs_.push_back(input);
  return text;
}

std::vector<std::string> Resources::shipped(std::string_view folder) {
  const std::string before = fmt::format("{}/", folder);
  std::vector<std::string> names;
  for (const std::string& name : embedded_names()) {
    if (name.starts_with(before)) names.push_back(name.substr(before.size()));
  }
  return names;
}

std::vector<std::pair<std::string, std::string>> Resources::price_tables() {
  std::vector<std::pair<std::string, std::string>> tables;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.name.starts_with(tables_folder)) tables.emplace_back(file.name, file.text);
  }
  return tables;
}

}  // namespace cli
