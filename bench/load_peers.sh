#!/usr/bin/env bash
# Puts `billcast load` as one more row beside wrk, h2load, hey, ab and bare epoll clients: server on one core, client on
# the other, on loopback.
#
#   bench/load_peers.sh [closed] [open] [fidelity] [co] [sse]
#
# The rig is not ours to carry: BILLCAST_LOAD_RIG names a folder with compare.sh, which takes the commands of one more
# row in NEW_NAME, NEW_CLOSED, NEW_OPEN and NEW_SSE and prints a table with ratios. Its other settings (ROUNDS, DUR, …)
# are handed on. Without the folder this says so and ends.
#
#   LOAD_ARRIVALS   of the open rows: constant (default) or poisson
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rig=${BILLCAST_LOAD_RIG:-$root/../prototypes/load}
if [[ ! -x $rig/compare.sh ]]; then
  echo "load peers skipped: no $rig/compare.sh (BILLCAST_LOAD_RIG names its folder)"
  exit 0
fi
"$root/scripts/install_dependencies" build load_peers
cmake --preset release -S "$root" >/dev/null
cmake --build "$root/build/release" --target billcast
row=$root/bench/load_row.sh
open="--arrivals ${LOAD_ARRIVALS:-constant} --max-rate 1000000"
export NEW_NAME=billcast
export NEW_CLOSED="$row {URL} --concurrency {CONNS} --connections {CONNS} --duration {DUR}s"
export NEW_OPEN="$row {URL} --rate {RATE} $open --connections {CONNS} --duration {DUR}s"
# A rate of 0 is the rig's word for a closed loop.
export NEW_SSE="$row {URL} \$( (({RATE} > 0)) && echo --rate {RATE} || echo --concurrency {CONNS}) --connections {CONNS} --duration {DUR}s --api chat --model mock --max-tokens {TOKENS} --ignore-eos"
export OUT=${OUT:-$(mktemp -d)}
"$rig/compare.sh" "$@"
