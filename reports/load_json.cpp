#include "reports/load_json.hpp"

#include <fmt/format.h>

#include "reports/json_io.hpp"

namespace reports {
namespace {

constexpr std::string_view summary_format = "billcast-load/1";
constexpr std::string_view plan_format = "billcast-load-plan/1";

template <class Io>
constexpr bool is_reader = std::is_same_v<std::remove_reference_t<Io>, JsonReader>;

struct SummaryFile {
  loadgen::LoadSummary summary;
};

struct PlanFile {
  loadgen::LoadPlanFacts plan;
};

void visit_format(auto& io, std::string_view expected) {
  std::string format{expected};
  io("format", format);
  if constexpr (is_reader<decltype(io)>) {
    if (format != expected) io.fail(fmt::format("a file of format '{}'", format), fmt::format("format '{}'", expected));
  }
}

// `key` ends in _ns.
void visit_time(auto& io, std::string_view key, core::Duration& time) {
  std::int64_t ns = time.count();
  io(key, ns);
  time = core::Duration{ns};
}

}  // namespace

template <>
struct Fields<loadgen::OutcomeCounts> {
  static void visit(auto& io, loadgen::OutcomeCounts& c) {
    for (std::size_t i = 0; i < loadgen::outcome_count; ++i) io(loadgen::outcome_names[i], c.by_outcome[i]);
  }
};

template <>
struct Fields<loadgen::LatencyRow> {
  static void visit(auto& io, loadgen::LatencyRow& r) {
    io("metric", r.metric);
    io("count", r.count);
    io("mean_ns", r.mean_ns);
    io("p50_ns", r.p50_ns);
    io("p90_ns", r.p90_ns);
    io("p95_ns", r.p95_ns);
    io("p99_ns", r.p99_ns);
    io("p999_ns", r.p999_ns);
    io("max_ns", r.max_ns);
    io("highest_claimed", r.highest_claimed);
  }
};

template <>
struct Fields<loadgen::JudgedThreshold> {
  static void visit(auto& io, loadgen::JudgedThreshold& t) {
    io("text", t.text);
    io("measured", t.measured);
    io("failed", t.failed);
    io("enough", t.enough);
    io("reason", t.reason);
  }
};

template <>
struct Fields<loadgen::Probe> {
  static void visit(auto& io, loadgen::Probe& p) {
    io("rate_per_s", p.rate_per_s);
    io("verdict", p.verdict);
    io("measured", p.measured);
    io("samples", p.samples);
  }
};

template <>
struct Fields<loadgen::FoundMax> {
  static void visit(auto& io, loadgen::FoundMax& f) {
    io("condition", f.condition);
    io("highest_held_per_s", f.highest_held_per_s);
    io("lowest_broken_per_s", f.lowest_broken_per_s);
    io("confidence", f.confidence);
    io("note", f.note);
    io("probes", f.probes);
  }
};

template <>
struct Fields<loadgen::FailureSample> {
  static void visit(auto& io, loadgen::FailureSample& f) {
    io("outcome", f.outcome);
    io("count", f.count);
    io("first", f.first);
  }
};

template <>
struct Fields<loadgen::LoadPlanFacts> {
  static void visit(auto& io, loadgen::LoadPlanFacts& p) {
    io("version", p.version);
    io("url", p.url);
    io("address", p.address);
    io("method", p.method);
    io("headers", p.headers);
    io("api", p.api);
    io("traffic", p.traffic);
    io("closed_loop", p.closed_loop);
    io("concurrency", p.concurrency);
    visit_time(io, "think_time_ns", p.think_time);
    io("seed", p.seed);
    io("requests", p.requests);
    visit_time(io, "length_ns", p.length);
    io("mean_per_s", p.mean_per_s);
    io("peak_per_s", p.peak_per_s);
    io("plan_sha256", p.plan_sha256);
    io("catch_up", p.catch_up);
    io("most_connections", p.most_connections);
    visit_time(io, "timeout_ns", p.timeout);
    visit_time(io, "drain_ns", p.drain);
    visit_time(io, "start_since_epoch_ns", p.start_since_epoch);
    io("arguments", p.arguments);
  }
};

template <>
struct Fields<loadgen::LoadSummary> {
  static void visit(auto& io, loadgen::LoadSummary& s) {
    io("valid", s.valid);
    io("invalid_because", s.invalid_because);
    io("interrupted", s.interrupted);
    io("warnings", s.warnings);
    io("plan", s.plan);
    io("counts", s.counts);
    io("failures", s.failures);
    visit_time(io, "length_ns", s.length);
    io("asked_per_s", s.asked_per_s);
    io("reached_per_s", s.reached_per_s);
    io("answered_per_s", s.answered_per_s);
    io("latencies", s.latencies);
    visit_time(io, "steady_from_ns", s.steady_from);
    io("steady_rule", s.steady_rule);
    io("steady_latencies", s.steady_latencies);
    io("thresholds", s.thresholds);
    io("found_max", s.found_max);
    io("retried", s.retried);
    io("sent_late", s.sent_late);
    io("connects", s.connects);
    io("closed_by_server", s.closed_by_server);
    io("bytes_received", s.bytes_received);
    io("bytes_sent", s.bytes_sent);
    io("tokens", s.tokens);
    io("token_events", s.token_events);
    io("tokens_from_usage", s.tokens_from_usage);
  }
};

template <>
struct Fields<SummaryFile> {
  static void visit(auto& io, SummaryFile& f) {
    visit_format(io, summary_format);
    Fields<loadgen::LoadSummary>::visit(io, f.summary);
  }
};

template <>
struct Fields<PlanFile> {
  static void visit(auto& io, PlanFile& f) {
    visit_format(io, plan_format);
    Fields<loadgen::LoadPlanFacts>::visit(io, f.plan);
  }
};

std::string to_json(const loadgen::LoadSummary& summary) { return write_json(SummaryFile{summary}); }
std::string to_json(const loadgen::LoadPlanFacts& plan) { return write_json(PlanFile{plan}); }

loadgen::LoadSummary load_summary_from_json(std::string name, std::string_view text) {
  return read_json<SummaryFile>(std::move(name), text).summary;
}

loadgen::LoadPlanFacts load_plan_from_json(std::string name, std::string_view text) {
  return read_json<PlanFile>(std::move(name), text).plan;
}

bool is_load_summary(std::string_view text) {
  // Room for whatever blanks another program puts before the first member.
  return text.substr(0, 200).find("\"billcast-load/") != std::string_view::npos;
}

}  // namespace reports
