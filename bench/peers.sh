#!/usr/bin/env bash
# How many requests a second other simulators manage on what bench/run measures, on one core. For each it prints one line
#
#   peer NAME requests_per_cpu_second VALUE
#
# Continuous batching of a language model: the npm package @doublewordai/inference-lab, installed into a folder of its own
# where there is npm.
#
# M/M/50 at 90 % load, first come first served: ns-3 and SimPy 2. Their programs are not ours to carry: BILLCAST_PEERS names a folder with mmc_ns3.cc (ns-3) and mmc_simpy2.py (SimPy 2),
# each taking the number of requests and printing `… mean_wait=S … cpu=S …  req_per_cpu_s=N`.
# Without the folder the peers are skipped, and this says so.
#
#   BILLCAST_PEERS_PERCENT   per cent of the full number of requests; default 100 (about 15 s in all)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
peers=${BILLCAST_PEERS:-$root/../prototypes/peers}
percent=${BILLCAST_PEERS_PERCENT:-100}
core=$(($(nproc) - 1))  # the last one: the first tends to serve interrupts
programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT

if ! command -v npm >/dev/null; then
  echo "peer inference-lab skipped: no npm"
elif ! npm install --prefix "$programs/npm" --silent --no-audit --no-fund @doublewordai/inference-lab@0.2.1; then
  echo "peer inference-lab skipped: npm could not install it"
else
  # It keeps every request: the more of them, the slower. Few of them, then.
  package=$programs/npm/node_modules/@doublewordai/inference-lab
  best=0
  for _ in 1 2 3; do
    printed=$(taskset -c "$core" node "$root/bench/inference_lab.mjs" "$package" $((20 * percent)))
    echo "# $printed"
    rate=$(sed -nE 's/.*req_per_cpu_s=([0-9]+).*/\1/p' <<<"$printed")
    if ((rate > best)); then best=$rate; fi
  done
  echo "peer inference-lab requests_per_cpu_second $best"
fi

if [[ ! -d $peers ]]; then
  echo "peers skipped: no folder $peers (BILLCAST_PEERS names it)"
  exit 0
fi
"$root/scripts/install_dependencies" peers

# measure NAME COMMAND…: the best of three, as neighbours on a shared machine only ever slow a program down.
measure() {
  local name=$1 best=0 printed rate
  shift
  for _ in 1 2 3; do
    printed=$(taskset -c "$core" "$@")
    echo "# $printed"
    # A peer that simulates another queue is no peer. Erlang C says 0.0728 s (50 servers, rho = 0.9, service 1 s); short
    # runs scatter around it, so the bounds only tell this queue from another.
    awk -v text="$printed" 'BEGIN { exit !(match(text, /mean_wait=[0-9.]+/) && (wait = substr(text, RSTART + 10, RLENGTH - 10)) > 0.04 && wait < 0.12) }' ||
      { echo "peer $name answers another question: $printed" >&2; return 1; }
    rate=$(sed -nE 's/.*req_per_cpu_s=([0-9]+).*/\1/p' <<<"$printed")
    if ((rate > best)); then best=$rate; fi
  done
  echo "peer $name requests_per_cpu_second $best"
}

if [[ -f $peers/mmc_ns3.cc ]]; then
  # Its headers are not C++20: GCC refuses their `Singleton<T>()`.
  g++ -std=c++17 -O3 -march=native -w "$peers/mmc_ns3.cc" -o "$programs/mmc_ns3" -lns3-core
  measure ns-3-map "$programs/mmc_ns3" $((20000 * percent)) ns3::MapScheduler
  measure ns-3-heap "$programs/mmc_ns3" $((20000 * percent)) ns3::HeapScheduler
  measure ns-3-priority-queue "$programs/mmc_ns3" $((20000 * percent)) ns3::PriorityQueueScheduler
fi
if [[ -f $peers/mmc_simpy2.py ]]; then
  # Debian's own Python: another one on the PATH does not see Debian's packages.
  measure simpy-2 /usr/bin/python3 "$peers/mmc_simpy2.py" $((3000 * percent))
fi
