#include "cli/size_arguments.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "cli/grammar.hpp"
#include "core/units.hpp"
#include "core/yaml_reader.hpp"

namespace cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t most_tokens = 10'000'000;
constexpr std::array<std::string_view, 4> quantizations{"fp8", "int8", "fp4", "int4"};
constexpr std::array<std::string_view, 2> arrival_words{"poisson", "constant"};
constexpr std::array<std::string_view, 4> routers{"round_robin", "random", "least_outstanding", "power_of_two"};

Grammar size_grammar() {
  Grammar grammar{
      "size",
      "How many replicas of a model hold a service level, and on which GPU are they cheapest?\n\n"
      "  billcast size MODEL [GPU…] --rate N --slo CONDITION [OPTIONS]\n\n"
      "Without a GPU: every one that has a card and a price. Each is simulated, iteration by iteration, with more or\n"
      "fewer replicas until the fewest are found that hold every --slo.\n\n"
      "  billcast size llama-3-8b L4 A100-80GB H100 --rate 50 --slo 'ttft.p95<500ms' --slo 'tpot.p95<50ms'\n"};
  grammar.value("rate", "N", "requests a second");
  grammar.values("slo", "CONDITION",
                 "'ttft.p95<500ms', 'tpot.mean<50ms' or 'latency.p99<20s'; repeatable, all must hold");
  grammar.value("tokens", "FROM",
                "a token table's name or file, or IN:OUT as in 512:128 (default azure-conversation-2023)");
  grammar.value("arrivals", "KIND", "poisson (default) or constant");
  grammar.value("seed", "N", "of everything random; the same seed gives the same bytes (default 1)");
  grammar.flag("json", "print the answer as JSON");
  grammar.group("Serving");
  grammar.value("quantization", "KIND", "of the weights: fp8, int8, fp4 or int4; default as the model is published");
  grammar.value("tensor-parallel", "N", "GPUs of a replica: 1, 2, 4 or 8; default whatever is cheapest");
  grammar.value("router", "NAME", "round_robin (default), random, least_outstanding or power_of_two");
  grammar.value("max-replicas", "N", "give a GPU up that does not hold with so many (default 1000)");
  grammar.value("duration", "TIME", "simulated in each trial (default 10m; less at high rates, more at low ones)");
  grammar.group("Prices");
  grammar.value("price-table", "FILE", "prices of your own, before those that ship with billcast");
  return grammar;
}

// One of a few words. Throws with the nearest.
template <std::size_t n>
std::string choice(const Given& given, std::string_view option, const std::array<std::string_view, n>& choices,
                   std::string_view expected) {
  const std::string text = given.text(option).value();
  if (std::ranges::find(choices, text) != choices.end()) return text;
  const auto near = core::nearest(text, {choices.begin(), choices.end()});
  given.fail(fmt::format("--{}", option), fmt::format("'{}'", text),
             fmt::format("{}{}", expected, near ? fmt::format(" (did you mean '{}'?)", *near) : ""));
}

std::optional<std::uint32_t> token_count(std::string_view text, std::int64_t least) {
  const auto count = core::parse_integer(text);
  if (!count || count.value < least || count.value > most_tokens) return std::nullopt;
  return static_cast<std::uint32_t>(count.value);
}

void read_traffic(const Given& given, SizeArguments& size) {
  const auto rate = given.number("rate", 0.001, 1e6, "requests per second");
  if (!rate) given.fail("--rate", "nothing", "requests per second, as in --rate 50");
  size.rate_per_s = *rate;
  if (given.has("arrivals")) {
    using Process = core::traffic::ArrivalsConfig::Process;
    const std::string word = choice(given, "arrivals", arrival_words, "poisson or constant");
    size.arrivals = word == "poisson" ? Process::poisson : Process::constant;
  }
  if (const auto tokens = given.text("tokens")) {
    size.tokens = *tokens;
    // A name may hold no colon, and a file's would have to follow a drive or a host.
    if (const std::size_t colon = tokens->find(':'); colon != std::string::npos) {
      const auto input = token_count(std::string_view{*tokens}.substr(0, colon), 1);
      const auto output = token_count(std::string_view{*tokens}.substr(colon + 1), 1);
      if (!input || !output) {
        given.fail("--tokens", fmt::format("'{}'", *tokens),
                   fmt::format("IN:OUT, both from 1 to {}, as in 512:128", most_tokens));
      }
      size.fixed_tokens = FixedTokens{*input, *output};
    } else if (tokens->empty()) {
      given.fail("--tokens", "''", "the name of a token table, or IN:OUT as in 512:128");
    }
  }
  size.duration = given.duration("duration", 1s, 24h);
  size.seed = given.whole("seed", 0, std::numeric_limits<std::uint64_t>::max()).value_or(size.seed);
}

void read_objectives(const Given& given, SizeArguments& size) {
  for (const std::string& text : given.words("slo")) {
    const auto objective = decision::parse_latency_objective(text, "billcast size: --slo");
    for (const auto& other : size.objectives) {
      if (other.name() != objective.name()) continue;
      given.fail("--slo", fmt::format("'{}' beside '{}'", objective.text(), other.text()),
                 fmt::format("one limit for {}", objective.name()));
    }
    size.objectives.push_back(objective);
  }
  if (size.objectives.empty()) given.fail("--slo", "nothing", "what users must feel, as in --slo 'ttft.p95<500ms'");
}

void read_serving(const Given& given, SizeArguments& size) {
  if (given.has("quantization"))
    size.quantization = choice(given, "quantization", quantizations, "fp8, int8, fp4 or int4");
  if (const auto gpus = given.whole("tensor-parallel", 1, 8)) {
    if ((*gpus & (*gpus - 1)) != 0) given.fail("--tensor-parallel", fmt::format("'{}'", *gpus), "1, 2, 4 or 8 GPUs");
    size.tensor_parallel = static_cast<std::int64_t>(*gpus);
  }
  if (given.has("router"))
    size.router = choice(given, "router", routers, "round_robin, random, least_outstanding or power_of_two");
  if (const auto most = given.whole("max-replicas", 1, 100'000)) size.max_replicas = static_cast<std::int64_t>(*most);
}

}  // namespace

core::Duration usual_duration(double rate_per_s) {
  using std::chrono::minutes;
  const auto time_of = [&](double requests) {
    return minutes{static_cast<std::int64_t>(std::ceil(std::min(requests / rate_per_s / 60, 1440.0)))};
  };
  constexpr minutes usual{10};
  return std::max({minutes{2}, std::min(usual, time_of(100'000)), time_of(1'000)});
}

std::optional<SizeArguments> parse_size(const Words& words, const Out& out) {
  Grammar grammar = size_grammar();
  const auto given = grammar.parse(words, out, -1);
  if (!given) return std::nullopt;
  SizeArguments size;
  size.words = words;
  const Words names = given->positional();
  if (names.empty()) given->fail("MODEL", "nothing", "the name of a model's card, as in llama-3-8b");
  size.model = names.front();
  size.gpus.assign(names.begin() + 1, names.end());
  read_traffic(*given, size);
  read_objectives(*given, size);
  read_serving(*given, size);
  size.price_table = given->text("price-table");
  size.json = given->has("json");
  return size;
}

}  // namespace cli
