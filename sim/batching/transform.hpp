// What is done to a model before it is served: how fast it then is, is simulated; how good, somebody has to say.
//
//  * `ModelTransform`  a smaller model of the family, weights of fewer bits
//  * `read_transform`  an option's `transform`
//
//   transform:
//     distil: {size: 10%, accuracy: 95%}   # of the parameters; of what the teacher gets right, as you measured it
//     quantise: int8                       # or {to: int8, accuracy: 99%}; as serving.quantization
//
// The latency of the result follows from the model's card (sim/batching/cards.hpp) and is never said: so the option
// must be served by one (`serving: {model: …}`). Batches are a matter of `serving` (max_batch, max_delay).
//
// Example:
//   const ModelTransform transform = read_transform(option);
//   const double left = transform.accuracy.value_or(1);   // 0.95 × 0.99
#pragma once

#include <optional>

#include "core/yaml_reader.hpp"
#include "sim/batching/cards.hpp"

namespace sim {

struct ModelTransform {
  std::optional<double> distil_size{};  // of the parameters
  std::optional<Quantisation> quantise{};
  std::optional<double> accuracy{};  // that is left of the model's own, the product of what was said; nothing was said
  bool is_any() const { return distil_size || quantise; }
};

// Nothing of all when there is no such section. Throws core::ConfigError.
ModelTransform read_transform(const core::Section& option);

}  // namespace sim
