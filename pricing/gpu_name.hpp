// The name of a GPU as people write it: "L4", "a100-80gb", "A100 80 GB", "NVIDIA H100".
//
//  * `GpuName`        a model, and the memory where it was said
//  * `read_gpu_name`  takes such words apart; whatever is not a memory or a maker's name is the model
//
// A100s and H100s are sold with different memories under one name, so the memory takes part in the comparison as soon
// as somebody states it. "GB" and "GiB" mean the same here: makers print GB and mean 2^30 bytes (the driver shows an
// "80 GB" H100 as 81,559 MiB), and the price tables keep the printed figure.
//
// Example:
//   read_gpu_name("a100-80gb") == GpuName{"A100", core::Quantity::whole(80)};
//   read_gpu_name("A100").is(Accelerator{"A100", 8, core::Quantity::whole(40)});   // true: no memory was asked for
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/money.hpp"
#include "pricing/price_table.hpp"

namespace pricing {

struct GpuName {
  std::string model;                         // in capitals
  std::optional<core::Quantity> memory_gib;  // nothing: any
  bool operator==(const GpuName&) const = default;

  bool is(const Accelerator& gpu) const;
};

// Never fails: words that name no GPU make a name that is no row's.
GpuName read_gpu_name(std::string_view text);

}  // namespace pricing
