// The only place that touches files.
//
//  * `read_file`     a whole file, or a ConfigError that names it and says why it cannot be read
//  * `write_file`    a whole file, in place of none or of one of its kind
//  * `ResultFolder`  a folder that appears complete or not at all
//
// Files are written into a folder beside the target, which is renamed at the end: nobody ever sees half a result, and
// an earlier result is replaced as a whole. Only what looks like an earlier result is replaced; a folder that holds
// anything else is refused, so that a slip in --out deletes nothing.
//
// Example:
//   ResultFolder folder{"results/smoke"};      // throws now, not after an hour of simulating
//   folder.write("result.json", text);
//   folder.publish();
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

std::string read_file(const std::filesystem::path& path);

// A file that is there already is replaced only when it begins with `kind`; anybody else's is refused. The new one
// appears complete or not at all. Throws core::ConfigError.
void write_file(const std::filesystem::path& path, std::string_view text, std::string_view kind);

class ResultFolder {
 public:
  // Throws core::ConfigError when the folder cannot be made or would replace something that is no result.
  explicit ResultFolder(std::filesystem::path target);
  ~ResultFolder();  // removes what was not published
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;

  void write(const std::string& name, std::string_view text);
  void publish();

  static const std::vector<std::string>& file_names();  // what a result folder holds

 private:
  std::filesystem::path target_;
  std::filesystem::path draft_;
};

}  // namespace cli
