#include "cli/load_arguments.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "cli/files.hpp"
#include "cli/grammar.hpp"
#include "core/units.hpp"
#include "core/yaml_reader.hpp"

namespace cli {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view usage =
    "Sends real traffic to a server and records how long its answers take, counted from when each request should\n"
    "have been sent.\n\n"
    "  billcast load URL --rate N [OPTIONS]          N requests a second, whatever the server does (open loop)\n"
    "  billcast load URL --concurrency N [OPTIONS]   N users, one request at a time each (closed loop)\n"
    "  billcast load SCENARIO --url URL [OPTIONS]    the requests of a scenario's traffic section\n\n"
    "Exit codes: 0 done, 2 your input, 3 a --fail-if held, 4 the generator was late, so that the measurement is\n"
    "invalid, 130 interrupted with the recording complete.\n";

Grammar load_grammar() {
  Grammar grammar{"load", std::string{usage}};
  grammar.scenarios();
  grammar.value("url", "URL", "where to send, when the plan is a scenario");
  grammar.value("out", "DIR", "where the recording goes (default recordings/<host>)");
  grammar.flag("quiet", "print nothing but the verdict's exit code and errors");
  grammar.group("Plan");
  grammar.value("rate", "N", "requests a second");
  grammar.value("arrivals", "KIND", "constant (default), poisson, gamma:CV or weibull:CV, of --rate");
  grammar.value("duration", "TIME", "how long requests are sent (default 10s)");
  grammar.value("requests", "N", "stop after N requests");
  grammar.value("ramp-up", "TIME", "grow from nothing to the full rate in this time");
  grammar.value("from", "TIME", "where in the scenario's horizon to begin, as in 18h");
  grammar.value("speed", "X", "play the scenario's time X times as fast");
  grammar.value("seed", "N", "of everything random (default 1): the requests that `billcast run --seed N` simulates");
  grammar.values("set", "KEY=VALUE", "change one value of the scenario; repeatable");
  grammar.value("concurrency", "N", "closed loop: users who wait for one answer before they ask again");
  grammar.value("think-time", "TIME", "of such a user, between an answer and the next request");
  grammar.value("plan-only", "FILE", "write the plan as CSV (- is the standard output) and send nothing");
  grammar.group("Request");
  grammar.value("method", "M", "default GET, or POST with a body");
  grammar.values("header", "'Name: value'", "repeatable; ${NAME} in it is a variable of the environment");
  grammar.value("body", "TEXT|@FILE", "{{prompt}} {{index}} {{input_tokens}} {{output_tokens}} {{key}} are filled in");
  grammar.value("api", "chat|completions", "ask an OpenAI-compatible endpoint and time its tokens");
  grammar.value("model", "NAME", "of --api");
  grammar.value("prompts", "FILE", "JSON lines: \"text\", {\"prompt\": …} or {\"messages\": […]}; default made up");
  grammar.value("max-tokens", "N", "of an answer; default what the plan says");
  grammar.flag("no-stream", "ask for the answer in one piece");
  grammar.flag("ignore-eos", "ask for answers of exactly the tokens that the plan says, where a server can");
  grammar.value("api-key-env", "NAME", "send the key that this variable of the environment holds as a bearer token");
  grammar.value("expect-status", "A-B", "statuses of an answer (default 200-299)");
  grammar.value("ca-file", "FILE", "trust these certificate authorities (PEM) instead of the system's");
  grammar.flag("insecure", "do not verify the server's certificate");
  grammar.group("Bounds");
  grammar.values("allow-host", "NAME", "a host beyond this machine whose owner agreed; repeatable");
  grammar.value("allow-hosts", "FILE", "such hosts, one a line");
  grammar.value("max-rate", "N", "refuse plans that are denser in any second (default 20000)");
  grammar.value("max-duration", "TIME", "refuse longer plans (default 1h)");
  grammar.value("connections", "N", "the most at a time, and so the most requests in flight (default 256)");
  grammar.value("timeout", "TIME", "of a request, from its actual send (default 30s)");
  grammar.value("connect-timeout", "TIME", "of a connection with its TLS handshake (default 5s)");
  grammar.value("drain", "TIME", "how long to wait for answers after the plan's end (default 10s)");
  grammar.value("catch-up", "burst|drop", "requests that are over 10 ms late: send at once (default), or never");
  grammar.group("Judgement");
  grammar.values("fail-if", "CONDITION", "exit 3 when it holds: 'p99>200ms', 'errors>0.1%', 'ttft.p95>1s'; repeatable");
  grammar.value("warm-up", "TIME|auto", "judge what comes after it; auto: from where the run is steady");
  grammar.value("find-max", "CONDITION", "find the highest rate at which it holds: 'p99<200ms'; starts at --rate");
  grammar.value("probe", "TIME", "of each rate that --find-max tries (default 10s)");
  return grammar;
}

// A header that stands there in full is not for the recording: its value may be a secret of some kind.
Words without_header_values(const Words& words) {
  Words shown = words;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    std::string& word = shown[i];
    const bool joined = word.starts_with("--header=");
    if (!joined && (i == 0 || words[i - 1] != "--header")) continue;
    const std::size_t colon = word.find(':');
    if (colon != std::string::npos && word.find("${", colon) == std::string::npos) word = word.substr(0, colon) + ": …";
  }
  return shown;
}

void read_arrivals(const Given& given, LoadArguments& load) {
  const auto text = given.text("arrivals");
  using Process = core::traffic::ArrivalsConfig::Process;
  load.arrivals.process = Process::constant;
  if (!text) return;
  const std::size_t colon = std::min(text->find(':'), text->size());
  const std::string kind = text->substr(0, colon);
  const bool takes_cv = kind == "gamma" || kind == "weibull";
  if (kind == "poisson") load.arrivals.process = Process::poisson;
  else if (kind == "gamma") load.arrivals.process = Process::gamma;
  else if (kind == "weibull") load.arrivals.process = Process::weibull;
  const auto cv = core::parse_number(colon < text->size() ? std::string_view{*text}.substr(colon + 1) : "1");
  if ((!takes_cv && kind != "constant" && kind != "poisson") || (!takes_cv && colon < text->size()) || !cv ||
      !(cv.value >= 0.01 && cv.value <= 20)) {
    given.fail("--arrivals", fmt::format("'{}'", *text),
               "constant, poisson, gamma:CV or weibull:CV, with a CV from 0.01 to 20");
  }
  load.arrivals.cv = cv.value;
  load.arrivals_words = *text;
}

void read_plan(const Given& given, LoadArguments& load) {
  load.rate_per_s = given.number("rate", 0.001, 1e6, "requests per second");
  read_arrivals(given, load);
  load.duration = given.duration("duration", 1ms, 24h * 366);
  if (const auto requests = given.whole("requests", 1, 1'000'000'000'000))
    load.requests = static_cast<std::int64_t>(*requests);
  load.ramp_up = given.duration("ramp-up", 0s, 24h).value_or(0s);
  load.from = given.duration("from", 0s, 24h * 3'660).value_or(0s);
  load.speed = given.number("speed", 1e-3, 1e6, "").value_or(1);
  load.seed = given.whole("seed", 0, std::numeric_limits<std::uint64_t>::max()).value_or(1);
  load.sets = given.words("set");
  load.concurrency = static_cast<std::int64_t>(given.whole("concurrency", 1, 16'384).value_or(0));
  load.think_time = given.duration("think-time", 0s, 24h).value_or(0s);
  load.plan_only = given.text("plan-only");
}

void read_request(const Given& given, LoadArguments& load) {
  load.method = given.text("method").value_or("");
  load.headers = given.words("header");
  load.body = given.text("body").value_or("");
  if (load.body.starts_with('@')) load.body = read_file(load.body.substr(1));
  if (const auto api = given.text("api")) {
    if (*api == "chat") load.api = loadgen::llm::Api::chat;
    else if (*api == "completions") load.api = loadgen::llm::Api::completions;
    else given.fail("--api", fmt::format("'{}'", *api), "chat or completions");
    if (!given.has("model")) given.fail("--model", "nothing", "the model's name, for --api");
    if (!load.body.empty()) given.fail("--body", "it beside --api", "one of the two: --api writes the body");
  }
  load.model = given.text("model").value_or("");
  load.prompts = given.text("prompts");
  if (const auto tokens = given.whole("max-tokens", 1, 10'000'000))
    load.max_tokens = static_cast<std::uint32_t>(*tokens);
  load.stream = !given.has("no-stream");
  load.ignore_eos = given.has("ignore-eos");
  load.api_key_env = given.text("api-key-env");
  if (const auto range = given.text("expect-status")) {
    const std::size_t dash = std::min(range->find('-'), range->size());
    const auto lowest = core::parse_integer(range->substr(0, dash));
    const auto highest = dash < range->size() ? core::parse_integer(range->substr(dash + 1)) : lowest;
    if (!lowest || !highest || lowest.value < 200 || highest.value > 599 || lowest.value > highest.value)
      given.fail("--expect-status", fmt::format("'{}'", *range), "statuses from 200 to 599, as in 200-299 or 404");
    load.lowest_status = static_cast<int>(lowest.value);
    load.highest_status = static_cast<int>(highest.value);
  }
  load.ca_file = given.text("ca-file");
  load.insecure = given.has("insecure");
}

void read_bounds(const Given& given, LoadArguments& load) {
  load.allow_hosts = given.words("allow-host");
  load.allow_file = given.text("allow-hosts");
  load.max_rate_per_s = given.number("max-rate", 0.001, 1e6, "requests per second").value_or(load.max_rate_per_s);
  load.max_duration = given.duration("max-duration", 1ms, 24h * 366).value_or(load.max_duration);
  load.connections = static_cast<int>(given.whole("connections", 1, 60'000).value_or(256));
  load.timeout = given.duration("timeout", 1ms, 24h).value_or(load.timeout);
  load.connect_timeout = given.duration("connect-timeout", 1ms, 1h).value_or(load.connect_timeout);
  load.drain = given.duration("drain", 0s, 24h).value_or(load.drain);
  if (const auto policy = given.text("catch-up")) {
    if (*policy != "burst" && *policy != "drop")
      given.fail("--catch-up", fmt::format("'{}'", *policy), "burst or drop");
    load.drops_late = *policy == "drop";
  }
}

void read_judgement(const Given& given, LoadArguments& load) {
  load.fail_if = given.words("fail-if");
  if (const auto warm_up = given.text("warm-up")) {
    if (*warm_up == "auto") load.finds_warm_up = true;
    else load.warm_up = given.duration("warm-up", 0s, 24h);
  }
  load.find_max = given.text("find-max");
  load.probe = given.duration("probe", 100ms, 1h).value_or(load.probe);
}

// What makes no sense together.
void demand_sense(const Given& given, const LoadArguments& load) {
  const bool is_closed_loop = load.concurrency > 0;
  if (load.scenario && load.rate_per_s && !load.find_max)
    given.fail("--rate", "it beside a scenario", "one of the two: the scenario's traffic has its own rate");
  if (!load.scenario && !load.rate_per_s && !is_closed_loop && !load.find_max)
    given.fail("--rate", "nothing", "--rate N, --concurrency N, or a scenario with --url");
  if (is_closed_loop && load.rate_per_s)
    given.fail("--concurrency", "it beside --rate", "one of the two: a closed loop has no rate of its own");
  if (!is_closed_loop && given.has("think-time"))
    given.fail("--think-time", "it without --concurrency", "--concurrency N: only users of a closed loop think");
  if (load.find_max && (is_closed_loop || load.scenario))
    given.fail("--find-max", "it beside a scenario or a closed loop", "it with a URL: it sets the rate");
  if (given.has("arrivals") && !load.rate_per_s && !load.find_max)
    given.fail("--arrivals", "it without --rate", "--rate N: a scenario says its own arrivals");
  for (const char* option : {"from", "speed", "set"}) {
    if (given.has(option) && !load.scenario)
      given.fail(fmt::format("--{}", option), "it without a scenario", "a scenario with --url");
  }
}

}  // namespace

std::optional<LoadArguments> parse_load(const Words& words, const Out& out) {
  Grammar grammar = load_grammar();
  const auto given = grammar.parse(words, out, 1);
  if (!given) return std::nullopt;
  LoadArguments load;
  load.words = without_header_values(words);
  const Words names = given->positional();
  if (names.empty()) given->fail("PLAN|URL", "nothing", "a URL, or a scenario with --url");
  if (names.front().find("://") != std::string::npos) {
    load.url = names.front();
    if (given->has("url")) given->fail("--url", "it beside a URL", "one of the two");
  } else {
    load.scenario = names.front();
    load.url = given->text("url").value_or("");
    if (load.url.empty() && !given->has("plan-only"))
      given->fail("--url", "nothing", "where to send the scenario's requests, as in --url http://127.0.0.1:8080/");
  }
  read_plan(*given, load);
  read_request(*given, load);
  read_bounds(*given, load);
  read_judgement(*given, load);
  load.out = given->text("out");
  load.quiet = given->has("quiet");
  demand_sense(*given, load);
  return load;
}

}  // namespace cli
