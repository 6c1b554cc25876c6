#!/usr/bin/env bash
# Makes the virtual environment: setup.sh PYTHON FOLDER [CONSTRAINTS]
set -euo pipefail
python=$1 venv=$2 constraints=${3:-}

say() { echo "· $*" >&2; }
stop() { echo "✗ $*" >&2; exit 1; }

command -v "$python" >/dev/null || stop "There is no $python: install Python 3.11 or later, or name one with PYTHON=."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  stop "$("$python" --version) is too old: Python 3.11 or later is needed; name one with PYTHON=."

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Debian splits venv off into a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
  say "Installing $package, without which Debian's Python makes no virtual environment."
  command -v apt-get >/dev/null && { as_root apt-get update -qq && as_root apt-get install -y -qq "$package" >/dev/null; } ||
    stop "Python's venv module is missing: install the package $package, then run this again."
fi

if [ ! -x "$venv/bin/python" ]; then
  say "Making the virtual environment $venv."
  "$python" -m venv "$venv"
fi
say "Installing the packages (a few minutes the first time)."
log=$(mktemp)
if ! "$venv/bin/python" -m pip install --quiet ${constraints:+-c "$constraints"} -r requirements.txt -e . >"$log" 2>&1; then
  grep -v '^WARNING' "$log" | tail -15 >&2
  rm -f "$log"
  stop "pip could not install the packages (its last words are above): check the network and run this again."
fi
rm -f "$log"
touch "$venv/.ready"
