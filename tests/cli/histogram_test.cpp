#include <functional>
#include <string>
#include <vector>

#include "cli/program.hpp"
#include "core/histogram_log.hpp"
#include "core/percentile_table.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reference_data.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

using test_support::check_says;
using test_support::TemporaryFolder;
using test_support::text_of;

namespace {

struct Answer {
  int code = 0;
  std::string out;
  std::string error;
};

Answer histogram(std::vector<std::string> arguments) {
  Answer answer;
  const cli::Console console{.out = [&](std::string_view text) { answer.out += text; },
                             .error = [&](std::string_view text) { answer.error += text; }};
  arguments.insert(arguments.begin(), "histogram");
  answer.code = cli::run_program(arguments, console);
  return answer;
}

std::string refused(const std::vector<std::string>& arguments) {
  const Answer answer = histogram(arguments);
  CAPTURE(answer.out, answer.error);
  CHECK(answer.code == cli::exit_users_input);
  CHECK(answer.out.empty());
  REQUIRE_FALSE(answer.error.empty());
  CHECK(answer.error.find('\n') == answer.error.size() - 1);
  return answer.error.substr(0, answer.error.size() - 1);
}

std::string a_log(std::int64_t count, const std::string& tag = "") {
  core::Histogram values{3'600'000'000'000};
  for (std::int64_t i = 1; i <= count; ++i) { values.record(i * 1'000'000); }
  using namespace std::chrono_literals;
  return core::histogram_log_header({.start_time = 1'796'083'200s}) +
         core::histogram_log_line({.start = 0s, .length = 1s, .tag = tag, .histogram = values});
}

}  // namespace

TEST_CASE("jHiccup's log is shown with the percentiles that its authors publish", "[cli][histogram][reference]") {
  const auto path = test_support::reference_data("histograms/jHiccup-2.0.7S.logV2.hlog");
  if (!path) return;
  const Answer shown = histogram({"show", path->string()});
  CAPTURE(shown.error);
  REQUIRE(shown.code == cli::exit_done);
  check_says(shown.out, ": 62 intervals, ms\n");
  check_says(shown.out, "  (none)  48,761  ");
  // Of two digits, as the log is: 0.344063, 0.425983 and 1434.45 ms, 1753.22 ms, 1803.55 ms.
  check_says(shown.out, "0.3441  0.426  ");
  check_says(shown.out, "1,434  1,753  (1,804)  1,804\n");
  check_says(shown.out, "p99.99 takes 66,381.\n");
  check_says(histogram({"show", path->string(), "--unit", "us"}).out, "344.1  426 ");

  const Answer table = histogram({"show", path->string(), "--percentiles"});
  const core::PercentileTable read = core::read_percentile_table("table", table.out);
  REQUIRE(read.footer);
  CHECK(read.footer->total_count == 48'761);
  CHECK(read.footer->max == 1803.551);
}

TEST_CASE("Logs of both versions are merged, shown and compared", "[cli][histogram][reference]") {
  const auto a = test_support::reference_data("histograms/jHiccup-2.0.7S.logV2.hlog");
  const auto b = test_support::reference_data("histograms/jHiccup-2.0.6.logV1.hlog");
  if (!a || !b) return;
  const TemporaryFolder folder;
  const Answer merged = histogram({"merge", a->string(), b->string(), "--out", folder / "m.hlog"});
  CAPTURE(merged.error);
  REQUIRE(merged.code == cli::exit_done);
  CHECK(merged.out.empty());
  CHECK(merged.error == "written to " + (folder / "m.hlog") + "\n");
  CHECK(folder.entries() == 1);
  check_says(histogram({"show", folder / "m.hlog"}).out, "  (none)  114,725  ");  // 48,761 + 65,964
  const Answer compared = histogram({"diff", a->string(), b->string()});
  check_says(compared.out, "  count    48,761   65,964\n");
}

TEST_CASE("Merging prints the log when it has no file to go to, and replaces only a log", "[cli][histogram]") {
  const TemporaryFolder folder;
  const std::string a = folder.write("a.hlog", a_log(10));
  const std::string b = folder.write("b.hlog", a_log(20, "x"));
  const Answer printed = histogram({"merge", a, b, "--tag", "both"});
  REQUIRE(printed.code == cli::exit_done);
  CHECK(core::accumulate_histogram_log("printed", printed.out, 3, "both").total_count() == 30);
  // Into one of its own inputs, too.
  REQUIRE(histogram({"merge", a, b, "--out", a}).code == cli::exit_done);
  CHECK(core::accumulate_histogram_log("a", text_of(a)).total_count() == 30);
  const std::string precious = folder.write("notes.txt", "do not lose");
  check_says(refused({"merge", a, "--out", precious}),
             "cannot replace '" + precious + "': it does not begin with '#[', expected a new file or an earlier one");
  CHECK(text_of(precious) == "do not lose");
  check_says(refused({"merge", a, "--out", folder / "no/such/m.hlog"}), "cannot write '");
  CHECK(folder.entries() == 3);
}

TEST_CASE("Tags are shown apart, and one of them alone", "[cli][histogram]") {
  const TemporaryFolder folder;
  const std::string both = folder.write("both.hlog", a_log(2000) + a_log(10, "timeout"));
  const std::string all = histogram({"show", both}).out;
  check_says(all, "\n  (none)   2,000");
  check_says(all, "\n  timeout     10");
  check_says(all, "\n  all      2,010");
  const std::string one = histogram({"show", both, "--tag", "timeout"}).out;
  check_says(one, "\n  timeout     10  ");
  CHECK(one.find("2,0") == std::string::npos);
  check_says(histogram({"diff", both, both, "--tag", ""}).out, "  count     2,000    2,000\n");
  check_says(refused({"show", both, "--tag", "open"}),
             "found only intervals with no tag, 'timeout', expected at least one interval with the tag 'open'");
}

TEST_CASE("Values recorded in another unit are shown as what they are", "[cli][histogram]") {
  const TemporaryFolder folder;
  const std::string log = folder.write("us.hlog", a_log(1000));  // up to 1,000,000,000: of microseconds, 1,000 s
  check_says(histogram({"show", log, "--recorded-in", "us", "--unit", "s"}).out, "  1,000\n");
}

TEST_CASE("Malformed arguments and logs are one line and exit code 2", "[cli][histogram]") {
  const TemporaryFolder folder;
  const std::string log = folder.write("a.hlog", a_log(10));
  CHECK(refused({}) == "billcast histogram: subcommand: found nothing, expected merge, show or diff");
  CHECK(refused({"shwo", log}) == "billcast histogram: subcommand: found 'shwo', expected 'show'");
  CHECK(refused({"show"}) == "billcast histogram: show: found nothing, expected one log");
  CHECK(refused({"show", log, "b"}) == "billcast histogram: show: found 'b', expected one log");
  CHECK(refused({"diff", log}) == "billcast histogram: diff: found one file, expected two logs");
  CHECK(refused({"merge"}) == "billcast histogram: merge: found nothing, expected the logs to merge");
  CHECK(refused({"show", log, "--out", "x"}) == "billcast histogram: --out: found show, expected merge");
  CHECK(refused({"diff", log, log, "--percentiles"}) == "billcast histogram: --percentiles: found diff, expected show");
  CHECK(refused({"merge", log, "--unit", "ms"}) == "billcast histogram: --unit: found merge, expected show or diff");
  CHECK(refused({"show", log, "--unit", "m"}) == "billcast histogram: --unit: found 'm', expected ns, us, ms or s");
  CHECK(refused({"merge", log, "--tag", "a,b"}) ==
        "billcast histogram: --tag: found 'a,b', expected a word without commas and blanks");
  check_says(refused({"show", folder / "none.hlog"}), "cannot read '");
  check_says(refused({"show", folder.write("bad.hlog", "0,1,2,HISTF\n")}), "bad.hlog:1: found ");
  check_says(refused({"show", folder.write("empty.hlog", "")}), "empty.hlog:0: found the end, expected at least one");
  check_says(histogram({"--help"}).out, "billcast histogram diff A B [OPTIONS]");
}
