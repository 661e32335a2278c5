#!/usr/bin/env bash
# Checks the emulator by a client for Python that somebody else wrote.
#
#   tests/python/run.sh tests/boto3 target/debug/reqllm emulate --port 0
#
# The first argument is the folder of the checks: its check.py is run, with what its requirements.txt names. The others are the
# command that starts the emulator; the first line of its standard output must be `listening on http://127.0.0.1:PORT`.
# Without Python the checks are skipped, unless CI=true.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [[ $# -lt 2 ]]; then
    echo "usage: $0 FOLDER COMMAND [ARGUMENT...]" >&2
    exit 2
fi
folder=$1
shift

skip() {
    if [[ ${CI:-} == true ]]; then
        echo "FAILED: $1" >&2
        exit 1
    fi
    echo "SKIPPED: $1 — the emulator was NOT checked by $(basename "$folder")" >&2
    exit 0
}

reason=$(mktemp)
python=$("$here/venv.sh" "$folder" 2>"$reason") || {
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
PYTHONPATH=$here "$python" -B "$folder/check.py" --endpoint "$endpoint"
