// The folder of a recording: files that grow while the test runs.
//
//  * `prepare_recording`  an empty folder; an earlier recording there is replaced
//
// Unlike a result, a recording is written in place: what was measured must be on the disk whatever happens next. Only a
// folder that holds nothing but an earlier recording is replaced, so that a slip in --out deletes nothing.
#pragma once

#include <filesystem>
#include <string_view>

namespace cli {

// Throws core::ConfigError.
void prepare_recording(const std::filesystem::path& folder);

void write_recording_file(const std::filesystem::path& folder, std::string_view name, std::string_view text);

}  // namespace cli
