#!/usr/bin/env bash
# Checks the emulator by AWS's own client for Python.
#
#   tests/boto3/run.sh target/debug/reqllm emulate --port 0
#
# The arguments are the command that starts the emulator; the first line of its standard output must be
# `listening on http://127.0.0.1:PORT`. Without Python the checks are skipped, unless CI=true.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${REQLLM_BOTO3_VENV:-${TMPDIR:-/tmp}/reqllm-boto3-venv}

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
command -v python3 >/dev/null || skip "python3 is not installed"
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv" || skip "python3 has no venv module"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" ||
        skip "boto3 could not be installed"
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi

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
"$venv/bin/python" -B "$here/check.py" --endpoint "$endpoint"
