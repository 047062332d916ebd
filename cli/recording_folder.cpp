#include "cli/recording_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "core/yaml_reader.hpp"
#include "loadgen/metric.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, std::string_view why) {
  throw core::ConfigError{fmt::format("cannot write to '{}': {}", path.string(), why)};
}

bool is_of_a_recording(const fs::path& path) {
  const std::string name = path.filename().string();
  if (name == "about.json" || name == "outcomes.csv" || name == "summary.json" || name == "probes") return true;
  return std::any_of(loadgen::metric_names.begin(), loadgen::metric_names.end(),
                     [&](std::string_view metric) { return name == fmt::format("{}.hlog", metric); });
}

}  // namespace

void prepare_recording(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail(folder, error.message());
  std::vector<fs::path> old;
  for (const fs::directory_entry& entry : fs::directory_iterator{folder, error}) old.push_back(entry.path());
  if (error) fail(folder, error.message());
  const auto stranger = std::find_if_not(old.begin(), old.end(), is_of_a_recording);
  if (stranger != old.end())
    fail(folder, fmt::format("it holds '{}', which is no part of a recording; choose another --out",
                             stranger->filename().string()));
  for (const fs::path& path : old) {
    fs::remove_all(path, error);
    if (error) fail(path, error.message());
  }
}

void write_recording_file(const fs::path& folder, std::string_view name, std::string_view text) {
  const fs::path path = folder / name;
  std::ofstream file{path, std::ios::binary};
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.flush();
  if (!file) fail(path, std::strerror(errno));
}

}  // namespace cli
