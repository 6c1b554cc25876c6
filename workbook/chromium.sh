#!/usr/bin/env bash
# The tests drive the system's Chromium; installs it from Debian where it is missing.
set -euo pipefail
if [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then exit 0; fi
echo "· Installing Chromium, which the tests drive." >&2
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
if ! { command -v apt-get >/dev/null && as_root apt-get update -qq &&
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq chromium >/dev/null; }; then
  echo "✗ Chromium is missing: install it (Debian: apt-get install chromium), or set CHROMIUM to its path." >&2
  exit 1
fi
