#include "cli/progress.hpp"

#include <string>

#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

TEST_CASE("Progress names the share that is done and what is left", "[cli][progress]") {
  CHECK(cli::progress_words(186h, 744h, 10s) == "25 % of 744 hours simulated, about 31 s to go");
}

TEST_CASE("There is no guess while there is nothing to guess from", "[cli][progress]") {
  CHECK(cli::progress_words(0h, 744h, 10s) == "0 % of 744 hours simulated");
  CHECK(cli::progress_words(372h, 744h, 100ms) == "50 % of 744 hours simulated");
}

TEST_CASE("Progress is shown to a terminal and wiped at the end, and never to anything else", "[cli][progress]") {
  std::string error;
  cli::Console console{.out = {}, .error = [&](std::string_view text) { error += text; }, .show_progress = true};
  {
    cli::Progress progress{console, 744h, false};
    progress.reporter()(core::to_ns(186h));
  }
  CHECK(error == "\r\x1b[K25 % of 744 hours simulated\r\x1b[K");
  CHECK_FALSE(cli::Progress(console, 744h, true).reporter());
  console.show_progress = false;
  CHECK_FALSE(cli::Progress(console, 744h, false).reporter());
}
