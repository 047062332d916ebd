// The identities of the books are worth something only if a mistake violates them: here mistakes are made.
#include "sim/ledger.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/calendar.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using core::Outcome;
using sim::Checks;
using sim::Ledger;
using sim::Visit;

namespace {

constexpr std::int64_t second_ns = core::ns_per_second;
constexpr std::int64_t horizon_ns = 2 * core::ns_per_hour;

core::Horizon two_hours() { return core::Horizon::hours(core::parse_date("2026-12-01"), 2); }

Ledger two_hour_ledger(sim::RequestLog* log = nullptr) { return {"x", two_hours(), 5ms, true, log}; }

// Ten requests, one every second from 10 s on, each served for 3 s after a wait of 1 s.
constexpr std::size_t requests = 10;
Visit visit(std::size_t i) {
  return {.arrival_ns = static_cast<std::int64_t>(10 + i) * second_ns,
          .service_ns = 3 * second_ns,
          .first_token_ns = second_ns,
          .input_tokens = 7,
          .output_tokens = 5};
}

void open(Ledger& ledger) {
  auto block = std::make_unique<core::traffic::Block>();
  for (; block->count < requests; ++block->count) block->arrival_ns[block->count] = visit(block->count).arrival_ns;
  ledger.open(*block);
}

// The tally of a block of one.
Ledger::Tally tally_of(const Ledger& ledger, const Visit& v) {
  auto block = std::make_unique<core::traffic::Block>();
  block->count = 1;
  block->input_tokens[0] = v.input_tokens;
  block->output_tokens[0] = v.output_tokens;
  return ledger.tally(*block, &v.service_ns);
}

void serve(Ledger& ledger, const Visit& v, std::int64_t wrong_ns = 0) {
  Ledger::Tally tally = tally_of(ledger, v);
  ledger.served(0, v.arrival_ns, v.arrival_ns + second_ns, v.arrival_ns + 4 * second_ns + wrong_ns, v.first_token_ns,
                tally);
  ledger.add(tally);
}

Ledger::Entry entry(std::size_t i) {
  const Visit v = visit(i);
  return {.visit = v, .start_ns = v.arrival_ns + second_ns, .end_ns = v.arrival_ns + 4 * second_ns};
}

// The first nine as they should be; the last one is up to the test.
Checks after(const std::function<void(Ledger&, const Visit&)>& last) {
  Ledger ledger = two_hour_ledger();
  open(ledger);
  for (std::size_t i = 0; i + 1 < requests; ++i) serve(ledger, visit(i));
  last(ledger, visit(requests - 1));
  return ledger.close().checks;
}

bool all_hold(const Checks& checks) { return checks.conservation && checks.littles_law && checks.busy_time; }

}  // namespace

TEST_CASE("The identities hold when every request is entered once, with its times", "[sim][ledger]") {
  CHECK(all_hold(after([](Ledger& ledger, const Visit& v) { serve(ledger, v); })));
  CHECK(all_hold(after([](Ledger& ledger, const Visit&) { ledger.enter(entry(requests - 1)); })));
  for (const Outcome outcome : {Outcome::served, Outcome::rejected, Outcome::timed_out, Outcome::abandoned,
                                Outcome::failed, Outcome::in_flight}) {
    CAPTURE(core::name_of(outcome));
    CHECK(all_hold(after([&](Ledger& ledger, const Visit&) {
      Ledger::Entry last = entry(requests - 1);
      last.outcome = outcome;
      if (outcome == Outcome::rejected) last.start_ns = last.end_ns = last.visit.arrival_ns;
      if (outcome == Outcome::in_flight) last.end_ns = horizon_ns;
      ledger.enter(last);
    })));
  }
}

TEST_CASE("A request that is forgotten violates conservation and Little's law", "[sim][ledger]") {
  const Checks checks = after([](Ledger&, const Visit&) {});
  CHECK_FALSE(checks.conservation);
  CHECK_FALSE(checks.littles_law);
}

TEST_CASE("A request that is entered twice violates conservation and Little's law", "[sim][ledger]") {
  const Checks by_tally = after([](Ledger& ledger, const Visit& v) {
    serve(ledger, v);
    serve(ledger, v);
  });
  CHECK_FALSE(by_tally.conservation);
  CHECK_FALSE(by_tally.littles_law);
  const Checks by_entry = after([](Ledger& ledger, const Visit& v) {
    serve(ledger, v);
    ledger.enter(entry(requests - 1));
  });
  CHECK_FALSE(by_entry.conservation);
  CHECK_FALSE(by_entry.littles_law);
}

TEST_CASE("One request in the place of another keeps the count and violates Little's law", "[sim][ledger]") {
  const Checks checks = after([](Ledger& ledger, const Visit&) { serve(ledger, visit(0)); });
  CHECK(checks.conservation);
  CHECK_FALSE(checks.littles_law);
  CHECK(checks.busy_time);
}

TEST_CASE("An arrival that is a nanosecond off violates Little's law", "[sim][ledger]") {
  const Checks checks = after([](Ledger& ledger, Visit v) {
    ++v.arrival_ns;
    serve(ledger, v);
  });
  CHECK(checks.conservation);
  CHECK_FALSE(checks.littles_law);
}

TEST_CASE("An in-flight request that is said to have left violates Little's law", "[sim][ledger]") {
  // It is counted as in flight with an age that ends before the horizon.
  const Checks checks = after([](Ledger& ledger, const Visit&) {
    Ledger::Entry last = entry(requests - 1);
    last.outcome = Outcome::in_flight;
    ledger.enter(last);
  });
  CHECK(checks.conservation);
  CHECK_FALSE(checks.littles_law);
}

TEST_CASE("An end that is not the start and the service violates the busy time", "[sim][ledger]") {
  for (const std::int64_t wrong_ns : {std::int64_t{1}, std::int64_t{-1}, second_ns}) {
    CAPTURE(wrong_ns);
    const Checks checks = after([&](Ledger& ledger, const Visit& v) { serve(ledger, v, wrong_ns); });
    CHECK(checks.conservation);
    CHECK_FALSE(checks.busy_time);
  }
}

TEST_CASE("Who is served before he came, or leaves before he is served, violates causality", "[sim][ledger]") {
  CHECK(after([](Ledger& ledger, const Visit& v) { serve(ledger, v); }).causality);
  for (const bool in_tally : {true, false}) {
    for (const auto& [start_ns, end_ns] :
         {std::pair{-second_ns, 2 * second_ns}, std::pair{second_ns, std::int64_t{0}}}) {
      CAPTURE(in_tally, start_ns);
#ifndef NDEBUG
      if (start_ns < 0) continue;  // the histogram of waits stops there already
#endif
      CHECK_FALSE(after([&, from_ns = start_ns, until_ns = end_ns](Ledger& ledger, const Visit& v) {
                    if (in_tally) {
                      Ledger::Tally tally = tally_of(ledger, v);
                      ledger.served(0, v.arrival_ns, v.arrival_ns + from_ns, v.arrival_ns + until_ns, 0, tally);
                      ledger.add(tally);
                    } else {
                      ledger.enter({.visit = v, .start_ns = v.arrival_ns + from_ns, .end_ns = v.arrival_ns + until_ns});
                    }
                  }).causality);
    }
  }
}

TEST_CASE("A tally that is never added violates conservation", "[sim][ledger]") {
  const Checks checks = after([](Ledger& ledger, const Visit& v) {
    Ledger::Tally lost = tally_of(ledger, v);
    ledger.served(0, v.arrival_ns, v.arrival_ns + second_ns, v.arrival_ns + 4 * second_ns, v.first_token_ns, lost);
  });
  CHECK_FALSE(checks.conservation);
}

TEST_CASE("A request of the tally that is neither served nor left out violates Little's law", "[sim][ledger]") {
  const Checks checks = after([](Ledger& ledger, const Visit& v) { ledger.add(tally_of(ledger, v)); });
  CHECK(checks.conservation);
  CHECK_FALSE(checks.littles_law);
  CHECK_FALSE(checks.busy_time);
}

TEST_CASE("A request that is left out of the tally and not entered violates conservation", "[sim][ledger]") {
  const Checks checks = after([](Ledger& ledger, const Visit& v) {
    Ledger::Tally tally = tally_of(ledger, v);
    tally.leave_out(v);
    ledger.add(tally);
  });
  CHECK_FALSE(checks.conservation);
  CHECK(all_hold(after([](Ledger& ledger, const Visit& v) {
    Ledger::Tally tally = tally_of(ledger, v);
    tally.leave_out(v);
    ledger.add(tally);
    ledger.enter(entry(requests - 1));
  })));
}

TEST_CASE("An entry that is taken back was never there", "[sim][ledger]") {
  const auto run = [](bool with_second_thoughts) {
    sim::RequestLog log;
    Ledger ledger = two_hour_ledger(&log);
    open(ledger);
    for (std::size_t i = 0; i < requests; ++i) {
      if (with_second_thoughts) {
        for (const Outcome outcome : {Outcome::served, Outcome::timed_out, Outcome::in_flight}) {
          Ledger::Entry wrong = entry(i);
          wrong.end_ns += 60 * second_ns;
          wrong.outcome = outcome;
          wrong.tokens_made = 3;
          ledger.enter(wrong);
          ledger.take_back(wrong);
        }
      }
      ledger.enter(entry(i));
    }
    return std::pair{ledger.close(), log};
  };
  const auto [plain, plain_log] = run(false);
  const auto [changed, changed_log] = run(true);
  CHECK(all_hold(changed.checks));
  CHECK(changed.checks == plain.checks);
  CHECK(changed.usage == plain.usage);
  CHECK(changed.latency_ns == plain.latency_ns);
  CHECK(changed.time_to_first_token_ns == plain.time_to_first_token_ns);
  CHECK(changed.wait_ns == plain.wait_ns);
  CHECK(changed_log == plain_log);
}

TEST_CASE("One by one or as the tally of a block, the books are the same", "[sim][ledger]") {
  sim::RequestLog run_log;
  Ledger run = two_hour_ledger(&run_log);
  open(run);
  auto block = std::make_unique<core::traffic::Block>();
  block->count = requests;
  block->input_tokens.fill(visit(0).input_tokens);
  block->output_tokens.fill(visit(0).output_tokens);
  const std::vector<std::int64_t> service_ns(requests, visit(0).service_ns);
  Ledger::Tally tally = run.tally(*block, service_ns.data());
  for (std::size_t i = 0; i < requests; ++i) {
    run.served(i, visit(i).arrival_ns, entry(i).start_ns, entry(i).end_ns, visit(i).first_token_ns, tally);
  }
  run.add(tally);
  const sim::OptionResult by_run = run.close();

  sim::RequestLog entries_log;
  Ledger entries = two_hour_ledger(&entries_log);
  open(entries);
  for (std::size_t i = 0; i < requests; ++i) entries.enter(entry(i));
  const sim::OptionResult by_entries = entries.close();

  CHECK(by_run.usage == by_entries.usage);
  CHECK(by_run.checks == by_entries.checks);
  CHECK(by_run.latency_ns == by_entries.latency_ns);
  CHECK(by_run.time_to_first_token_ns == by_entries.time_to_first_token_ns);
  CHECK(by_run.wait_ns == by_entries.wait_ns);
  CHECK(run_log == entries_log);
}

TEST_CASE("The books say what ten requests of four seconds each have used", "[sim][ledger]") {
  Ledger ledger = two_hour_ledger();
  open(ledger);
  for (std::size_t i = 0; i < requests; ++i) serve(ledger, visit(i));
  const sim::OptionResult result = ledger.close();
  const core::HourUsage total = result.usage.total();
  CHECK(total.arrivals == 10);
  CHECK(total.served == 10);
  CHECK(total.input_tokens == 70);
  CHECK(total.output_tokens == 50);
  CHECK(total.busy_slot_ns == core::Int128{30} * second_ns);
  CHECK(result.checks.mean_time_in_system_s == Approx(4));
  CHECK(result.checks.arrival_rate_per_s == Approx(10 / 7200.0));
  CHECK(result.checks.mean_in_system == Approx(40 / 7200.0));  // L = λ W
}

TEST_CASE("A request that leaves without a slot has no tokens, one that is cut off has those made", "[sim][ledger]") {
  Ledger ledger = two_hour_ledger();
  open(ledger);
  for (std::size_t i = 0; i + 2 < requests; ++i) serve(ledger, visit(i));
  Ledger::Entry waiting = entry(8);
  waiting.outcome = Outcome::timed_out;
  waiting.start_ns = waiting.end_ns;
  waiting.was_served = false;
  ledger.enter(waiting);
  Ledger::Entry cut_off = entry(9);
  cut_off.outcome = Outcome::timed_out;
  cut_off.tokens_made = 2;
  ledger.enter(cut_off);
  const sim::OptionResult result = ledger.close();
  CHECK(all_hold(result.checks));
  CHECK(result.usage.total().input_tokens == std::int64_t{9} * 7);
  CHECK(result.usage.total().output_tokens == 8 * 5 + 2);
  CHECK(result.usage.total().busy_slot_ns == core::Int128{27} * second_ns);
  // The one that left the queue waited its four seconds; latencies are those of whole answers alone.
  CHECK(result.wait_ns.total_count() == 10);
  CHECK(result.wait_ns.max() >= 4 * second_ns);
  CHECK(result.latency_ns.total_count() == 8);
}

TEST_CASE("Cache hits are answered in their own latency and count as arrivals", "[sim][ledger]") {
  Ledger ledger = two_hour_ledger();
  auto block = std::make_unique<core::traffic::Block>();
  block->count = 0;
  block->hour = 1;
  block->hits = {.count = 4, .input_tokens = 40, .output_tokens = 20};
  ledger.open(*block);
  const sim::OptionResult result = ledger.close();
  CHECK(all_hold(result.checks));
  CHECK(result.usage.count(Outcome::cache_hit) == 4);
  CHECK(result.usage.hours[0] == core::HourUsage{});
  CHECK(result.usage.hours[1].arrivals == 4);
  CHECK(result.usage.hours[1].cache_hits == 4);
  CHECK(result.usage.hours[1].cache_hit_output_tokens == 20);
  CHECK(result.usage.total().input_tokens == 0);
  CHECK(result.latency_ns.total_count() == 4);
  CHECK(result.time_to_first_token_ns.total_count() == 4);
  CHECK(result.latency_ns.value_at_quantile(1) / 1'000'000 == 5);
  CHECK(result.wait_ns.total_count() == 0);
}

TEST_CASE("A block of waits and services of a year each does not overflow its sums", "[sim][ledger]") {
  constexpr std::int64_t year_ns = 31'536'000 * second_ns;
  const core::Horizon ten_years = core::Horizon::hours(core::parse_date("2026-12-01"), 87'600);
  Ledger ledger{"x", ten_years, 0ns, false};
  auto block = std::make_unique<core::traffic::Block>();
  block->count = core::traffic::Block::capacity;
  block->arrival_ns.fill(0);
  ledger.open(*block);
  block->input_tokens.fill(0);
  block->output_tokens.fill(0);
  const std::vector<std::int64_t> service_ns(block->count, year_ns);
  Ledger::Tally tally = ledger.tally(*block, service_ns.data());
  for (std::size_t i = 0; i < block->count; ++i) ledger.served(i, 0, 2 * year_ns, 3 * year_ns, 0, tally);
  ledger.add(tally);
  const sim::OptionResult result = ledger.close();
  CHECK(all_hold(result.checks));
  CHECK(result.usage.total().busy_slot_ns == core::Int128{year_ns} * 8'192);
  CHECK(result.checks.mean_time_in_system_s == Approx(3.0 * 31'536'000));
}
