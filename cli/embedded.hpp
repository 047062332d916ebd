// The texts that the program carries: price tables, token and latency tables, cards of models and GPUs, the default
// scenario.
//
// The source behind this header is generated from the files themselves (cmake/embed.cmake), so the program works
// wherever it is put and never disagrees with the repository it was built from.
#pragma once

#include <span>
#include <string_view>

namespace cli {

struct EmbeddedFile {
  std::string_view name;  // "pricing/tables/models.yaml", relative to the source folder
  std::string_view text;
};

// In the order of their names.
std::span<const EmbeddedFile> embedded_files();

}  // namespace cli
