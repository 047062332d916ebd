#include "loadgen/recorder.hpp"

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace loadgen;
using test_support::TemporaryFolder;
using namespace std::chrono_literals;

TEST_CASE("What is recorded is what is measured from the recording", "[recorder]") {
  const TemporaryFolder folder;
  Window window{http_metrics};
  {
    Recorder recorder{folder.path(), 1'796'083'200s};
    window.counts.length = 1s;
    for (int i = 1; i <= 100; ++i) window.record(Metric::response_time, i * 1'000'000);
    window.counts.ended[Outcome::answered] = 100;
    window.record_other(Metric::response_time, Outcome::timeout, 5'000'000'000);
    window.record_other(Metric::service_time, Outcome::timeout, 5'000'000'000);
    window.record_other(Metric::response_time, Outcome::status, 1'000);
    window.counts.ended[Outcome::timeout] = 1;
    window.counts.ended[Outcome::status] = 1;
    recorder.keep(window);
    window.clear();
    window.counts.start = 1s;
    window.counts.length = 1s;
    window.record(Metric::response_time, 7'000'000);
    window.counts.ended[Outcome::answered] = 1;
    recorder.keep(window);
  }
  const Measurement all = measure(files_in(folder.path()), {});
  CHECK(all.of(Metric::response_time).total_count() == 101);
  CHECK(all.waited().total_count() == 102);  // and who timed out, but not who was refused
  CHECK(all.waited().max() >= 5'000'000'000);
  CHECK(all.counts.ended.planned() == 103);
  CHECK(all.of(Metric::service_time).total_count() == 0);
  const Measurement second = measure(files_in(folder.path()), {.from = 1s});
  CHECK(second.of(Metric::response_time).total_count() == 1);
  CHECK(second.censored.total_count() == 0);
}

TEST_CASE("A recording is on the disk second by second", "[recorder]") {
  const TemporaryFolder folder;
  Recorder recorder{folder.path(), 1s};
  Window window{http_metrics};
  window.counts.length = 1s;
  window.record(Metric::response_time, 42);
  window.counts.ended[Outcome::answered] = 1;
  recorder.keep(window);
  // While the recorder still has its files open, as after a kill -9.
  CHECK(measure(files_in(folder.path()), {}).of(Metric::response_time).total_count() == 1);
}

TEST_CASE("A recording that cannot be written says so", "[recorder]") {
  CHECK_THROWS_AS((Recorder{"/no/such/folder", 1s}), core::ConfigError);
}
