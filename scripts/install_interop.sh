#!/usr/bin/env bash
# Installs the Node packages that tests/interop compares with, at the versions of its lock file; quick and silent when
# they are there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../tests/interop"
if ! command -v npm >/dev/null; then
  echo "install_interop: npm is not installed; the interop tests are skipped" >&2
  exit 0
fi
# npm writes this copy of the lock file last, so a newer one tells of a whole installation.
if [[ node_modules/.package-lock.json -nt package-lock.json ]]; then exit 0; fi
npm ci --ignore-scripts
