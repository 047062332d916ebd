#include "cli/live_view.hpp"

#include <fmt/format.h>

#include "core/format.hpp"
#include "reports/load_phrases.hpp"

namespace cli {
namespace {

using namespace std::chrono_literals;

constexpr core::Duration between_lines = 5s;
constexpr core::Duration half_a_tick = 500ms;  // windows end a little after or before their second
constexpr std::string_view erase_line = "\r\x1b[K";
// A line that wraps could not be drawn over: the terminal cuts it off instead.
constexpr std::string_view wrap_off = "\x1b[?7l";
constexpr std::string_view wrap_on = "\x1b[?7h";

std::string whole_seconds(core::Duration duration) {
  return core::format_duration(std::chrono::round<std::chrono::seconds>(duration));
}

std::string time_words(const loadgen::LiveWindow& window) {
  const std::string elapsed = whole_seconds(window.elapsed);
  if (window.length <= 0s) return elapsed;
  const core::Duration left = window.length - window.elapsed;
  if (left <= 0s) return fmt::format("{}, waiting for the last answers", elapsed);
  if (left < half_a_tick) return elapsed;  // the last window
  return fmt::format("{}, {} to go", elapsed, whole_seconds(left));
}

}  // namespace

LiveView::LiveView(const Console& console, bool quiet)
    : console_{console}, quiet_{quiet}, next_line_{between_lines - half_a_tick} {}

LiveView::~LiveView() {
  if (shown_) console_.error(erase_line);
}

void LiveView::show(const loadgen::LiveWindow& window) {
  if (quiet_) return;
  if (console_.show_progress) {
    console_.error(fmt::format("{}{}{}{}", erase_line, wrap_off, live_words(window), wrap_on));
    shown_ = true;
  } else if (window.elapsed >= next_line_) {
    console_.error(live_words(window) + '\n');
    // After a pause there is one line, not one for each that was missed.
    while (next_line_ <= window.elapsed) next_line_ += between_lines;
  }
}

std::string live_words(const loadgen::LiveWindow& window) {
  std::string words = fmt::format("{}: {} sent", time_words(window), reports::rate_words(window.reached_per_s));
  if (window.asked_per_s > 0) words += fmt::format(" of {}", reports::rate_words(window.asked_per_s));
  if (window.window_answered > 0) {
    words += fmt::format(", p50 {}, p99 {}", core::format_duration(core::Duration{window.p50_ns}),
                         core::format_duration(core::Duration{window.p99_ns}));
  }
  if (window.failed > 0) words += fmt::format(", {} failed", core::format_count(window.failed));
  if (window.dropped > 0) words += fmt::format(", {} dropped", core::format_count(window.dropped));
  if (window.waiting > 0) words += fmt::format(", {} late", core::format_count(window.waiting));
  words += fmt::format(", {} in flight on {} {}", core::format_count(window.in_flight),
                       core::format_count(window.connections), window.connections == 1 ? "connection" : "connections");
  return words + fmt::format(", {} answered", core::format_count(window.answered));
}

}  // namespace cli
