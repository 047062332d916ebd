#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/plan.hpp"
#include "cli/program.hpp"
#include "cli/resources.hpp"
#include "cli/sizing.hpp"
#include "cli/sizing_cards.hpp"
#include "core/format.hpp"
#include "core/yaml_reader.hpp"
#include "decision/words.hpp"
#include "loadgen/judge/enough_samples.hpp"
#include "reports/sizing.hpp"
#include "sim/batching/engine_reader.hpp"
#include "sim/batching/roofline.hpp"

namespace cli {
namespace {

using core::traffic::LongestRequest;
using core::traffic::TokenSizes;
using core::traffic::TrafficConfig;

constexpr double seconds_of_average_month = 730 * 3600;  // 8760 / 12 hours

std::shared_ptr<const TokenSizes> read_tokens(const SizeArguments& arguments, Resources& resources) {
  if (const auto& fixed = arguments.fixed_tokens)
    return std::make_shared<const TokenSizes>(TokenSizes::constant(fixed->input, fixed->output));
  const bool is_file = arguments.tokens.ends_with(".yaml") || arguments.tokens.ends_with(".yml");
  const std::string name = is_file ? arguments.tokens : "tokens/" + arguments.tokens;
  return std::make_shared<const TokenSizes>(
      core::traffic::read_token_table(is_file ? name : name + ".yaml", resources.load(name)));
}

TrafficConfig traffic_of(const SizeArguments& arguments, std::shared_ptr<const TokenSizes> sizes) {
  TrafficConfig traffic;
  traffic.demand.daily_users = arguments.rate_per_s * 86'400;
  traffic.demand.requests_per_user_day = 1;
  traffic.arrivals.process = arguments.arrivals;
  traffic.sizes = std::move(sizes);
  return traffic;
}

pricing::Catalog read_catalog(const SizeArguments& arguments) {
  pricing::Catalog catalog{Resources::price_tables()};
  if (arguments.price_table)
    catalog.add(pricing::read_price_table(*arguments.price_table, read_file(*arguments.price_table)));
  return catalog;
}

SizingModel read_model(const SizeArguments& arguments, const LongestRequest& longest, Resources& resources) {
  SizingModel model = model_of(arguments.model, resources);
  if (static_cast<std::int64_t>(longest.tokens) > model.card.context_tokens) {
    throw core::ConfigError{fmt::format(
        "billcast size: --tokens: found requests of up to {} tokens, expected at most {}, the context of {}",
        core::format_count(static_cast<std::int64_t>(longest.tokens)), core::format_count(model.card.context_tokens),
        model.card.name)};
  }
  if (arguments.quantization) {
    const auto found = std::ranges::find(sim::quantisation_names, *arguments.quantization);
    model.card = sim::quantised(model.card, static_cast<sim::Quantisation>(found - sim::quantisation_names.begin()));
  }
  return model;
}

// A text as YAML takes it, whatever is in it.
std::string yaml_text(std::string_view text) {
  std::string quoted{"'"};
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

// Everything that a trial needs, once for all of a candidate's.
struct Engines {
  sim::BatchingFleetConfig config;
  std::shared_ptr<const TrafficConfig> traffic;
  core::Duration duration;
  std::uint64_t seed;
  sim::TrialConfig trial() const {
    return {.engine = config.engine,
            .cost = &config.cost,
            .traffic = traffic.get(),
            .routing = config.routing,
            .duration = duration,
            .seed = seed};
  }
};

// The user wants to stop.
struct Interrupted {};

class Sizer {
 public:
  Sizer(const SizeArguments& arguments, const Console& console)
      : arguments_{arguments},
        console_{console},
        catalog_{read_catalog(arguments)},
        sizes_{read_tokens(arguments, resources_)},
        traffic_{std::make_shared<const TrafficConfig>(traffic_of(arguments, sizes_))},
        model_{read_model(arguments, sizes_->longest(), resources_)},
        duration_{arguments.duration.value_or(usual_duration(arguments.rate_per_s))} {
    constexpr double fewest_measured = 10;
    if (measured() < fewest_measured) {
      throw core::ConfigError{
          fmt::format("billcast size: --duration: found {}, in which about {} requests are measured, expected at least "
                      "{}, as in {}m",
                      core::config_duration(duration_), core::format_figure(measured()), fewest_measured,
                      minutes_for(fewest_measured))};
    }
    load_.objectives = arguments.objectives;
    load_.rate_per_s = arguments.rate_per_s;
    load_.max_replicas = arguments.max_replicas;
    const double monthly_requests = arguments.rate_per_s * seconds_of_average_month;
    load_.monthly_output_tokens = std::llround(monthly_requests * sizes_->mean_output());
    load_.monthly_tokens = std::llround(monthly_requests * (sizes_->mean_input() + sizes_->mean_output()));
  }

  // Throws Interrupted.
  reports::Sizing answer() {
    reports::Sizing sizing = question();
    const std::vector<SizingGpu> gpus = gpus_of(arguments_.gpus, resources_);
    for (std::size_t i = 0; i < gpus.size(); ++i) {
      const SizingGpu& gpu = gpus[i];
      // Unasked, a GPU that nobody rents out is no answer.
      if (arguments_.gpus.empty() && catalog_.instances_with(gpu.name).empty()) continue;
      if (console_.show_progress)
        console_.error(fmt::format("\rsizing {}, {} of {}\x1b[K", gpu.shown, i + 1, gpus.size()));
      sizing.gpus.push_back(size_gpu(candidates_of(gpu), load_, catalog_));
      sizing.gpus.back().fit = gpu.card.fit;
    }
    if (console_.show_progress) console_.error("\r\x1b[K");
    put_in_order(sizing);
    sizing.assumptions = assumptions(sizing);
    sizing.warnings = warnings(sizing);
    return sizing;
  }

 private:
  reports::Sizing question() const {
    reports::Sizing sizing;
    sizing.version = version();
    sizing.arguments = arguments_.words;
    sizing.model = model_.card.name;
    sizing.quantization = arguments_.quantization.value_or("");
    sizing.rate_per_s = arguments_.rate_per_s;
    sizing.arrivals = arguments_.arrivals == core::traffic::ArrivalsConfig::Process::poisson ? "poisson" : "constant";
    sizing.tokens = arguments_.tokens;
    sizing.mean_input_tokens = sizes_->mean_input();
    sizing.mean_output_tokens = sizes_->mean_output();
    sizing.objectives = arguments_.objectives;
    sizing.router = arguments_.router;
    sizing.duration = duration_;
    sizing.seed = arguments_.seed;
    sizing.currency = catalog_.currency();
    return sizing;
  }

  // Of one GPU: as many of it for a replica as were asked for, or 1, 2, 4 and 8.
  std::vector<SizingCandidate> candidates_of(const SizingGpu& gpu) {
    std::vector<SizingCandidate> candidates;
    if (arguments_.tensor_parallel) {
      candidates.push_back(candidate_of(gpu, *arguments_.tensor_parallel));
      return candidates;
    }
    constexpr std::int64_t most_gpus = 8;  // of one instance of today's
    for (std::int64_t gpus = 1; gpus <= most_gpus; gpus *= 2) candidates.push_back(candidate_of(gpu, gpus));
    return candidates;
  }

  SizingCandidate candidate_of(const SizingGpu& gpu, std::int64_t gpus) {
    SizingCandidate candidate;
    candidate.gpu = gpu.shown;
    candidate.name = gpu.name;
    candidate.tensor_parallel = gpus;
    const sim::KvCapacity kv = sim::kv_capacity(model_.card, gpu.card, static_cast<std::uint32_t>(gpus));
    // The engine keeps a hundredth of its memory free, and memory comes in blocks.
    const auto longest = static_cast<std::int64_t>(sizes_->longest().tokens);
    if (kv.tokens < longest * 100 / 99 + 32) {
      candidate.does_not_fit = fmt::format("does not fit: {}", kv.arithmetic);
      if (kv.tokens > 0)
        candidate.does_not_fit += fmt::format(", and requests have up to {}", core::format_count(longest));
      return candidate;
    }
    // Made when it is first needed, and shared by the three functions: a cost is a table of thousands of entries.
    const auto engines = std::make_shared<std::optional<Engines>>();
    const auto trial = [this, gpu, gpus, engines] {
      if (console_.interrupt != nullptr && *console_.interrupt) throw Interrupted{};
      if (!*engines) engines->emplace(Engines{read_engines(gpu, gpus), traffic_, duration_, arguments_.seed});
      return (*engines)->trial();
    };
    candidate.run = [trial](std::int64_t replicas) { return sim::run_trial(trial(), replicas); };
    candidate.run_alone = [trial] { return sim::run_alone(trial()); };
    candidate.saturated_per_s = [trial] { return sim::saturated_per_s(trial()); };
    return candidate;
  }

  // By the reader of scenarios, so that an engine here is the engine that `billcast run` has.
  sim::BatchingFleetConfig read_engines(const SizingGpu& gpu, std::int64_t gpus) {
    std::string text = fmt::format("model: {}\ngpu: {}\ntensor_parallel: {}\nrouter: {}\n", yaml_text(model_.file),
                                   yaml_text(gpu.file), gpus, arguments_.router);
    if (arguments_.quantization) text += fmt::format("quantization: {}\n", *arguments_.quantization);
    core::Document document{"billcast size", text};
    return sim::read_engine(document.root(), gpu.shown, {}, *traffic_,
                            [&](std::string_view name) { return resources_.load(name); });
  }

  std::vector<std::string> assumptions(const reports::Sizing& sizing) const {
    std::vector<std::string> lines;
    lines.push_back(
        "Times are computed from the cards of the model and the GPU, not measured. On today's engines the pace of "
        "answers comes out within 10 to 20 %; first tokens come out too early, with some engines by half "
        "(docs/fidelity.md). Leave room for that, and measure.");
    if (!sizing.gpus.empty() && sizing.gpus.front().holds())
      lines.push_back(fmt::format("The card of the {}: {}", sizing.gpus.front().gpu, sizing.gpus.front().fit));
    if (arguments_.quantization)
      lines.push_back(fmt::format("Weights in {}.", model_.card.quality));  // "fp8: lossless …"
    std::set<std::string> tables;
    for (const reports::SizedGpu& gpu : sizing.gpus) {
      if (!gpu.holds()) continue;
      const pricing::PriceSource& source = gpu.instances->source;
      tables.insert(source.confidence == "assumption" ? fmt::format("{} ({}: an assumed price)", source.table, gpu.gpu)
                                                      : fmt::format("{} of {}", source.table, source.retrieved));
    }
    if (!tables.empty()) {
      lines.push_back(
          fmt::format("Prices are on demand, 730 hours a month: {}. Disks, egress and balancers are not in.",
                      decision::listing({tables.begin(), tables.end()})));
    }
    lines.push_back(fmt::format(
        "The load is the same all day: {} output tokens a month. `billcast run` prices a load with days and nights, "
        "autoscaled.",
        core::format_count(load_.monthly_output_tokens)));
    return lines;
  }

  // Requests, on average.
  double measured() const { return arguments_.rate_per_s * core::to_seconds(duration_) * sim::measured_share; }
  std::int64_t minutes_for(double requests) const {
    return static_cast<std::int64_t>(std::ceil(requests / arguments_.rate_per_s / sim::measured_share / 60));
  }

  std::vector<std::string> warnings(const reports::Sizing& sizing) const {
    std::vector<std::string> lines = few_samples();
    std::vector<std::string> full;
    for (const reports::SizedGpu& gpu : sizing.gpus) {
      if (gpu.holds() && gpu.load_share > full_share) full.push_back(gpu.gpu);
    }
    if (!full.empty()) {
      lines.push_back(fmt::format(
          "{} hold{} with a load of more than {}: a busier minute builds a queue that takes long to go. A few replicas "
          "more, or a tighter --slo.",
          decision::listing(full), full.size() == 1 ? "s" : "", core::format_share(full_share)));
    }
    return lines;
  }

  // A percentile of too few requests is a matter of luck.
  std::vector<std::string> few_samples() const {
    std::vector<std::string> lines;
    for (const auto& objective : arguments_.objectives) {
      if (objective.is_mean()) continue;
      const std::int64_t least = loadgen::judge::least_samples(objective.quantile());
      if (measured() >= static_cast<double>(least)) continue;
      lines.push_back(fmt::format("{} rests on about {} requests; {} make it sure: --duration {}m", objective.name(),
                                  std::llround(measured()), core::format_count(least),
                                  minutes_for(static_cast<double>(least))));
    }
    return lines;
  }

  static constexpr double full_share = 0.95;  // of what the replicas can carry

  const SizeArguments& arguments_;
  const Console& console_;
  Resources resources_{"."};
  pricing::Catalog catalog_;
  std::shared_ptr<const TokenSizes> sizes_;
  std::shared_ptr<const TrafficConfig> traffic_;  // shared with the engines of the candidates
  SizingModel model_;
  core::Duration duration_;
  SizingLoad load_;
};

}  // namespace

int size(const SizeArguments& arguments, const Console& console) {
  try {
    const reports::Sizing sizing = Sizer{arguments, console}.answer();
    console.out(arguments.json ? reports::to_json(sizing) : reports::to_text(sizing, {.colour = console.colour}));
    return exit_done;
  } catch (const Interrupted&) { return exit_interrupted; }
}

}  // namespace cli
