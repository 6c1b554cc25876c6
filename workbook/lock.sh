#!/usr/bin/env bash
# Writes constraints.txt: the newest versions that fit requirements.txt, resolved in a fresh environment.
# Run it with the oldest Python that is to work (Debian 12 has 3.11.2): a newer one picks packages that refuse it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bash workbook/setup.sh "$1" "$folder/venv" ""
{
  echo "# Every package beneath requirements.txt, locked. Written by \`make lock\`; do not edit."
  "$folder/venv/bin/python" -m pip freeze --exclude-editable --exclude customer-value
} > constraints.txt
echo "· constraints.txt holds $(grep -c == constraints.txt) packages." >&2
