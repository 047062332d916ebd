#include "cli/corpus.hpp"

#include <fmt/format.h>

#include "cli/embedded.hpp"
#include "cli/plan.hpp"
#include "cli/resources.hpp"
#include "cli/starter.hpp"
#include "pricing/price_table.hpp"

namespace cli {
namespace {

void add_documents(std::string_view name, std::string_view text, std::vector<Sample>& samples) {
  constexpr std::string_view between = "\n---\n";
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find(between);
    samples.push_back({fmt::format("{}, no. {}", name, number), std::string{text.substr(0, end)}});
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + between.size());
  }
}

}  // namespace

std::vector<Sample> scenario_samples() {
  std::vector<Sample> samples;
  for (const EmbeddedFile& file : embedded_files()) {
    const bool is_scenario = file.name.starts_with("configs/") && file.name.ends_with(".yaml") &&
                             file.name.find('/', 8) == std::string_view::npos;
    if (is_scenario) samples.push_back({std::string{file.name}, std::string{file.text}});
  }
  samples.push_back({"cli/starter.yaml", starter_scenario(StarterKind::both)});
  add_documents("cli/forms.yaml", forms(), samples);
  return samples;
}

std::vector<Sample> price_samples() {
  std::vector<Sample> samples;
  for (auto& [name, text] : Resources::price_tables()) samples.push_back({name, text});
  add_documents("cli/price_forms.yaml", price_forms(), samples);
  return samples;
}

core::Declarations scenario_declarations() {
  core::Declarations declarations;
  for (const Sample& sample : scenario_samples()) { declare_plan({sample.name, sample.text, {}}, declarations); }
  return declarations;
}

core::Declarations price_declarations() {
  core::Declarations declarations;
  for (const Sample& sample : price_samples()) pricing::read_price_table(sample.name, sample.text, declarations);
  return declarations;
}

}  // namespace cli
