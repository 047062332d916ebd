#!/usr/bin/env bash
# Runs `billcast load` with the given arguments and prints its recording as one line, as benches of load generators do:
#
#   RESULT requests=N seconds=S errors=N p50_us=… p90_us=… p95_us=… p99_us=… p999_us=… max_us=…
#
# and of a stream of tokens also events_per_s, tokens, ttft_p50_us, ttft_p99_us, itl_p50_us and itl_p99_us.
set -euo pipefail
billcast=${BILLCAST:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build/release/cli/billcast}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
status=0
"$billcast" load "$@" --out "$out/recording" --quiet || status=$?
# 4: the generator was late; the figures are those of a machine that is busy with other things, too.
if ((status != 0 && status != 4)); then exit "$status"; fi
awk '
  { gsub(/[",]/, "") }
  $1 == "metric:" { metric = $2 }
  $1 ~ /_ns:$/ && metric != "" && !seen_steady { time[metric, $1] = $2 / 1000 }
  $1 == "steady_latencies:" { seen_steady = 1 }
  $1 == "length_ns:" { seconds = $2 / 1e9 }
  $1 == "tokens:" || $1 == "token_events:" { count[$1] = $2 }
  /"counts"|^  counts:/ { in_counts = 1; next }
  in_counts && /}/ { in_counts = 0 }
  in_counts { if ($1 == "answered:") answered = $2; else errors += $2 }
  END {
    printf "RESULT requests=%d seconds=%.3f errors=%d", answered, seconds, errors
    split("p50 p90 p95 p99 p999 max", name, " ")
    for (i = 1; i <= 6; ++i) printf " %s_us=%.1f", name[i], time["waited", name[i] "_ns:"]
    if (count["token_events:"] > 0) {
      printf " events_per_s=%.0f tokens=%d", count["token_events:"] / seconds, count["tokens:"]
      printf " ttft_p50_us=%.1f ttft_p99_us=%.1f", time["time_to_first_token", "p50_ns:"], time["time_to_first_token", "p99_ns:"]
      printf " itl_p50_us=%.1f itl_p99_us=%.1f", time["inter_token", "p50_ns:"], time["inter_token", "p99_ns:"]
    }
    printf "\n"
  }' "$out/recording/summary.json"
