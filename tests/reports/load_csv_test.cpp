#include "reports/load_csv.hpp"

#include "tests/reports/sample_load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using test_support::check_says;

TEST_CASE("The latency rows of a load test as CSV", "[reports][load][csv]") {
  const std::string csv = reports::to_csv(test_support::healthy_load());
  CHECK(
      csv.starts_with("part,metric,count,mean_ns,p50_ns,p90_ns,p95_ns,p99_ns,p999_ns,max_ns,highest_claimed\r\n"
                      "whole,waited,9999,44250000,35400000,70800000,106200000,212400000,354000000,743400000,99.9\r\n"));
  check_says(csv,
             "steady,service_time,7998,42500000,34000000,68000000,102000000,204000000,340000000,714000000,99.9\r\n");
}

TEST_CASE("A metric of a stranger's file is no formula", "[reports][load][csv]") {
  loadgen::LoadSummary s;
  s.latencies = {test_support::row("=1+1,\"", 1, 1, 0)};
  check_says(reports::to_csv(s), "\r\nwhole,\"'=1+1,\"\"\",1,");
}
