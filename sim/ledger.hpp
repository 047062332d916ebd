// The books of one option: what became of every request, and what it used.
//
//  * `Visit`      a request as an option meets it
//  * `Ledger`     each is entered once, with its times; closing the books checks the identities
//  * `RequestLog` the entries one by one, for tests that compare engines
//
// All that a request counts for belongs to the hour of its arrival.
//
// Sums of times are kept modulo 2^64 nanoseconds (584 years) where only an identity is checked, for wrapping addition
// is exact; in 128 bits where they are told: an overloaded month waits longer than 2^63 nanoseconds in a few blocks.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "core/calendar.hpp"
#include "core/time.hpp"
#include "core/traffic/block.hpp"
#include "core/usage.hpp"
#include "sim/result.hpp"

namespace sim {

class Completions;

struct Visit {
  std::int64_t arrival_ns = 0;
  std::int64_t service_ns = 0;
  std::int64_t first_token_ns = 0;  // since the start of service
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
  std::uint32_t ticket = 0;  // of the block; handed through
  std::uint32_t traffic_class = 0;
};

struct RequestRecord {
  std::int64_t arrival_ns = 0;
  std::int64_t start_ns = 0;  // of service; of leaving, when there was none
  std::int64_t end_ns = 0;
  core::Outcome outcome = core::Outcome::served;
  auto operator<=>(const RequestRecord&) const = default;
};
using RequestLog = std::vector<RequestRecord>;

class Ledger {
 public:
  // `hit_latency`: what a cache hit takes. `log`: where to write every request, or nothing.
  Ledger(std::string name, const core::Horizon& horizon, core::Duration hit_latency, bool has_first_token,
         RequestLog* log = nullptr);

  // Keeps the times of these classes apart from now on. Call it before the first block.
  void tell_apart(const std::vector<std::string>& classes);
  // Tells `completions` of every entry from now on; all blocks have tickets then. Call it before the first block.
  void report_to(Completions* completions);

  // Counts minute by minute from now on, in the result's timeline. Call it before the first block.
  void follow(const std::vector<core::Watch>& watches);
  // Latencies beyond an hour are to be told apart, up to `longest`. Call it before the first block.
  void widen(core::Duration longest);

  // Opens a block: all its requests are now owed an outcome.
  void open(const core::traffic::Block& block);

  // The sums of the served requests of the open block. A loop keeps one of its own, in registers, and adds it when it
  // ends: sums in memory would be written and read back for every request. What does not depend on the queue is summed
  // up for the whole block at once; requests that are not `served` are taken out again by `leave_out`.
  struct Tally {
    std::int64_t served = 0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    core::Int128 busy_ns = 0;  // wide, as the waits: 8192 of two weeks each are more than 2^63 nanoseconds
    std::int64_t waited = 0;
    core::Int128 wait_ns = 0;
    std::uint64_t end_sum = 0;
    std::uint64_t time_in_system_sum = 0;
    std::int64_t order = 0;  // negative: somebody was served before he came, or left before he was served

    void leave_out(const Visit& visit) {
      --served;
      input_tokens -= visit.input_tokens;
      output_tokens -= visit.output_tokens;
      busy_ns -= visit.service_ns;
    }
  };
  // As if all of the block were served; `service_ns[i]` of its requests.
  Tally tally(const core::traffic::Block& block, const std::int64_t* service_ns) const;
  // The hot entry: request `i` of the open block, served from `start_ns` to `end_ns` ≤ horizon.
  void served(std::size_t i, std::int64_t arrival_ns, std::int64_t start_ns, std::int64_t end_ns,
              std::int64_t first_token_ns, Tally& tally) {
    if (log_ != nullptr) [[unlikely]]
      log_->push_back({arrival_ns, start_ns, end_ns, core::Outcome::served});
    tally.end_sum += static_cast<std::uint64_t>(end_ns);
    // A sign survives an or: one instruction instead of a branch.
    tally.order |= (start_ns - arrival_ns) | (end_ns - start_ns);
    tally.time_in_system_sum += static_cast<std::uint64_t>(end_ns - arrival_ns);
    result_.latency_ns.record(end_ns - arrival_ns);
    if (has_first_token_) result_.time_to_first_token_ns.record(start_ns - arrival_ns + first_token_ns);
    if (start_ns > arrival_ns) {
      ++tally.waited;
      tally.wait_ns += start_ns - arrival_ns;
      result_.wait_ns.record(start_ns - arrival_ns);
    }
    if (is_watched_) [[unlikely]]
      watch({.arrival_ns = arrival_ns,
             .service_ns = end_ns - start_ns,
             .first_token_ns = first_token_ns,
             .ticket = open_->ticket[i],
             .traffic_class = open_->traffic_class[i]},
            start_ns, end_ns, core::Outcome::served, 1);
  }
  void add(const Tally& tally);

  // Any outcome, of a request of any block. `start_ns`: of service, or of leaving when there was none; an
  // in_flight one that still waits starts at the horizon. `end_ns`: when it left; the horizon for in_flight ones.
  struct Entry {
    Visit visit;
    std::int64_t start_ns = 0;
    std::int64_t end_ns = 0;
    core::Outcome outcome = core::Outcome::served;
    std::uint32_t tokens_made = 0;  // of a served request that was cut off
    bool was_served = true;         // had a slot, if only for a while
    std::int64_t lost_ns = 0;       // that slots spent on it before `start_ns`, for nothing
  };
  void enter(const Entry& entry) { count(entry, 1); }
  // The same for the usual outcome, in line: once for each request of an engine.
  void enter_served(const Visit& visit, std::int64_t start_ns, std::int64_t end_ns) {
    if (log_ != nullptr) [[unlikely]]
      log_->push_back({visit.arrival_ns, start_ns, end_ns, core::Outcome::served});
    core::HourUsage& hour = result_.usage.hours[static_cast<std::size_t>(visit.arrival_ns / core::ns_per_hour)];
    ++hour.served;
    hour.input_tokens += visit.input_tokens;
    hour.output_tokens += visit.output_tokens;
    hour.busy_slot_ns += end_ns - start_ns;
    ++result_.usage.outcomes[static_cast<std::size_t>(core::Outcome::served)];
    end_sum_ += static_cast<std::uint64_t>(end_ns);
    time_in_system_sum_ += static_cast<std::uint64_t>(end_ns - visit.arrival_ns);
    order_ |= (start_ns - visit.arrival_ns) | (end_ns - start_ns);
    result_.latency_ns.record(end_ns - visit.arrival_ns);
    if (has_first_token_) result_.time_to_first_token_ns.record(start_ns - visit.arrival_ns + visit.first_token_ns);
    if (start_ns > visit.arrival_ns) {
      ++waited_;
      wait_sum_ns_ += start_ns - visit.arrival_ns;
      result_.wait_ns.record(start_ns - visit.arrival_ns);
    }
    if (is_watched_) [[unlikely]]
      watch(visit, start_ns, end_ns, core::Outcome::served, 1);
  }
  // Takes an entry back: a request that still waits may be promised another slot.
  void take_back(const Entry& entry) { count(entry, -1); }

  void waiting(std::int64_t requests) {
    if (requests > result_.fleet.longest_queue) result_.fleet.longest_queue = requests;
  }
  core::Usage& usage() { return result_.usage; }
  core::HourUsage& hour_of(std::int64_t arrival_ns) {
    return result_.usage.hours[static_cast<std::size_t>(arrival_ns / core::ns_per_hour)];
  }
  FleetSummary& fleet() { return result_.fleet; }
  Checks& checks() { return result_.checks; }
  std::int64_t horizon_ns() const { return horizon_ns_; }

  // Checks the identities and hands out the result. Call once, after the last entry.
  OptionResult close();

 private:
  void note_minute(const Visit& visit, std::int64_t latency_ns, std::int64_t first_token_ns, core::Outcome outcome,
                   std::int64_t sign);
  void note_hits(const core::traffic::Block& block);
  void count(const Entry& entry, std::int64_t sign);
  // For whoever wants to know more of each request than the sums: its class, its minute, or a topology that hands it
  // on. Taken back with `sign` -1.
  void watch(const Visit& visit, std::int64_t start_ns, std::int64_t end_ns, core::Outcome outcome, std::int64_t sign);
  void check();

  OptionResult result_;
  core::HourUsage* hour_;
  const core::traffic::Block* open_ = nullptr;
  bool is_watched_ = false;
  Completions* completions_ = nullptr;
  std::int64_t horizon_ns_;
  std::int64_t hit_latency_ns_;
  bool has_first_token_;
  RequestLog* log_;

  std::int64_t arrivals_ = 0;             // that reached the option
  std::uint64_t arrival_sum_ = 0;         // of their arrival times, as the stream gave them
  std::uint64_t end_sum_ = 0;             // of the times they left
  std::uint64_t time_in_system_sum_ = 0;  // of all, those in flight at their age
  std::int64_t order_ = 0;                // of all, as of a tally
  core::Int128 wait_sum_ns_ = 0;
  std::int64_t waited_ = 0;  // of those served
};

}  // namespace sim
