// Finds the texts that a scenario names: first beside the scenario's file, then among those that the program carries.
//
//  * `ScenarioText`  a file, or the default scenario
//  * `Resources`     brings named texts and remembers which, with their hashes, for the result
//
// "tokens/azure-conversation-2023" finds tokens/azure-conversation-2023.yaml beside the scenario, or the embedded
// configs/tokens/azure-conversation-2023.yaml. The file wins, so a shipped table can be replaced by one's own.
//
// A folder is a recording of a load test: its name brings its summary.json (its about.json, if it did not
// come to its end), which says so, and "recordings/monday/
// service_time.hlog" is then a file like any other.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/result.hpp"

namespace cli {

struct ScenarioText {
  std::string name;  // as typed; stands in messages and results
  std::string text;
  std::filesystem::path folder;  // where names in it are looked up first; empty for an embedded scenario
};

inline constexpr std::string_view default_scenario = "configs/million-users.yaml";

// A file, or an embedded scenario by the same name. Throws core::ConfigError.
ScenarioText read_scenario_text(const std::string& name);

class Resources {
 public:
  explicit Resources(std::filesystem::path folder) : folder_{std::move(folder)} {}

  // Throws core::ConfigError with the nearest names when there is no such text.
  std::string load(std::string_view name);
  // In the order of first use.
  const std::vector<reports::InputFile>& inputs() const { return inputs_; }

  // The price tables that the program carries, as (name, text).
  static std::vector<std::pair<std::string, std::string>> price_tables();
  // The names of the texts of a folder that the program carries: shipped("gpus") has "a100-80gb".
  static std::vector<std::string> shipped(std::string_view folder);

 private:
  std::filesystem::path folder_;
  std::vector<reports::InputFile> inputs_;
};

}  // namespace cli
