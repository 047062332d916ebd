#include "reports/json.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "reports/answers_json.hpp"
#include "reports/json_io.hpp"
#include "reports/json_schema.hpp"
#include "reports/json_text.hpp"

namespace reports {
namespace {

constexpr std::string_view format_name = "billcast-result/1";

struct File {
  std::string format;
  Result result;
};

// The hours as columns: a year stays readable, and a chart takes a column as it is.
template <auto member>
auto column(const std::vector<core::HourUsage>& hours) {
  std::vector<std::remove_cvref_t<decltype(hours[0].*member)>> values;
  values.reserve(hours.size());
  for (const core::HourUsage& hour : hours) values.push_back(hour.*member);
  return values;
}

}  // namespace

template <>
struct Fields<core::BillingPeriod> {
  static void visit(auto& io, core::BillingPeriod& p) {
    io("name", p.name);
    io("first_hour", p.first_hour);
    io("end_hour", p.end_hour);
  }
};

template <>
struct Fields<core::Horizon> {
  static void visit(auto& io, core::Horizon& h) {
    io("start", h.start);
    io("periods", h.periods);
  }
};

template <>
struct Fields<core::Assumption> {
  static void visit(auto& io, core::Assumption& a) {
    io("key", a.key);
    io("value", a.value);
    io("why", a.why);
  }
};

template <>
struct Fields<std::vector<core::HourUsage>> {
  template <auto member>
  static void visit_column(auto& io, std::string_view key, std::vector<core::HourUsage>& hours) {
    auto values = column<member>(hours);
    io(key, values);
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(io)>, JsonReader>) {
      // The first column that is read says how many hours there are.
      if (hours.empty()) hours.resize(values.size());
      if (values.size() != hours.size()) {
        io.fail(fmt::format("{} values of {}", values.size(), key), fmt::format("{}, as of arrivals", hours.size()));
      }
      for (std::size_t i = 0; i < hours.size(); ++i) hours[i].*member = values[i];
    }
  }
  static void visit(auto& io, std::vector<core::HourUsage>& h) {
    using Hour = core::HourUsage;
    visit_column<&Hour::arrivals>(io, "arrivals", h);
    visit_column<&Hour::cache_hits>(io, "cache_hits", h);
    visit_column<&Hour::served>(io, "served", h);
    visit_column<&Hour::input_tokens>(io, "input_tokens", h);
    visit_column<&Hour::output_tokens>(io, "output_tokens", h);
    visit_column<&Hour::cache_read_tokens>(io, "cache_read_tokens", h);
    visit_column<&Hour::cache_write_tokens>(io, "cache_write_tokens", h);
    visit_column<&Hour::provisioned_input_tokens>(io, "provisioned_input_tokens", h);
    visit_column<&Hour::provisioned_output_tokens>(io, "provisioned_output_tokens", h);
    visit_column<&Hour::batch_input_tokens>(io, "batch_input_tokens", h);
    visit_column<&Hour::batch_output_tokens>(io, "batch_output_tokens", h);
    visit_column<&Hour::wasted_input_tokens>(io, "wasted_input_tokens", h);
    visit_column<&Hour::wasted_output_tokens>(io, "wasted_output_tokens", h);
    visit_column<&Hour::cache_hit_output_tokens>(io, "cache_hit_output_tokens", h);
    visit_column<&Hour::cache_lookups>(io, "cache_lookups", h);
    visit_column<&Hour::cache_lookup_tokens>(io, "cache_lookup_tokens", h);
    visit_column<&Hour::cache_wrong_hits>(io, "cache_wrong_hits", h);
    visit_column<&Hour::instance_starts>(io, "instance_starts", h);
    visit_column<&Hour::billed_instance_seconds>(io, "billed_instance_seconds", h);
    visit_column<&Hour::spot_starts>(io, "spot_starts", h);
    visit_column<&Hour::spot_billed_seconds>(io, "spot_billed_seconds", h);
    visit_column<&Hour::spot_interruptions>(io, "spot_interruptions", h);
    visit_column<&Hour::alive_instance_ns>(io, "alive_instance_ns", h);
    visit_column<&Hour::ready_instance_ns>(io, "ready_instance_ns", h);
    visit_column<&Hour::busy_slot_ns>(io, "busy_slot_ns", h);
    visit_column<&Hour::lost_slot_ns>(io, "lost_slot_ns", h);
    visit_column<&Hour::peak_instances>(io, "peak_instances", h);
  }
};

namespace {
// Lets a list of hours be written as an object of columns instead of a list of objects.
struct Columns {
  std::vector<core::HourUsage> hours;
};
struct Outcomes {
  std::array<std::int64_t, core::outcome_count> counts;
};
}  // namespace

template <>
struct Fields<Columns> {
  static void visit(auto& io, Columns& c) { Fields<std::vector<core::HourUsage>>::visit(io, c.hours); }
};

template <>
struct Fields<Outcomes> {
  static void visit(auto& io, Outcomes& o) {
    for (std::size_t i = 0; i < o.counts.size(); ++i) io(core::name_of(static_cast<core::Outcome>(i)), o.counts[i]);
  }
};

template <>
struct Fields<core::Usage> {
  static void visit(auto& io, core::Usage& u) {
    Outcomes outcomes{u.outcomes};
    io("outcomes", outcomes);
    u.outcomes = outcomes.counts;
    Columns columns{std::move(u.hours)};
    io("hours", columns);
    u.hours = std::move(columns.hours);
  }
};

template <>
struct Fields<pricing::PriceSource> {
  static void visit(auto& io, pricing::PriceSource& s) {
    io("table", s.table);
    io("sku", s.sku);
    io("offer", s.offer);
    io("url", s.url);
    io("retrieved", s.retrieved);
    io("confidence", s.confidence);
    io("hash", s.hash);
  }
};

template <>
struct Fields<pricing::BillLine> {
  static void visit(auto& io, pricing::BillLine& l) {
    io("category", l.category);
    io("item", l.item);
    io("quantity", l.quantity);
    io("unit", l.unit);
    io("unit_price", l.unit_price);
    io("amount", l.amount);
    io.choice("frequency", l.frequency, {"recurring", "one_time"});
    io("driver", l.driver);
    io("source", l.source);
    io("note", l.note);
  }
};

template <>
struct Fields<pricing::Bill> {
  static void visit(auto& io, pricing::Bill& b) {
    io("period", b.period);
    io("currency", b.currency);
    io("lines", b.lines);
  }
};

template <>
struct Fields<decision::Target> {
  static void visit(auto& io, decision::Target& t) {
    io.choice("measure", t.measure, {"latency", "time_to_first_token", "time_per_output_token", "availability"});
    io("per_ten_thousand", t.per_ten_thousand);
    io("limit", t.limit);
    io("traffic_class", t.traffic_class);
  }
};

template <>
struct Fields<decision::SloCheck> {
  static void visit(auto& io, decision::SloCheck& c) {
    io("target", c.target);
    io("value", c.value);
    io.choice("held", c.held, {"yes", "no", "unknown"});
    io("why", c.why);
  }
};

template <>
struct Fields<decision::Weight> {
  static void visit(auto& io, decision::Weight& w) {
    io("criterion", w.criterion);
    io("share", w.share);
  }
};

template <>
struct Fields<decision::Budget> {
  static void visit(auto& io, decision::Budget& b) { io("per_month", b.per_month); }
};

template <>
struct Fields<decision::BudgetCheck> {
  static void visit(auto& io, decision::BudgetCheck& b) {
    io("budget", b.budget);
    io("monthly", b.monthly);
  }
};

template <>
struct Fields<decision::MonthlyCost> {
  static void visit(auto& io, decision::MonthlyCost& m) {
    io("amount", m.amount);
    io("projected", m.projected);
  }
};

template <>
struct Fields<decision::Verdict> {
  static void visit(auto& io, decision::Verdict& v) {
    io("winners", v.winners);
    io("headline", v.headline);
    io("reasons", v.reasons);
  }
};

template <>
struct Fields<sim::FleetSummary> {
  static void visit(auto& io, sim::FleetSummary& f) {
    io("replica_starts", f.replica_starts);
    io("peak_replicas", f.peak_replicas);
    io("mean_replicas", f.mean_replicas);
    io("utilisation", f.utilisation);
    io("longest_queue", f.longest_queue);
    io("most_pending", f.most_pending);
    io("quota_waits", f.quota_waits);
    io("spot_nodes", f.spot_nodes);
    io("spot_refusals", f.spot_refusals);
    io("lost_requests", f.lost_requests);
  }
};

template <>
struct Fields<sim::RetrySummary> {
  static void visit(auto& io, sim::RetrySummary& r) {
    io("requests", r.requests);
    io("attempts", r.attempts);
    io("retries", r.retries);
    io("denied", r.denied);
    io("peak_attempts_per_minute", r.peak_attempts_per_minute);
  }
};

template <>
struct Fields<sim::EngineSummary> {
  static void visit(auto& io, sim::EngineSummary& e) {
    io("replicas_per_instance", e.replicas_per_instance);
    io("kv_tokens", e.kv_tokens);
    io("peak_kv_tokens", e.peak_kv_tokens);
    io("iterations", e.iterations);
    io("decode_tokens", e.decode_tokens);
    io("prefill_tokens", e.prefill_tokens);
    io("evictions", e.evictions);
    io("looked_up_tokens", e.looked_up_tokens);
    io("found_tokens", e.found_tokens);
    io("busy_share", e.busy_share);
  }
};

template <>
struct Fields<sim::LimitCheck> {
  static void visit(auto& io, sim::LimitCheck& c) {
    io("dimension", c.dimension);
    io("limit", c.limit);
    io("mean_need", c.mean_need);
    io("peak_need", c.peak_need);
    io("units_needed", c.units_needed);
  }
};

template <>
struct Fields<sim::ApiSummary> {
  static void visit(auto& io, sim::ApiSummary& a) {
    io("feasibility", a.feasibility);
    io("requests", a.requests);
    io("calls", a.calls);
    io("peak_calls_per_minute", a.peak_calls_per_minute);
    io("peak_requests_per_minute", a.peak_requests_per_minute);
    io("throttled", a.throttled);
    io("too_large", a.too_large);
    io("errors", a.errors);
    io("failed_outages", a.failed_outages);
    io("retries", a.retries);
    io("retries_denied", a.retries_denied);
    io("hedges", a.hedges);
    io("hedges_won", a.hedges_won);
    io("outages", a.outages);
    io("outage_ns", a.outage_ns);
    io("provisioned_calls", a.provisioned_calls);
    io("spilled_calls", a.spilled_calls);
    io("prompt_cache_reads", a.prompt_cache_reads);
    io("prompt_cache_writes", a.prompt_cache_writes);
  }
};

template <>
struct Fields<sim::Checks> {
  static void visit(auto& io, sim::Checks& c) {
    io("conservation", c.conservation);
    io("causality", c.causality);
    io("littles_law", c.littles_law);
    io("busy_time", c.busy_time);
    io("billed_time", c.billed_time);
    io("work_conservation", c.work_conservation);
    io("kv_memory", c.kv_memory);
    io("mean_in_system", c.mean_in_system);
    io("arrival_rate_per_s", c.arrival_rate_per_s);
    io("mean_time_in_system_s", c.mean_time_in_system_s);
  }
};

template <>
struct Fields<Distribution> {
  static void visit(auto& io, Distribution& d) {
    io("count", d.count);
    io("mean_ns", d.mean_ns);
    io("p50_ns", d.p50_ns);
    io("p90_ns", d.p90_ns);
    io("p95_ns", d.p95_ns);
    io("p99_ns", d.p99_ns);
    io("p99_9_ns", d.p99_9_ns);
    io("max_ns", d.max_ns);
    io("bucket_values_ns", d.bucket_values_ns);
    io("bucket_counts", d.bucket_counts);
  }
};

template <>
struct Fields<Measured> {
  static void visit(auto& io, Measured& m) {
    io("name", m.name);
    io("times", m.times);
  }
};

template <>
struct Fields<MeasuredTimes> {
  static void visit(auto& io, MeasuredTimes& m) {
    io("latency", m.latency);
    io("time_to_first_token", m.time_to_first_token);
  }
};

template <>
struct Fields<ClassTimes> {
  static void visit(auto& io, ClassTimes& c) {
    io("name", c.name);
    io("latency", c.latency);
    io("time_to_first_token", c.time_to_first_token);
    Outcomes outcomes{c.outcomes};
    io("outcomes", outcomes);
    c.outcomes = outcomes.counts;
  }
};

template <>
struct Fields<Overhead> {
  static void visit(auto& io, Overhead& o) {
    io("answer", o.answer);
    io("others", o.others);
    io("monthly", o.monthly);
    io("answer_monthly", o.answer_monthly);
  }
};

template <>
struct Fields<UnitCosts> {
  static void visit(auto& io, UnitCosts& c) {
    io("per_thousand_answered_requests", c.per_thousand_answered_requests);
    io("per_million_output_tokens", c.per_million_output_tokens);
    io("per_daily_user_month", c.per_daily_user_month);
  }
};

template <>
struct Fields<OptionReport> {
  static void visit(auto& io, OptionReport& o) {
    io("name", o.name);
    io("kind", o.kind);
    io("monthly", o.monthly);
    io("unit_costs", o.unit_costs);
    io("budget", o.budget);
    io("slo_checks", o.slo_checks);
    io("cache_hit_ns", o.cache_hit_ns);
    io("latency", o.latency);
    io("time_to_first_token", o.time_to_first_token);
    io("time_per_output_token", o.time_per_output_token);
    io("classes", o.classes);
    io("wait", o.wait);
    io("fleet", o.fleet);
    io("retries", o.retries);
    io("engine", o.engine);
    io("api", o.api);
    io("checks", o.checks);
    io("bills", o.bills);
    io("one_time", o.one_time);
    io("usage", o.usage);
    io("parts", o.parts);
    io("overhead", o.overhead);
    io("measured", o.measured);
  }
};

template <>
struct Fields<decision::DrillCheck> {
  static void visit(auto& io, decision::DrillCheck& c) {
    io("target", c.target);
    io("good_ppb", c.good_ppb);
    io("needed_ppb", c.needed_ppb);
    io("held", c.held);
  }
};

template <>
struct Fields<decision::DrillVerdict> {
  static void visit(auto& io, decision::DrillVerdict& v) {
    io("held", v.held);
    io("held_without", v.held_without);
    io("checks", v.checks);
    io("recovered_ns", v.recovered_ns);
    io("arrivals", v.arrivals);
    io("lost", v.lost);
    io("lost_without", v.lost_without);
  }
};

template <>
struct Fields<DrillOutcome> {
  static void visit(auto& io, DrillOutcome& o) {
    io("name", o.name);
    io("verdict", o.verdict);
    io("extra_cost", o.extra_cost);
  }
};

template <>
struct Fields<DrillReport> {
  static void visit(auto& io, DrillReport& d) {
    io("name", d.name);
    io("fault", d.fault);
    io("amount", d.amount);
    io("zone", d.zone);
    io("begin_ns", d.begin_ns);
    io("end_ns", d.end_ns);
    io("watched_ns", d.watched_ns);
    io("options", d.options);
  }
};

template <>
struct Fields<PriceRow> {
  static void visit(auto& io, PriceRow& p) {
    io("item", p.item);
    io("unit", p.unit);
    io("unit_price", p.unit_price);
    io("source", p.source);
  }
};

template <>
struct Fields<InputFile> {
  static void visit(auto& io, InputFile& f) {
    io("name", f.name);
    io("sha256", f.sha256);
  }
};

template <>
struct Fields<decision::Slo> {
  static void visit(auto& io, decision::Slo& s) { io("targets", s.targets); }
};

template <>
struct Fields<decision::DecisionConfig> {
  static void visit(auto& io, decision::DecisionConfig& d) {
    io("weights", d.weights);
    io("budget", d.budget);
  }
};

template <>
struct Fields<About> {
  static void visit(auto& io, About& a) {
    io("version", a.version);
    io("scenario", a.scenario);
    io("scenario_file", a.scenario_file);
    io("scenario_sha256", a.scenario_sha256);
    io("settings", a.settings);
    io("inputs", a.inputs);
    io("seed", a.seed);
    io("horizon", a.horizon);
    io("planned_hours", a.planned_hours);
    io("interrupted", a.interrupted);
    io("daily_users", a.daily_users);
    io("currency", a.currency);
    io("slo", a.slo);
    io("decision", a.decision);
    io("assumptions", a.assumptions);
    io("warnings", a.warnings);
  }
};

template <>
struct Fields<File> {
  static void visit(auto& io, File& f) {
    io("format", f.format);
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(io)>, JsonReader>) {
      if (f.format != format_name) {
        io.fail(fmt::format("a file of format '{}'", f.format), fmt::format("format '{}'", format_name));
      }
    }
    io("about", f.result.about);
    io("verdict", f.result.verdict);
    io("drills", f.result.drills);
    io("options", f.result.options);
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(io)>, JsonReader>) {
      const bool simulated = !f.result.options.empty() || !f.result.drills.empty() || f.result.about.interrupted;
      if (simulated && f.result.about.horizon.periods.empty()) {
        io.fail("no billing period in about.horizon", "at least one, for something was simulated");
      }
    }
    io("answers", f.result.answers);
    io("prices", f.result.prices);
    io("notes", f.result.notes);
  }
};

std::string to_json(const Result& result) { return write_json(File{std::string{format_name}, result}); }

std::string result_schema() { return json_text(boost::json::parse(json_schema<File>("A result of billcast"))) + "\n"; }

Result from_json(std::string name, std::string_view text) { return read_json<File>(std::move(name), text).result; }

}  // namespace reports
