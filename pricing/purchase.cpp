#include "pricing/purchase.hpp"

#include <chrono>
#include <exception>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace pricing {
namespace {

using core::Money;
using core::Quantity;
using core::Section;

// "30%" or "0.3", read from its text: it decides how much is bought, so it must not pass through a double.
Quantity exact_share(const Section& section, std::string_view key) {
  section.share(key);  // refuses what is no share, in the reader's words
  std::string text = section.text(key);
  const bool percent = text.ends_with('%');
  if (percent) text.pop_back();
  while (text.ends_with(' ')) text.pop_back();
  try {
    const Quantity value = Quantity::parse(text);
    return percent ? Quantity::ratio(value.count(), core::Int128{100} * Quantity::whole(1).count()) : value;
  } catch (const std::exception&) {
    throw section.error(key, fmt::format("'{}'", section.text(key)), "a share with at most 9 decimals, as 30% or 0.3");
  }
}

// That nothing is said of the price but what the row offers.
void assume_row_price(const Section& section, std::string_view key, const Sku& sku, const std::string& instance) {
  const Offer* const offer = sku.find_offer("spot");
  if (offer != nullptr && offer->price) {
    section.assume(key, offer->price->to_string(), "the price row's");
    return;
  }
  section.assume(key, "unpriced",
                 offer == nullptr ? fmt::format("{} has no offer spot: say its price in purchase.spot.price", instance)
                                  : fmt::format("nobody knows the spot price of {}", instance));
}

Money positive_money(const Section& section, std::string_view key) {
  const Money amount = section.money(key);
  if (amount <= Money{}) throw section.error(key, fmt::format("'{}'", amount.to_string()), "an amount above 0");
  return amount;
}

std::chrono::hours whole_hours(const Section& section, std::string_view key, const core::DurationRule& rule) {
  const core::Duration span = section.duration(key, rule);
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(span);
  if (hours != span) throw section.error(key, fmt::format("'{}'", section.text(key)), "whole hours");
  return hours;
}

std::chrono::hours read_step(const Section& section) {
  return whole_hours(section, "step",
                     {.min = std::chrono::hours{1},
                      .max = std::chrono::hours{24 * 366},
                      .fallback = std::chrono::hours{1},
                      .why = "a price for each hour, as bills are metered"});
}

SpotPriceProcess read_process(const Section& section) {
  constexpr std::string_view fitted =
      "fitted to 206 spot prices of Google Cloud in the USA, 2026-05-05 to 2026-08-03 (karpenter-provider-gcp)";
  const SpotPriceProcess usual;
  SpotPriceProcess process;
  process.sigma = section.number("sigma", {.min = 0, .max = 2, .fallback = usual.sigma, .why = fitted});
  process.half_life = whole_hours(section, "half_life",
                                  {.min = std::chrono::hours{1},
                                   .max = std::chrono::hours{24 * 3660},
                                   .fallback = usual.half_life,
                                   .why = "the length of that record, too short to show where prices return to"});
  process.step = read_step(section);
  process.capped = section.choice("cap", {"on_demand", "none"}, 0, "above it nobody would stay") == 0;
  return process;
}

SpotPriceTrace read_trace(const Section& section) {
  SpotPriceTrace trace;
  constexpr std::string_view expected = "prices of an hour above 0, of at most 9 decimals, as [$0.31, $0.29]";
  for (const std::string& text : section.texts("prices")) {
    try {
      const Money price = Money::parse(text);
      if (price > Money{} && price < Money::parse("1e9") && price.rounded(9) == price) {
        trace.prices.push_back(price);
        continue;
      }
    } catch (const std::exception&) {
      // Said below, with the place.
    }
    throw section.error("prices", fmt::format("'{}'", text), expected);
  }
  if (trace.prices.empty()) throw section.error("prices", "an empty list", expected);
  trace.step = read_step(section);
  return trace;
}

SpotPricePlan read_spot_price(const Section& purchase, const Sku& sku, const std::string& instance) {
  SpotPricePlan plan;
  if (purchase.kind("spot") != Section::Kind::mapping) {
    assume_row_price(purchase, "spot.price", sku, instance);
    return plan;
  }
  const Section spot = purchase.section("spot");
  if (!spot.has("price")) {
    assume_row_price(spot, "price", sku, instance);
    return plan;
  }
  if (spot.kind("price") != Section::Kind::mapping) {
    plan.price = positive_money(spot, "price");
    return plan;
  }
  const Section price = spot.section("price");
  const std::size_t kind = price.choice("kind", {"constant", "process", "trace"});
  if (kind == 2) {
    plan.trace = read_trace(price);
    return plan;
  }
  if (price.has("base")) {
    plan.price = positive_money(price, "base");
  } else {
    assume_row_price(price, "base", sku, instance);
  }
  if (kind == 1) plan.process = read_process(price);
  return plan;
}

}  // namespace

PurchasePlan read_purchase(const Section& section, const Sku& sku, const std::string& instance) {
  PurchasePlan plan;
  if (section.has("spot")) {
    plan.spot = read_spot_price(section, sku, instance);
    if (!section.has("committed")) return plan;
  }
  plan.committed_share = exact_share(section, "committed");
  static const std::vector<std::string_view> terms{"1y", "3y"};
  const std::size_t term =
      section.choice("term", terms, 0, "one year is the shortest commitment that AWS, Google and Azure sell");
  plan.offer = fmt::format("committed_{}", terms[term]);
  if (plan.committed_share > Quantity{} && sku.find_offer(plan.offer) == nullptr) {
    throw section.error("term", fmt::format("'{}'", terms[term]),
                        fmt::format("a term that the price row {} offers (it has: {})", instance, sku.offer_names()));
  }
  return plan;
}

}  // namespace pricing
