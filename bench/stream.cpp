// What one request of the traffic costs, by process of arrival; the baseline is the Poisson process.

#include "core/traffic/stream.hpp"

#include <memory>

#include <fmt/format.h>

#include "bench/measure.hpp"
#include "bench/scenario_text.hpp"

namespace {

double draw(const char* arrivals, const char* tokens, bool with_keys) {
  const core::Document document{
      "bench.yaml", fmt::format("traffic: {{daily_users: 1_000_000, requests_per_user_day: 10, hour_of_day: consumer, "
                                "arrivals: {}, tokens: {}}}\n",
                                arrivals, tokens)};
  const core::Horizon day = core::Horizon::hours(core::parse_date("2026-12-01"), 24);
  const core::traffic::TrafficConfig config =
      core::traffic::read_traffic(document.root().section("traffic"), bench::named_table);
  core::traffic::RequestStream stream{config, day, core::Stream{1}};
  if (with_keys) stream.set_popularity(0.9, 50'000'000);
  const auto block = std::make_unique<core::traffic::Block>();
  double requests = 0;
  while (stream.fill(*block)) requests += static_cast<double>(block->count);
  return requests;
}

}  // namespace

int main() {
  constexpr const char* azure = "{from: azure-conversation-2023}";
  std::vector<bench::Contestant> contestants{
      {.name = "stream-poisson", .run = [] { return draw("{process: poisson}", azure, false); }},
      {.name = "stream-gamma", .run = [] { return draw("{process: gamma, cv: 1.1}", azure, false); }},
      {.name = "stream-weibull", .run = [] { return draw("{process: weibull, cv: 1.1}", azure, false); }},
      {.name = "stream-mmpp",
       .run = [] { return draw("{process: mmpp, burst_factor: 5, burst_share: 10%, mean_burst: 1m}", azure, false); }},
      {.name = "stream-sessions",
       .run = [] { return draw("{process: sessions, requests_per_session: 4, think_time: 30s}", azure, false); }},
      {.name = "stream-poisson-constant-tokens",
       .run = [] { return draw("{process: poisson}", "{input: 1, output: 1}", false); }},
      {.name = "stream-poisson-keys", .run = [] { return draw("{process: poisson}", azure, true); }},
  };
  bench::in_turns(contestants, 3);
  bench::print(contestants);
}
