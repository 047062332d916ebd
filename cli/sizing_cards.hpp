// Which cards the words of `billcast size` mean.
//
//  * `SizingModel`   a model's card
//  * `SizingGpu`     a GPU's card, and what the price tables call it
//  * `model_of`, `gpus_of`
//
// Cards that ship with billcast are found by their names and aliases, in capitals or not. A GPU without a memory is all
// GPUs of that name: "A100" is the one with 40 GB and the one with 80. A word with a slash or ".yaml" is a file.
//
// Example:
//   const SizingModel model = model_of("llama-3-8b", resources);
//   for (const SizingGpu& gpu : gpus_of({"L4", "A100"}, resources)) …     // L4, A100-40GB, A100-80GB
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/resources.hpp"
#include "pricing/gpu_name.hpp"
#include "sim/batching/cards.hpp"

namespace cli {

struct SizingModel {
  std::string file;  // as a scenario's `serving.model` has it: "llama-3-8b", or a file
  sim::ModelCard card;
};

struct SizingGpu {
  std::string file;  // as a scenario's `serving.gpu` has it: "a100-80gb", or a file
  sim::GpuCard card;
  pricing::GpuName name;  // in the price tables
  std::string shown;      // "A100-80GB"
};

// Throws core::ConfigError with the nearest name.
SizingModel model_of(const std::string& word, Resources& resources);

// In the order of the words, each once; without words all that ship with billcast. Throws core::ConfigError with the
// nearest name.
std::vector<SizingGpu> gpus_of(const Words& words, Resources& resources);

}  // namespace cli
