#include "sim/batching/transform.hpp"

#include <string_view>
#include <vector>

#include "core/format.hpp"
#include "sim/serving/service_reader.hpp"

namespace sim {

namespace {

constexpr core::NumberRule accuracy_rule{.min = 0.01, .max = 1};

void keep_accuracy(const core::Section& section, ModelTransform& transform) {
  const double accuracy = section.share("accuracy", accuracy_rule);
  section.assume("accuracy", core::config_share(accuracy), "stated in the scenario, not simulated");
  transform.accuracy = transform.accuracy.value_or(1) * accuracy;
}

}  // namespace

ModelTransform read_transform(const core::Section& option) {
  ModelTransform transform;
  const auto section = option.optional_section("transform");
  if (!section) return transform;
  if (const auto distil = section->optional_section("distil")) {
    transform.distil_size = distil->share("size", {.min = 0.001, .max = 1});
    keep_accuracy(*distil, transform);
  }
  const std::vector<std::string_view> names{quantisation_names.begin(), quantisation_names.end()};
  if (section->kind("quantise") == core::Section::Kind::mapping) {
    const core::Section quantise = section->section("quantise");
    transform.quantise = static_cast<Quantisation>(quantise.choice("to", names));
    if (quantise.has("accuracy")) keep_accuracy(quantise, transform);
  } else if (section->has("quantise")) {
    transform.quantise = static_cast<Quantisation>(section->choice("quantise", names));
  }
  if (!transform.is_any()) {
    throw option.error("transform", "no transform" + slip(*section, {"distil", "quantise"}),
                       "distil, quantise or both");
  }
  return transform;
}

}  // namespace sim
