#include "sim/topology/topology.hpp"

#include <algorithm>
#include <utility>

#include "core/random.hpp"

namespace sim {

namespace {

using core::Outcome;
using core::traffic::Block;

// The request's draws for each decision on its way; none of them is a draw for anything else.
constexpr std::uint64_t split_salt = 0xd6e8feb86659fd93U;
constexpr std::uint64_t escalate_salt = 0xa0761d6478bd642fU;
constexpr std::uint64_t mirror_salt = 0xe7037ed1a0b428dbU;
constexpr std::uint64_t explain_salt = 0x8ebc6af09c88c6e3U;
// Of the luck that the n-th part on the way sees, times n.
constexpr std::uint64_t stage_salt = 0x589965cc75374cc3U;

constexpr std::size_t slice_size = 1024;

bool draws(Chance chance, std::uint64_t luck, std::uint64_t salt) { return chance.holds(core::mix(luck ^ salt)); }

bool is_lost(Outcome outcome) { return outcome != Outcome::served && outcome != Outcome::in_flight; }

// Whether the part's ledger must tell of its requests.
bool is_awaited(const Route& route, PartNumber part) {
  const auto* const pair = std::get_if<Pair>(&route);
  return pair == nullptr || pair->needs_both || part != pair->mirror;
}

// What a mixture uses is what its parts use.
void add_usage(const core::Usage& part, core::Usage& whole) {
  for (std::size_t h = 0; h < whole.hours.size(); ++h) {
    core::HourUsage used = part.hours[h];
    core::HourUsage& hour = whole.hours[h];
    // Requests are counted once, where users make them; time in parts stands in the whole's own books.
    used.arrivals = used.cache_hits = used.served = used.cache_hit_output_tokens = 0;
    used.busy_slot_ns = 0;
    const std::int64_t peak = hour.peak_instances + used.peak_instances;
    hour += used;
    hour.peak_instances = peak;
  }
}

}  // namespace

Topology::Topology(Route route, const core::traffic::TrafficConfig& traffic, const core::Horizon& horizon,
                   Ledger ledger, std::size_t parts, const MakeLeaf& make_leaf)
    : route_{std::move(route)}, ledger_{std::move(ledger)}, parts_(parts), path_{path_of(route_, parts)} {
  for (PartNumber k = 0; k < parts; ++k) {
    Part& part = parts_[k];
    if (is_awaited(route_, k)) part.completions = std::make_unique<Completions>();
    part.leaf = std::make_unique<Leaf>(make_leaf(k, part.completions.get()));
  }
  const auto* const split = std::get_if<Split>(&route_);
  for (std::size_t stage = 0; stage < path_.size(); ++stage) {
    Part& part = parts_[path_[stage]];
    if (split == nullptr) part.salt = stage * stage_salt;
    part.next = path_[std::min(stage + 1, path_.size() - 1)];
  }
  if (split != nullptr && !split->by_zone.empty()) {
    zones_ = std::make_unique<ZoneShares>(traffic.demand, horizon, split->by_zone, parts);
  }
}

inline std::uint32_t Topology::take_ticket() {
  if (free_.empty()) {
    requests_.emplace_back();
    return static_cast<std::uint32_t>(requests_.size() - 1);
  }
  const std::uint32_t ticket = free_.back();
  free_.pop_back();
  return ticket;
}

inline void Topology::send(PartNumber part, std::int64_t arrival_ns, std::uint32_t ticket) {
  Part& to = parts_[part];
  const Input input{arrival_ns, ticket, requests_[ticket].number};
  if (!to.input.empty() && input < to.input.back()) to.in_order = false;
  to.input.push_back(input);
}

// Puts the requests on their way; `send_one(request, ticket)` sends one to where it goes first.
template <class Send>
void Topology::enter(const Slice& slice, const Send& send_one) {
  const Block& block = slice.block;
  for (std::size_t i = slice.begin; i < slice.end; ++i) {
    const std::uint32_t ticket = take_ticket();
    Request& request = requests_[ticket];
    request = {.arrival_ns = block.arrival_ns[i],
               .luck = block.luck[i],
               .entered_ns = block.arrival_ns[i],
               .input_tokens = block.input_tokens[i],
               .output_tokens = block.output_tokens[i],
               .content_key = block.content_key[i],
               .number = entered_++,
               .traffic_class = has_classes_ ? block.traffic_class[i] : std::uint8_t{0}};
    if (has_prefixes_) {
      request.prefix_row = block.prefix_row[i];
      request.prefix_round = block.prefix_round[i];
    }
    send_one(request, ticket);
  }
}

void Topology::enter_by_luck(const Slice& slice) {
  const auto& split = std::get<Split>(route_);
  enter(slice, [&](const Request& request, std::uint32_t ticket) {
    const std::vector<Chance>* ends = nullptr;
    if (zones_) {
      ends = &zones_->ends(request.arrival_ns);
    } else {
      while (request.arrival_ns >= split.by_luck[period_].until_ns) ++period_;
      ends = &split.by_luck[period_].ends;
    }
    const std::uint64_t draw = core::mix(request.luck ^ split_salt);
    PartNumber part = 0;
    while (!(*ends)[part].holds(draw)) ++part;
    send(part, request.arrival_ns, ticket);
  });
}

void Topology::enter(const Slice& slice) {
  if (const auto* const pair = std::get_if<Pair>(&route_)) {
    enter(slice, [&](Request& request, std::uint32_t ticket) {
      send(pair->answer, request.arrival_ns, ticket);
      if (!draws(pair->mirrored, request.luck, mirror_salt)) return;
      send(pair->mirror, request.arrival_ns, ticket);
      if (pair->needs_both) request.awaited = 2;
    });
  } else if (const auto* const split = std::get_if<Split>(&route_); split == nullptr) {
    enter(slice,
          [&](const Request& request, std::uint32_t ticket) { send(path_.front(), request.arrival_ns, ticket); });
  } else if (!split->by_class.empty()) {
    enter(slice, [&](const Request& request, std::uint32_t ticket) {
      send(split->by_class[request.traffic_class], request.arrival_ns, ticket);
    });
  } else {
    enter_by_luck(slice);
  }
}

void Topology::serve(const Block& block) {
  ledger_.open(block);
  has_classes_ = block.has_classes;
  has_prefixes_ = block.has_prefixes;
  // A slice with what the parts know of it stays in a near cache; a whole block would not.
  for (std::size_t begin = 0; begin < block.count; begin += slice_size) {
    const std::size_t end = std::min(begin + slice_size, block.count);
    enter({block, begin, end});
    work_until(block.arrival_ns[end - 1]);
  }
}

// Gives the part all that has come for it.
void Topology::feed(Part& part) {
  if (!part.in_order) {
    std::sort(part.input.begin(), part.input.end());
    part.in_order = true;
  }
  part.received += static_cast<std::int64_t>(part.input.size());
  Block& block = *block_;
  block.has_tickets = true;
  block.has_classes = has_classes_;
  block.has_prefixes = has_prefixes_;
  for (std::size_t done = 0; done < part.input.size();) {
    const std::int64_t hour = part.input[done].arrival_ns / core::ns_per_hour;
    const std::int64_t end_ns = (hour + 1) * core::ns_per_hour;
    block.hour = static_cast<std::int32_t>(hour);
    const std::size_t most = std::min(part.input.size() - done, Block::capacity);
    std::size_t n = 0;
    for (; n < most && part.input[done + n].arrival_ns < end_ns; ++n) {
      const Input& input = part.input[done + n];
      const Request& request = requests_[input.ticket];
      block.arrival_ns[n] = input.arrival_ns;
      block.luck[n] = part.salt == 0 ? request.luck : core::mix(request.luck ^ part.salt);
      block.input_tokens[n] = request.input_tokens;
      block.output_tokens[n] = request.output_tokens;
      block.content_key[n] = request.content_key;
      block.traffic_class[n] = request.traffic_class;
      block.ticket[n] = input.ticket;
      if (has_prefixes_) {
        block.prefix_row[n] = request.prefix_row;
        block.prefix_round[n] = request.prefix_round;
      }
    }
    block.count = n;
    done += n;
    std::visit([&](auto& leaf) { leaf.serve(block); }, *part.leaf);
  }
  part.input.clear();
}

// Before `now_ns` nobody else will come.
void Topology::work_until(std::int64_t now_ns) {
  for (const PartNumber k : path_) {
    feed(parts_[k]);
    std::visit([&](auto& leaf) { leaf.advance_to(now_ns); }, *parts_[k].leaf);
    hand_on(k, now_ns);
  }
}

void Topology::hand_on(PartNumber k, std::int64_t now_ns) {
  if (!parts_[k].completions) return;
  const std::span<const Completions::Due> ended = parts_[k].completions->take(now_ns);
  constexpr std::size_t ahead = 12;  // they come in the order of their ends, and lie in the order of their arrivals
  for (std::size_t i = 0; i < ended.size(); ++i) {
    if (i + ahead < ended.size()) __builtin_prefetch(&requests_[ended[i + ahead].ticket], 1);
    after(k, ended[i]);
  }
}

// The request has left the part: what becomes of it?
inline void Topology::after(PartNumber k, const Completions::Due& due) {
  if (const auto* const pair = std::get_if<Pair>(&route_)) {
    after_pair(*pair, k, due);
    return;
  }
  const Stay& stay = parts_[k].completions->stay(due.ticket);
  Request& request = requests_[due.ticket];
  request.wait_ns += stay.start_ns - request.entered_ns;
  const bool has_next = parts_[k].next != k;
  if (const auto* const cascade = std::get_if<Cascade>(&route_)) {
    if (has_next && stay.outcome == Outcome::served && draws(cascade->escalate, request.luck, escalate_salt)) {
      return go_on(parts_[k].next, due.due_ns, due.ticket);
    }
  } else if (std::holds_alternative<Failover>(route_) && has_next && is_lost(stay.outcome)) {
    return go_on(parts_[k].next, due.due_ns, due.ticket);
  }
  finish(due.ticket, stay.end_ns, stay.start_ns + stay.first_token_ns, stay.outcome);
}

void Topology::after_pair(const Pair& pair, PartNumber k, const Completions::Due& due) {
  const Stay& stay = parts_[k].completions->stay(due.ticket);
  Request& request = requests_[due.ticket];
  const std::int64_t wait_ns = stay.start_ns - request.entered_ns;
  if (pair.explainer && k == pair.explainer->part) {
    request.wait_ns += wait_ns;
    // The answer was there before it was explained.
    return finish(due.ticket, stay.end_ns, request.first_token_ns, stay.outcome);
  }
  const std::int64_t first_token_ns = stay.start_ns + stay.first_token_ns;
  // Which of the two is heard first depends on how requests are cut into slices, so nothing else may: where both end
  // at once, or both are lost, the answer counts.
  const bool is_answer = k == pair.answer;
  if (due.due_ns > request.end_ns || (due.due_ns == request.end_ns && is_answer)) {
    request.end_ns = due.due_ns;
    request.wait_ns = wait_ns;
  }
  request.first_token_ns = std::max(request.first_token_ns, first_token_ns);
  const bool is_other_lost = request.outcome != Outcome::served;
  if (stay.outcome != Outcome::served && (is_answer || !is_other_lost)) request.outcome = stay.outcome;
  if (--request.awaited > 0) return;
  if (pair.explainer && request.outcome == Outcome::served &&
      draws(pair.explainer->share, request.luck, explain_salt)) {
    return go_on(pair.explainer->part, request.end_ns, due.ticket);
  }
  finish(due.ticket, request.end_ns, request.first_token_ns, request.outcome);
}

// To a later part, unless the horizon is over by then: a request on its way is in flight.
void Topology::go_on(PartNumber part, std::int64_t now_ns, std::uint32_t ticket) {
  if (now_ns >= ledger_.horizon_ns()) {
    finish(ticket, ledger_.horizon_ns(), 0, Outcome::in_flight);
    return;
  }
  requests_[ticket].entered_ns = now_ns;
  send(part, now_ns, ticket);
}

inline void Topology::finish(std::uint32_t ticket, std::int64_t end_ns, std::int64_t first_token_ns, Outcome outcome) {
  const Request& request = requests_[ticket];
  // Waits in several parts are told as one at the beginning; what is left of the time was service.
  const std::int64_t start_ns = request.arrival_ns + request.wait_ns;
  const Visit visit{.arrival_ns = request.arrival_ns,
                    .service_ns = end_ns - start_ns,
                    .first_token_ns = first_token_ns - start_ns,
                    .input_tokens = request.input_tokens,
                    .output_tokens = request.output_tokens,
                    .ticket = ticket,
                    .traffic_class = request.traffic_class};
  if (outcome == Outcome::served) ledger_.enter_served(visit, start_ns, end_ns);
  else ledger_.enter({.visit = visit, .start_ns = start_ns, .end_ns = end_ns, .outcome = outcome, .was_served = false});
  free_.push_back(ticket);
}

OptionResult Topology::close() {
  std::vector<OptionResult> results(parts_.size());
  bool all_arrived = true;
  for (const PartNumber k : path_) {
    feed(parts_[k]);
    results[k] = std::visit([](auto& leaf) { return leaf.close(); }, *parts_[k].leaf);
    hand_on(k, ledger_.horizon_ns());
    all_arrived = all_arrived && results[k].usage.total().arrivals == parts_[k].received;
  }
  OptionResult whole = ledger_.close();
  // What was handed on has arrived, and nobody is left on the way.
  whole.checks.conservation = whole.checks.conservation && all_arrived && free_.size() == requests_.size();
  whole.front = whole.usage;
  for (core::HourUsage& hour : whole.usage.hours) hour.input_tokens = hour.output_tokens = 0;
  for (const OptionResult& part : results) add_usage(part.usage, whole.usage);
  whole.parts = std::move(results);
  return whole;
}

}  // namespace sim
