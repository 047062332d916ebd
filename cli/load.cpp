#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <sys/resource.h>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/live_view.hpp"
#include "cli/load_plan.hpp"
#include "cli/plan.hpp"
#include "cli/program.hpp"
#include "cli/rate_probes.hpp"
#include "cli/recording_folder.hpp"
#include "loadgen/load_test.hpp"
#include "loadgen/summarize.hpp"
#include "reports/load_json.hpp"
#include "reports/load_preface.hpp"
#include "reports/load_text.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// What is sent so much later than planned is no longer the plan: a catch-up burst, or dropped.
constexpr core::Duration late_after = 10ms;

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

loadgen::Target read_target(const LoadArguments& load) {
  loadgen::Target target = loadgen::parse_target(load.url);
  std::vector<std::string> allowed = load.allow_hosts;
  if (load.allow_file) {
    for (std::string& host : loadgen::read_allowed_hosts(read_file(*load.allow_file)))
      allowed.push_back(std::move(host));
  }
  loadgen::resolve(target);
  loadgen::demand_allowed(target, allowed);
  return target;
}

loadgen::RequestTemplate read_request(const LoadArguments& load, const loadgen::Target& target, bool plan_has_tokens) {
  loadgen::RequestConfig request{
      .method = load.method, .path = target.path, .host = target.host_header, .body = load.body};
  for (const std::string& header : load.headers) request.headers.push_back(loadgen::parse_header(header));
  if (load.api_key_env) request.headers.emplace_back("Authorization", "Bearer ${" + *load.api_key_env + "}");
  if (load.api) {
    loadgen::ask_api(request, {.api = *load.api,
                               .model = load.model,
                               .max_tokens = load.max_tokens,
                               .plan_has_tokens = plan_has_tokens,
                               .stream = load.stream,
                               .ignore_eos = load.ignore_eos});
  }
  loadgen::Prompts prompts;
  if (load.prompts) prompts = loadgen::read_prompts(*load.prompts, read_file(*load.prompts));
  return loadgen::RequestTemplate{request, environment, std::move(prompts)};
}

loadgen::SenderConfig sender_config(const LoadArguments& load, const loadgen::LoadPlanFacts& plan) {
  return {.concurrency = load.concurrency,
          .think_time = load.think_time,
          .requests = plan.requests > 0 ? plan.requests : std::numeric_limits<std::int64_t>::max(),
          .length = plan.length,
          .most_connections = load.connections,
          .timeout = load.timeout,
          .connect_timeout = load.connect_timeout,
          .drain = load.drain,
          .drops_late = load.drops_late,
          .late_after = late_after,
          .rules = {.lowest_status = load.lowest_status,
                    .highest_status = load.highest_status,
                    .api = load.api,
                    .wants_stream = load.stream}};
}

void describe_request(loadgen::LoadPlanFacts& facts, const LoadArguments& load, const loadgen::Target& target,
                      const loadgen::RequestTemplate& request) {
  facts.url = load.url;
  facts.address = target.addresses.front().text();
  facts.method = request.method();
  for (const std::string& header : load.headers) facts.headers.push_back(header.substr(0, header.find(':')));
  if (load.api) facts.api = *load.api == loadgen::llm::Api::chat ? "chat" : "completions";
}

// Every connection is a file, and the recording's files must find room beside them. Returns how many connections there
// may be: as many as asked for, unless the system's hard limit is lower.
int room_for(int connections) {
  constexpr rlim_t others = 32;  // the recording's, the standard streams, the event loop's
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return connections;
  const rlim_t wanted = static_cast<rlim_t>(connections) + others;
  if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= wanted) return connections;
  return limit.rlim_cur > others ? static_cast<int>(limit.rlim_cur - others) : 1;
}

fs::path out_folder(const LoadArguments& load, const loadgen::Target& target) {
  if (load.out) return *load.out;
  std::string name = target.host + "-" + target.port;
  std::replace(name.begin(), name.end(), ':', '-');
  return fs::path{"recordings"} / name;
}

int exit_code(const loadgen::LoadSummary& summary) {
  if (summary.interrupted) return exit_interrupted;
  if (!summary.valid) return exit_invalid;
  const bool failed = std::any_of(summary.thresholds.begin(), summary.thresholds.end(),
                                  [](const loadgen::JudgedThreshold& t) { return t.failed; });
  return failed ? exit_gate_failed : exit_done;
}

loadgen::JudgementConfig judgement_of(const LoadArguments& load) {
  loadgen::JudgementConfig judgement{.warm_up = load.warm_up, .finds_warm_up = load.finds_warm_up};
  for (const std::string& text : load.fail_if) judgement.thresholds.push_back(loadgen::judge::parse_threshold(text));
  return judgement;
}

}  // namespace

int load(const LoadArguments& arguments, const Console& console) {
  LoadArguments load = arguments;
  const loadgen::JudgementConfig judgement = judgement_of(load);
  loadgen::LoadPlanFacts facts;
  facts.version = version();
  const std::optional<loadgen::LoadPlanConfig> plan = plan_of(load, facts);
  if (load.plan_only) return write_plan(*load.plan_only, plan, console);
  const loadgen::Target target = read_target(load);
  const bool plan_has_tokens = load.scenario.has_value();
  const loadgen::RequestTemplate request = read_request(load, target, plan_has_tokens);
  std::optional<loadgen::TlsContext> tls;
  if (target.is_tls) tls.emplace(loadgen::TlsConfig{target.host, load.ca_file, !load.insecure});
  describe_request(facts, load, target, request);

  static const std::atomic<bool> never{false};
  const std::atomic<bool>& interrupt = console.interrupt != nullptr ? *console.interrupt : never;
  std::signal(SIGPIPE, SIG_IGN);  // a broken connection is an outcome
  const int connections = room_for(load.connections);
  if (connections < load.connections) {
    console.error(
        fmt::format("This machine lets a program have so few files open that there will be {} connections at "
                    "most, not {}; `ulimit -n` tells, and raises it.\n",
                    connections, load.connections));
    load.connections = connections;
    facts.most_connections = connections;
  }
  const fs::path folder = out_folder(load, target);

  // Surveys the plan, and refuses what is beyond the bounds.
  survey_plan(plan, load, facts, interrupt);
  prepare_recording(folder);
  const auto run_once = [&](const std::optional<loadgen::LoadPlanConfig>& of, loadgen::LoadPlanFacts& about,
                            const fs::path& into, bool watched) {
    about.start_since_epoch = std::chrono::system_clock::now().time_since_epoch();
    write_recording_file(into, "about.json", reports::to_json(about));
    const loadgen::LoadTestConfig test{of, sender_config(load, about), into, about.start_since_epoch};
    LiveView view{console, load.quiet || !watched};
    return loadgen::run_load_test(
        test, target, tls ? &*tls : nullptr, request, [&](const loadgen::LiveWindow& window) { view.show(window); },
        interrupt);
  };

  loadgen::LoadSummary summary;
  if (load.find_max) {
    if (!load.quiet) console.error(find_max_preface(load, facts));
    write_recording_file(folder, "about.json", reports::to_json(facts));
    const auto probe = [&](const std::optional<loadgen::LoadPlanConfig>& of, loadgen::LoadPlanFacts& about,
                           const fs::path& into) { return run_once(of, about, into, false); };
    summary = find_max(load, facts, folder, probe, interrupt, console);
  } else {
    if (!load.quiet) console.error(reports::load_preface(facts));
    const loadgen::SenderEnd end = run_once(plan, facts, folder, true);
    summary = loadgen::summarize(loadgen::files_in(folder), facts, loadgen::facts_of(end, sender_config(load, facts)),
                                 judgement);
  }
  write_recording_file(folder, "summary.json", reports::to_json(summary));
  if (!load.quiet) {
    console.out(reports::to_text(summary, {.colour = console.colour}));
    console.error(fmt::format("recorded in {}\n", folder.string()));
  }
  return exit_code(summary);
}

}  // namespace cli
