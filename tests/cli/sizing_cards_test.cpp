#include "cli/sizing_cards.hpp"

#include <string>
#include <vector>

#include "core/yaml_reader.hpp"
#include "tests/pricing/support/tables.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace cli;
using test_support::check_says;
using test_support::complaint;

namespace {

std::vector<std::string> shown(const Words& words) {
  Resources resources{"."};
  std::vector<std::string> names;
  for (const SizingGpu& gpu : gpus_of(words, resources)) names.push_back(gpu.shown);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("A GPU is found as people write it, and one without a memory is all of that name", "[size][cards]") {
  CHECK(shown({"L4"}) == Names{"L4"});
  CHECK(shown({"l40s", "NVIDIA L4"}) == Names{"L40S", "L4"});
  CHECK(shown({"A100"}) == Names{"A100-40GB", "A100-80GB"});
  CHECK(shown({"A100-80GB"}) == Names{"A100-80GB"});
  CHECK(shown({"a100-sxm4-40gb"}) == Names{"A100-40GB"});
  CHECK(shown({"H100-80GB", "h100"}) == Names{"H100"});  // each once
  CHECK(shown({}).size() == Resources::shipped("gpus").size());
}

TEST_CASE("Every card of a GPU finds its instances by name and memory", "[size][cards]") {
  Resources resources{"."};
  for (const SizingGpu& gpu : gpus_of({}, resources)) {
    CAPTURE(gpu.shown);
    // Nobody in the tables rents out a GB200.
    CHECK(pricing::test::catalog().instances_with(gpu.name).empty() == (gpu.shown == "GB200"));
  }
  // Not the H100 with 94 GB, which is another card.
  for (const pricing::Row& row : pricing::test::catalog().instances_with(gpus_of({"H100"}, resources).front().name))
    CHECK(row->spec->gpu->memory_gib == core::Quantity::whole(80));
}

TEST_CASE("A model is found by its name or the one it was published under", "[size][cards]") {
  Resources resources{"."};
  CHECK(model_of("llama-3-8b", resources).card.name == "llama-3-8b");
  CHECK(model_of("Llama-3-8B", resources).file == "llama-3-8b");
  CHECK(model_of("meta-llama/Meta-Llama-3-8B-Instruct", resources).card.name == "llama-3-8b");
}

TEST_CASE("Cards of one's own are files", "[size][cards]") {
  const test_support::TemporaryFolder folder;
  Resources resources{"."};
  std::string text = resources.load("gpus/l4");
  text.replace(text.find("name: l4"), 8, "name: my-l4");
  const std::string file = folder.write("mine.yaml", text);
  const auto gpus = gpus_of({file}, resources);
  REQUIRE(gpus.size() == 1);
  CHECK(gpus.front().shown == "MY-L4");
  CHECK(gpus.front().file == file);
  const std::string model = folder.write("model.yaml", resources.load("models/llama-3-8b"));
  CHECK(model_of(model, resources).file == model);
}

TEST_CASE("A card that there is not is answered by those there are", "[size][cards][errors]") {
  Resources resources{"."};
  const std::string gpu = complaint([&] { gpus_of({"L4", "L50S"}, resources); });
  check_says(gpu, "billcast size: GPU: found 'L50S', expected the name of a GPU's card or its file (A10, A100-40GB, ");
  check_says(gpu, "; did you mean 'L40S'?");
  const std::string model = complaint([&] { model_of("llama3-8b", resources); });
  check_says(model, "billcast size: MODEL: found 'llama3-8b', expected the name of a model's card or its file (");
  check_says(model, "; did you mean 'llama-3-8b'?");
  check_says(complaint([&] { gpus_of({"no/such.yaml"}, resources); }), "'no/such.yaml': found no such file");
}
