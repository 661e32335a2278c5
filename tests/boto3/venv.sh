#!/usr/bin/env bash
# Makes the virtual environment that boto3 runs in, unless it is there, and writes the path of its Python to standard output.
# The status is 3, with the reason on standard error, if this machine cannot make one.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${REQLLM_BOTO3_VENV:-${TMPDIR:-/tmp}/reqllm-boto3-venv}

cannot() {
    echo "$1" >&2
    exit 3
}

command -v python3 >/dev/null || cannot "python3 is not installed"
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv" >&2 || cannot "python3 has no venv module"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2 ||
        cannot "boto3 could not be installed"
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi
echo "$venv/bin/python"
