#include "pricing/billing.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace pricing {
namespace {

using core::HourUsage;
using core::Int128;
using core::Money;
using core::Quantity;

constexpr std::int64_t seconds_per_hour = 3600;

std::string joined(std::string_view first, std::string_view second) {
  return fmt::format("{}{}{}", first, first.empty() || second.empty() ? "" : "; ", second);
}

// What all lines of one row have in common.
struct Heading {
  std::string_view category;
  std::string item;
  std::string driver;
};

class Writer {
 public:
  Writer(const Catalog& catalog, std::string period, Frequency frequency)
      : catalog_{catalog}, frequency_{frequency}, bill_{std::move(period), catalog.currency(), {}} {}

  std::optional<Row> find(std::string_view name, Meter meter) const {
    const auto row = catalog_.find(name);
    return row && (*row)->meter == meter ? row : std::nullopt;
  }

  // `quantity` units of an offer of the row that `name` stands for.
  void offer(const Heading& heading, std::string_view name, Meter meter, std::string_view offer_id, Quantity quantity,
             std::string_view note = "") {
    const auto row = find(name, meter);
    if (!row) return unknown_row(heading, name, quantity, meter, note);
    BillLine line = line_of(heading, quantity, (*row)->unit);
    line.source = source_of(*row->table, *row->sku, offer_id);
    if (const Offer* found = (*row)->find_offer(offer_id)) {
      line.unit_price = found->price;
      line.note = joined(note, found->note);
    } else {
      line.note = joined(note, fmt::format("{} has no offer {}", name, offer_id));
    }
    add(std::move(line));
  }

  // A price of the row that is no offer: a token bucket, a slice of tiers.
  void priced(const Heading& heading, const Row& row, std::optional<Money> unit_price, Quantity quantity,
              std::string_view note = "") {
    BillLine line = line_of(heading, quantity, row->unit);
    line.source = source_of(*row.table, *row.sku, "");
    line.unit_price = unit_price;
    line.note = note;
    add(std::move(line));
  }

  // A price that stands in the scenario itself.
  void agreed(const Heading& heading, Money unit_price, Quantity quantity, std::string_view unit,
              std::string_view note = "") {
    BillLine line = line_of(heading, quantity, unit);
    line.unit_price = unit_price;
    line.note = note;
    add(std::move(line));
  }

  // Instance hours at prices that vary, around the spot offer of `row`, or of none where they stand in the scenario.
  void varying(const Heading& heading, std::optional<Row> row, const SpotCost& cost, Quantity quantity,
               std::string_view note) {
    BillLine line = line_of(heading, quantity, unit_of(Meter::instance_time));
    line.unit_price = cost.mean;
    line.amount = cost.amount;
    line.note = fmt::format("{}; price of an hour: mean {}, lowest {}, highest {}", note, cost.mean.to_string(),
                            cost.lowest.to_string(), cost.highest.to_string());
    if (row) {
      line.source = source_of(*row->table, *row->sku, "spot");
      line.note = joined(line.note, (*row)->find_offer("spot")->note);
    }
    bill_.lines.push_back(std::move(line));
  }

  void unknown_row(const Heading& heading, std::string_view name, Quantity quantity, Meter meter,
                   std::string_view note = "") {
    BillLine line = line_of(heading, quantity, unit_of(meter));
    line.note = joined(note, catalog_.unknown(name));
    add(std::move(line));
  }

  Bill take() { return std::move(bill_); }

 private:
  BillLine line_of(const Heading& heading, Quantity quantity, std::string_view unit) const {
    BillLine line;
    line.category = heading.category;
    line.item = heading.item;
    line.quantity = quantity;
    line.unit = unit;
    line.frequency = frequency_;
    line.driver = heading.driver;
    return line;
  }

  // Where a line gets its amount, and with it its one rounding.
  void add(BillLine line) {
    if (line.unit_price) {
      line.amount = core::cost(line.quantity, *line.unit_price);
    } else {
      line.note = joined("unpriced", line.note);
    }
    bill_.lines.push_back(std::move(line));
  }

  const Catalog& catalog_;
  Frequency frequency_;
  Bill bill_;
};

// One billing period of a usage.
struct Period {
  std::span<const HourUsage> hours;
  std::int64_t first_hour = 0;
  std::int64_t end_hour = 0;
  std::int64_t month_hours = 0;

  std::int64_t length_hours() const { return end_hour - first_hour; }
  HourUsage total() const {
    HourUsage sum;
    for (const HourUsage& hour : hours) sum += hour;
    return sum;
  }
};

Quantity hours_of(std::int64_t seconds) { return Quantity::ratio(seconds, seconds_per_hour); }

// Units by the hour, whether used or not; how much of them was used stands beside it.
void bill_provisioned(Writer& writer, const CostPlan& plan, const Period& period) {
  const ProvisionedPlan& provisioned = *plan.provisioned;
  const HourUsage used = period.total();
  const Int128 tokens =
      Int128{used.provisioned_input_tokens} + Int128{used.provisioned_output_tokens} * provisioned.output_weight;
  const Int128 most = Int128{provisioned.units} * provisioned.tokens_per_minute_per_unit * 60 * period.length_hours();
  const auto tenths = static_cast<std::int64_t>(most == 0 ? 0 : (tokens * 1000 + most / 2) / most);
  const std::string note =
      fmt::format("{}.{} % of their tokens were used, {}.{} % were not; paid for either way", tenths / 10, tenths % 10,
                  std::max<std::int64_t>(1000 - tenths, 0) / 10, std::max<std::int64_t>(1000 - tenths, 0) % 10);
  const Quantity hours = Quantity::whole(provisioned.units * period.length_hours());
  const Heading heading{"tokens", fmt::format("{}, provisioned units × {}", plan.model, provisioned.units),
                        "hours of the period"};
  if (provisioned.price)
    return writer.agreed(heading, *provisioned.price, hours, unit_of(Meter::provisioned_time), note);
  writer.offer(heading, provisioned.sku, Meter::provisioned_time, "on_demand", hours, note);
}

class TokenLines {
 public:
  TokenLines(Writer& writer, const CostPlan& plan, const Row& row) : writer_{writer}, plan_{plan}, row_{row} {}

  // Nothing of it, no line.
  void used(std::string_view what, const std::optional<Money>& price, std::int64_t tokens,
            std::string_view note = "") const {
    if (tokens > 0) always(what, price, tokens, note);
  }
  void always(std::string_view what, const std::optional<Money>& price, std::int64_t tokens,
              std::string_view note = "") const {
    writer_.priced({"tokens", fmt::format("{}, {}", plan_.model, what), std::string{what}}, row_, price,
                   millions_of_tokens(tokens), note);
  }

 private:
  Writer& writer_;
  const CostPlan& plan_;
  const Row& row_;
};

// What the provider's prompt cache was told to keep. Without a price of its own it is input, as at OpenAI and Google.
void bill_cache_writes(const TokenLines& lines, const TokenPrices& prices, core::Duration ttl, std::int64_t tokens) {
  // Providers sell two lives: five minutes, and an hour.
  const bool is_long = ttl > std::chrono::minutes{5};
  const std::optional<Money>& own = is_long && prices.cache_write_1h ? prices.cache_write_1h : prices.cache_write;
  if (!own) {
    return lines.used("cache write tokens", prices.input, tokens,
                      "the row has no price for cache writes: billed as input tokens");
  }
  lines.used(
      "cache write tokens", own, tokens,
      is_long && !prices.cache_write_1h ? "at the price of a cache of five minutes; the row has none for longer" : "");
}

std::string waste_note(std::int64_t tokens) {
  return tokens == 0 ? ""
                     : fmt::format("for nothing: {} tokens of calls that failed, were cut off or came second", tokens);
}

void bill_tokens(Writer& writer, const CostPlan& plan, const Period& period) {
  const HourUsage used = period.total();
  if (plan.provisioned) bill_provisioned(writer, plan, period);
  const std::int64_t input = used.input_tokens - used.provisioned_input_tokens;
  const std::int64_t output = used.output_tokens - used.provisioned_output_tokens;
  const auto row = writer.find(plan.model, Meter::tokens);
  if (!row) {
    const auto unknown = [&](std::string_view what, std::int64_t tokens) {
      writer.unknown_row({"tokens", fmt::format("{}, {}", plan.model, what), std::string{what}}, plan.model,
                         millions_of_tokens(tokens), Meter::tokens);
    };
    unknown("input tokens", input);
    unknown("output tokens", output);
    return;
  }
  const TokenLines lines{writer, plan, *row};
  const TokenTariff& tariff = *(*row)->tokens;
  const bool is_batch = used.batch_input_tokens + used.batch_output_tokens > 0;
  if (is_batch) {
    const std::optional<TokenPrices> prices = batch_prices(tariff);
    const std::string_view note = prices ? "" : "the row has no prices of batches";
    lines.always("batch input tokens", prices ? prices->input : std::nullopt, used.batch_input_tokens, note);
    lines.always("batch output tokens", prices ? prices->output : std::nullopt, used.batch_output_tokens, note);
  }
  const std::int64_t plain_input = input - used.cache_read_tokens - used.cache_write_tokens - used.batch_input_tokens;
  const std::int64_t plain_output = output - used.batch_output_tokens;
  if (is_batch && plain_input + plain_output == 0) return;

  // The usage holds sums and no sizes of single requests.
  const std::string note = tariff.brackets.empty()
                               ? std::string{}
                               : fmt::format(
                                     "requests of more than {} prompt tokens cost more; all are billed at the "
                                     "lower rate here",
                                     tariff.brackets.front().above);
  lines.always("input tokens", tariff.base.input, plain_input, joined(note, waste_note(used.wasted_input_tokens)));
  if (plan.prompt_cache_ttl || used.cache_read_tokens + used.cache_write_tokens > 0) {
    const bool has_price = tariff.base.cached_input.has_value();
    lines.used("cached input tokens", has_price ? tariff.base.cached_input : tariff.base.input, used.cache_read_tokens,
               has_price ? "" : "the row has no price for cached tokens: billed as input tokens");
    bill_cache_writes(lines, tariff.base, plan.prompt_cache_ttl.value_or(std::chrono::minutes{5}), used.cache_write_tokens);
  } else if (tariff.base.cached_input) {
    // Without a price there is nothing to show: no token has been served from a provider's cache.
    lines.always("cached input tokens", tariff.base.cached_input, 0, "the provider's prompt cache is not simulated");
  }
  lines.always("output tokens", tariff.base.output, plain_output, joined(note, waste_note(used.wasted_output_tokens)));
}

// Spot instances at what each hour costs, in one line.
void bill_spot(Writer& writer, const CostPlan& plan, const Period& period, const core::Stream& chance) {
  const SpotPricePlan spot = plan.purchase.spot.value_or(SpotPricePlan{});
  const HourUsage used = period.total();
  const Quantity hours = hours_of(used.spot_billed_seconds);
  const Heading heading{"compute", plan.instance + ", spot", "billed seconds of spot instances"};
  const std::string taken =
      fmt::format("spot instances started: {}, taken away: {}", used.spot_starts, used.spot_interruptions);
  if (!spot.process && !spot.trace) {
    if (!spot.price) return writer.offer(heading, plan.instance, Meter::instance_time, "spot", hours, taken);
    return writer.agreed(heading, *spot.price, hours, unit_of(Meter::instance_time), taken);
  }
  const auto row = writer.find(plan.instance, Meter::instance_time);
  const auto price_of = [&row](std::string_view offer_id) {
    const Offer* const offer = row ? (*row)->find_offer(offer_id) : nullptr;
    return offer != nullptr ? offer->price : std::nullopt;
  };
  const std::optional<Money> base = spot.trace ? Money{} : spot.price ? spot.price : price_of("spot");
  if (!base) return writer.offer(heading, plan.instance, Meter::instance_time, "spot", hours, taken);

  const SpotPrices prices =
      spot_prices(spot, *base, price_of("on_demand"), chance.child("spot price of " + plan.instance), period.end_hour);
  const SpotCost cost = spot_cost(prices, period.hours, period.first_hour);
  writer.varying(heading, spot.price || spot.trace ? std::nullopt : row, cost, hours, taken);
}

// What a semantic cache has read of every request, hit or not.
void bill_embedding(Writer& writer, const std::string& model, const Period& period) {
  const Heading heading{"cache", fmt::format("{}, embedding of questions", model), "input tokens of look-ups"};
  const Quantity read = millions_of_tokens(period.total().cache_lookup_tokens);
  const auto row = writer.find(model, Meter::tokens);
  if (!row) return writer.unknown_row(heading, model, read, Meter::tokens);
  writer.priced(heading, *row, (*row)->tokens->base.input, read);
}

void bill_instances(Writer& writer, const CostPlan& plan, const core::Usage& usage, const Period& period,
                    const core::Stream& chance) {
  const std::int64_t committed = committed_instances(plan.purchase.committed_share, usage);
  const std::int64_t committed_seconds_per_hour = committed * seconds_per_hour;
  std::int64_t billed_seconds = 0;  // but for spot, which no commitment covers
  std::int64_t covered_seconds = 0;
  std::int64_t spot_seconds = 0;
  // Hour by hour: a commitment that an hour does not use is lost and does not serve the next one.
  for (const HourUsage& hour : period.hours) {
    const std::int64_t seconds = hour.billed_instance_seconds - hour.spot_billed_seconds;
    billed_seconds += seconds;
    covered_seconds += std::min(seconds, committed_seconds_per_hour);
    spot_seconds += hour.spot_billed_seconds;
  }
  const Quantity covered = hours_of(covered_seconds);
  const std::string driver = "billed instance-seconds";
  if (plan.purchase.spot || spot_seconds > 0) bill_spot(writer, plan, period, chance);
  if (committed > 0) {
    const std::string& offer = plan.purchase.offer;
    const std::string term = offer.substr(offer.find('_') + 1);
    const std::string note =
        fmt::format("committed instances: {}, for {}, paid for whether they run or not", committed, term);
    writer.offer({"compute", fmt::format("{}, committed {}", plan.instance, term), driver}, plan.instance,
                 Meter::instance_time, offer, covered, note);
    // The difference and not a ratio of its own, so that both lines sum to the commitment to the last digit.
    writer.offer({"compute", fmt::format("{}, committed {}, unused", plan.instance, term), "committed and not used"},
                 plan.instance, Meter::instance_time, offer,
                 Quantity::whole(committed * period.length_hours()) - covered);
  }
  writer.offer({"compute", plan.instance + ", on demand", driver}, plan.instance, Meter::instance_time, "on_demand",
               hours_of(billed_seconds) - covered);
}

Int128 bytes_out(const EgressPlan& plan, const HourUsage& used) {
  const Int128 answers = Int128{used.served} + used.cache_hits;
  const Int128 tokens = Int128{used.output_tokens} + used.cache_hit_output_tokens;
  return answers * plan.bytes_per_request + tokens * plan.bytes_per_output_token;
}

void bill_egress(Writer& writer, const EgressPlan& plan, const Period& period) {
  const Int128 bytes = bytes_out(plan, period.total());
  const std::string driver = "bytes of answers";
  const auto row = writer.find(plan.sku, Meter::bytes_out);
  if (!row) {
    return writer.unknown_row({"network", "internet egress", driver}, plan.sku, Quantity::ratio(bytes, 1'000'000'000),
                              Meter::bytes_out);
  }
  const Tiers& tiers = *(*row)->tiers;
  for (const TierSlice& slice : slices(tiers, Quantity::ratio(bytes, (*row)->unit_bytes))) {
    const auto& upto = tiers.steps[slice.step].upto;
    const std::string part = slice.is_free ? "free allowance"
                             : upto        ? fmt::format("up to {} GB a month", upto->to_string())
                             : slice.step == 0
                                 ? "all"
                                 : fmt::format("beyond {} GB a month", tiers.steps[slice.step - 1].upto->to_string());
    writer.priced({"network", fmt::format("internet egress, {}", part), driver}, *row, slice.unit_price,
                  slice.quantity);
  }
}

void bill_load_balancer(Writer& writer, const CostPlan& plan, const Period& period) {
  const LoadBalancerPlan& balancer = *plan.load_balancer;
  writer.offer({"network", "load balancer, hours", "hours of the period"}, balancer.sku + ".hour",
               Meter::load_balancer_time, "on_demand", Quantity::whole(period.length_hours()));

  const std::string name = balancer.sku + ".capacity";
  const auto bytes_of = [&](const HourUsage& hour) {
    const Int128 in = Int128{hour.arrivals} * balancer.bytes_in_per_request +
                      Int128{hour.input_tokens} * balancer.bytes_in_per_input_token;
    return in + (plan.egress ? bytes_out(*plan.egress, hour) : Int128{0});
  };
  const std::string_view blind_spot =
      plan.egress ? "" : "without the answers, for the option has no egress section that gives their bytes";
  if (const auto row = writer.find(name, Meter::bytes_processed)) {
    Int128 bytes = 0;
    for (const HourUsage& hour : period.hours) bytes += bytes_of(hour);
    return writer.offer({"network", "load balancer, data processed", "bytes of requests and answers"}, name,
                        Meter::bytes_processed, "on_demand", Quantity::ratio(bytes, (*row)->unit_bytes), blind_spot);
  }
  const auto row = writer.find(name, Meter::capacity_units);
  Quantity units;
  for (const HourUsage& hour : period.hours) {
    const std::int64_t connections =
        (hour.arrivals + balancer.requests_per_connection - 1) / balancer.requests_per_connection;
    units += capacity_units(row ? *(*row)->capacity : CapacityUnit{},
                            {.new_connections = connections,
                             .connection_seconds = connections * balancer.connection_seconds,
                             .bytes = static_cast<std::int64_t>(bytes_of(hour)),
                             .rule_evaluations = 0});
  }
  writer.offer({"network", "load balancer, capacity units", "largest dimension of each hour"}, name,
               Meter::capacity_units, "on_demand", units, joined("at most 10 rules, which are free", blind_spot));
}

void bill_weights(Writer& writer, const WeightsPlan& plan, const Period& period) {
  const auto row = writer.find(plan.sku, Meter::storage_time);
  const Int128 gb_bytes = row ? (*row)->unit_bytes : 1'000'000'000;
  const Quantity gb_months =
      Quantity::ratio(Int128{plan.bytes} * plan.copies * period.length_hours(), gb_bytes * period.month_hours);
  writer.offer({"storage", "model weights", "bytes stored"}, plan.sku, Meter::storage_time, "on_demand", gb_months);
}

// `times` trainings, on whole instances: their GPUs share the GPU hours.
void bill_gpus(Writer& writer, const TrainingPlan& plan, std::int64_t times, const std::string& item) {
  const Heading heading{"training", item, "GPU hours of training"};
  const auto row = writer.find(plan.instance, Meter::instance_time);
  if (!row || !(*row)->spec || !(*row)->spec->gpu) {
    return writer.unknown_row(heading, plan.instance, plan.gpu_hours, Meter::instance_time, "in GPU hours");
  }
  const std::int64_t gpus = (*row)->spec->gpu->count;
  const Int128 nanos_per_hour = Quantity::whole(1).count();
  writer.offer(heading, plan.instance, Meter::instance_time, "on_demand",
               Quantity::ratio(plan.gpu_hours.count() * times, nanos_per_hour * gpus),
               fmt::format("{} GPU hours; GPUs of an instance: {}", plan.gpu_hours.to_string(), gpus));
}

void bill_retraining(Writer& writer, const TrainingPlan& plan, const Period& period) {
  if (!plan.retrain_every) return;
  // Trainings k · retrain_every after the start, k ≥ 1, that begin within the period.
  const auto begun_before = [&](std::int64_t hour) {
    const std::int64_t end_ns = hour * core::ns_per_hour;
    return end_ns <= 0 ? 0 : (end_ns - 1) / plan.retrain_every->count();
  };
  const std::int64_t count = begun_before(period.end_hour) - begun_before(period.first_hour);
  if (count == 0) return;
  bill_gpus(writer, plan, count, fmt::format("{}, retraining × {}", plan.instance, count));
}

Period period_of(const core::Usage& usage, const core::BillingPeriod& period) {
  const auto end = static_cast<std::size_t>(period.end_hour);
  const auto first = static_cast<std::size_t>(period.first_hour);
  if (period.first_hour < 0 || period.end_hour < period.first_hour || end > usage.hours.size()) {
    throw std::out_of_range(fmt::format("billing period {} covers hours {} to {} of a usage of {} hours", period.name,
                                        period.first_hour, period.end_hour, usage.hours.size()));
  }
  return {std::span{usage.hours}.subspan(first, end - first), period.first_hour, period.end_hour,
          hours_of_month(period)};
}

}  // namespace

Bill bill(const CostPlan& plan, const Catalog& catalog, const core::Usage& usage, const core::BillingPeriod& named,
          const core::Stream& chance) {
  const Period period = period_of(usage, named);
  Writer writer{catalog, named.name, Frequency::recurring};
  if (!plan.model.empty()) bill_tokens(writer, plan, period);
  if (!plan.instance.empty()) bill_instances(writer, plan, usage, period, chance);
  if (plan.cache_tier) {
    writer.offer(
        {"cache", fmt::format("{} × {}", plan.cache_tier->node, plan.cache_tier->count), "hours of the period"},
        plan.cache_tier->node, Meter::node_time, "on_demand",
        Quantity::whole(plan.cache_tier->count * period.length_hours()));
  }
  if (!plan.embedding_model.empty()) bill_embedding(writer, plan.embedding_model, period);
  if (plan.weights) bill_weights(writer, *plan.weights, period);
  if (plan.egress) bill_egress(writer, *plan.egress, period);
  if (plan.load_balancer) bill_load_balancer(writer, plan, period);
  if (plan.training) bill_retraining(writer, *plan.training, period);
  return writer.take();
}

Bill one_time(const CostPlan& plan, const Catalog& catalog) {
  Writer writer{catalog, "one-time", Frequency::one_time};
  if (plan.training) {
    const TrainingPlan& training = *plan.training;
    bill_gpus(writer, training, 1, fmt::format("{}, first training", training.instance));
    if (training.labels) {
      writer.agreed({"training", "labels", "labels bought"}, training.labels->each,
                    Quantity::whole(training.labels->count), "Labels");
    }
    if (training.engineer_days > Quantity{}) {
      writer.agreed({"people", "engineers, training", "engineer-days"}, training.day_rate, training.engineer_days,
                    "Days");
    }
  }
  if (plan.engineering) {
    writer.agreed({"people", "engineers, building", "engineer-days"}, plan.engineering->day_rate,
                  plan.engineering->days, "Days");
  }
  return writer.take();
}

std::int64_t committed_instances(Quantity share, const core::Usage& usage) {
  if (usage.hours.empty()) return 0;
  Int128 billed_seconds = 0;
  for (const HourUsage& hour : usage.hours) billed_seconds += hour.billed_instance_seconds;
  // share × billed seconds ÷ (3600 × hours), half to even, in one division.
  const Int128 one = Quantity::whole(1).count();
  const Int128 divisor = one * seconds_per_hour * static_cast<Int128>(usage.hours.size());
  const Int128 product = share.count() * billed_seconds;
  const Int128 whole = product / divisor;
  const Int128 twice_rest = 2 * (product % divisor);
  const bool up = twice_rest > divisor || (twice_rest == divisor && whole % 2 == 1);
  return static_cast<std::int64_t>(whole + (up ? 1 : 0));
}

std::int64_t hours_of_month(const core::BillingPeriod& period) {
  constexpr std::int64_t average_month = 730;  // 8760 / 12
  if (period.name.size() != 7 || period.name[4] != '-') return average_month;
  using namespace std::chrono;
  const year_month_day first{core::parse_date(period.name + "-01")};
  const auto month = first.year() / first.month();
  return (sys_days{(month + months{1}) / 1} - sys_days{month / 1}).count() * std::int64_t{24};
}

}  // namespace pricing
