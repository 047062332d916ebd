// A load test while it runs, on the error stream: one line drawn again each second on a terminal, a plain line every
// five seconds into a pipe or a file.
//
//  * `LiveView`    draws, and wipes what it drew at the end
//  * `live_words`  the words of one window
//
// Example:
//   LiveView view{console, arguments.quiet};
//   view.show(window);   // "12 s, 48 s to go: 998/s sent of 1,000/s, p50 12 ms, p99 45 ms, 64 in flight, …"
#pragma once

#include <string>

#include "cli/console.hpp"
#include "core/time.hpp"
#include "loadgen/live_window.hpp"

namespace cli {

class LiveView {
 public:
  // `console` must outlive this. `quiet`: nothing is shown.
  LiveView(const Console& console, bool quiet);
  ~LiveView();
  LiveView(const LiveView&) = delete;
  LiveView& operator=(const LiveView&) = delete;

  // Once a second, by one thread at a time; in order of `elapsed`.
  void show(const loadgen::LiveWindow& window);

 private:
  const Console& console_;
  bool quiet_;
  bool shown_ = false;  // a line stands on the terminal
  core::Duration next_line_;
};

// What a narrow terminal cuts off stands last. A percentile is one of the window's answers, not a claim.
std::string live_words(const loadgen::LiveWindow& window);

}  // namespace cli
