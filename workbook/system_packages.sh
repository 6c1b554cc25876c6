#!/usr/bin/env bash
# What the tests need from the system: Chromium, which they drive, and bubblewrap, in which submissions run.
# Installs from Debian what is missing.
set -euo pipefail
missing=()
if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then
  missing+=(chromium)
fi
command -v bwrap >/dev/null || missing+=(bubblewrap)
if [ ${#missing[@]} = 0 ]; then exit 0; fi
echo "· Installing what the tests need: ${missing[*]}." >&2
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
if ! { command -v apt-get >/dev/null && as_root apt-get update -qq &&
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq "${missing[@]}" >/dev/null; }; then
  echo "✗ Missing: ${missing[*]}. Install it (Debian: apt-get install ${missing[*]}); CHROMIUM may name Chromium's path." >&2
  exit 1
fi
