#!/usr/bin/env bash
# Checks the emulator by AWS's own client for Python.
#
#   tests/boto3/run.sh target/debug/reqllm emulate --port 0
#
# The arguments are the command that starts the emulator; the first line of its standard output must be
# `listening on http://127.0.0.1:PORT`. Without Python the checks are skipped, unless CI=true.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
    if [[ ${CI:-} == true ]]; then
        echo "FAILED: $1" >&2
        exit 1
    fi
    echo "SKIPPED: $1 — the emulator was NOT checked by boto3" >&2
    exit 0
}

if [[ $# -eq 0 ]]; then
    echo "usage: $0 COMMAND [ARGUMENT...]" >&2
    exit 2
fi
reason=$(mktemp)
python=$("$here/venv.sh" 2>"$reason") || {
    why=$(tail -n 1 "$reason")
    rm -f "$reason"
    skip "${why:-the virtual environment could not be made}"
}
rm -f "$reason"

log=$(mktemp)
"$@" >"$log" &
emulator=$!
trap 'kill "$emulator" 2>/dev/null || true; wait "$emulator" 2>/dev/null || true; rm -f "$log"' EXIT

endpoint=
for _ in $(seq 100); do
    endpoint=$(sed -n '1s/^listening on //p' "$log")
    [[ -n $endpoint ]] && break
    kill -0 "$emulator" 2>/dev/null || break
    sleep 0.1
done
if [[ -z $endpoint ]]; then
    echo "FAILED: '$*' did not say 'listening on URL'" >&2
    exit 1
fi
"$python" -B "$here/check.py" --endpoint "$endpoint"
