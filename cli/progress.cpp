#include "cli/progress.hpp"

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/words.hpp"

namespace cli {

using namespace std::chrono_literals;

Progress::Progress(const Console& console, core::Duration horizon, bool quiet)
    : console_{console}, horizon_{horizon}, on_{console.show_progress && !quiet} {}

Progress::~Progress() {
  if (shown_) console_.error("\r\x1b[K");  // erases the line
}

ProgressReport Progress::reporter() {
  if (!on_) return {};
  return [this](std::int64_t simulated_ns) { show(simulated_ns); };
}

void Progress::show(std::int64_t simulated_ns) {
  const auto elapsed = std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - started_);
  console_.error("\r\x1b[K" + progress_words(core::Duration{simulated_ns}, horizon_, elapsed));
  shown_ = true;
}

std::string progress_words(core::Duration simulated, core::Duration horizon, core::Duration elapsed) {
  const double done = static_cast<double>(simulated.count()) / static_cast<double>(horizon.count());
  std::string words =
      fmt::format("{:.0f} % of {} simulated", 100 * done,
                  decision::counted(std::chrono::duration_cast<std::chrono::hours>(horizon).count(), "hour"));
  if (done > 0.001 && elapsed > 500ms) {
    const double left_s = core::to_seconds(elapsed) * (1 - done) / done;
    words += fmt::format(", about {} to go",
                         core::format_duration(std::chrono::seconds{static_cast<std::int64_t>(left_s) + 1}));
  }
  return words;
}

}  // namespace cli
