#include "pricing/gpu_name.hpp"

#include <string>

#include "tests/support/catch.hpp"

namespace pricing {

using core::Quantity;

TEST_CASE("A GPU is known by its model, and by its memory when somebody says it", "[gpu_name]") {
  CHECK(read_gpu_name("L4") == GpuName{"L4", {}});
  CHECK(read_gpu_name("a10g") == GpuName{"A10G", {}});
  CHECK(read_gpu_name("NVIDIA H100") == GpuName{"H100", {}});
  CHECK(read_gpu_name("amd-instinct-mi300x") == GpuName{"MI300X", {}});
  CHECK(read_gpu_name("h100-nvl") == GpuName{"H100-NVL", {}});
  CHECK(read_gpu_name("") == GpuName{});
  for (const std::string words :
       {"A100-80GB", "a100-80gb", "A100_80GiB", "A100 80 GB", "nvidia-a100-80gb", "80GB A100", "a100--80gb"}) {
    CAPTURE(words);
    CHECK(read_gpu_name(words) == GpuName{"A100", Quantity::whole(80)});
  }
}

TEST_CASE("A letter more is another GPU, and so is another memory", "[gpu_name]") {
  const Accelerator a10g{"A10G", 1, Quantity::whole(24)};
  CHECK(read_gpu_name("A10G").is(a10g));
  CHECK(read_gpu_name("a10g-24gb").is(a10g));
  CHECK_FALSE(read_gpu_name("A10").is(a10g));
  CHECK_FALSE(read_gpu_name("A10G-48GB").is(a10g));
  CHECK(read_gpu_name("h100").is(Accelerator{"H100", 1, Quantity::whole(94)}));
}

// Figures that could not be a memory stay words of the model: nothing is read out of a name that is not there.
TEST_CASE("Only a figure before GB is a memory", "[gpu_name]") {
  CHECK(read_gpu_name("RTX 6000") == GpuName{"RTX-6000", {}});
  CHECK(read_gpu_name("GB200") == GpuName{"GB200", {}});
  CHECK(read_gpu_name("GB") == GpuName{"GB", {}});
  CHECK(read_gpu_name("99999GB") == GpuName{"99999GB", {}});
}

}  // namespace pricing
