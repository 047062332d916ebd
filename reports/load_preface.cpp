#include "reports/load_preface.hpp"

#include <fmt/format.h>

#include "core/format.hpp"
#include "reports/load_phrases.hpp"
#include "reports/text_page.hpp"

namespace reports {
namespace {

std::string requests(std::int64_t count) {
  return fmt::format("{} {}", core::format_count(count), count == 1 ? "request" : "requests");
}

std::string connections(const loadgen::LoadPlanFacts& plan) {
  return fmt::format("at most {} {}", core::format_count(plan.most_connections),
                     plan.most_connections == 1 ? "connection" : "connections");
}

std::string open_loop(const loadgen::LoadPlanFacts& plan) {
  return fmt::format("That is {} on average and {} in the busiest second, for {}, over {}.",
                     rate_words(plan.mean_per_s), rate_words(plan.peak_per_s), core::format_duration(plan.length),
                     connections(plan));
}

std::string closed_loop(const loadgen::LoadPlanFacts& plan) {
  std::string words = fmt::format("That is {} at a time, each asking again as soon as it is answered",
                                  core::format_count(plan.concurrency));
  if (plan.think_time > core::Duration{0}) {
    words = fmt::format("That is {} at a time, each asking again {} after it is answered",
                        core::format_count(plan.concurrency), core::format_duration(plan.think_time));
  }
  if (plan.length > core::Duration{0}) words += fmt::format(", for {}", core::format_duration(plan.length));
  return words + fmt::format(", over {}: as fast as the server answers.", connections(plan));
}

}  // namespace

std::string load_preface(const loadgen::LoadPlanFacts& plan) {
  TextPage page{{}};
  const std::string how_many =
      plan.requests > 0 ? (plan.closed_loop ? "up to " : "") + requests(plan.requests) : std::string{"requests"};
  page.paragraph(
      fmt::format("Sending {} to {} ({}): {}, {}.", how_many, plan.url, plan.address, plan.method, plan.traffic), 0);
  page.paragraph(plan.closed_loop ? closed_loop(plan) : open_loop(plan), 0);
  page.paragraph(
      fmt::format("A request may take {}; after the last one, answers are waited for up to {}. Ctrl-C ends it "
                  "with a complete recording.",
                  core::format_duration(plan.timeout), core::format_duration(plan.drain)),
      0);
  return std::move(page).text();
}

}  // namespace reports
