#!/usr/bin/env bash
# Makes the virtual environment that the checks of a folder run in, unless it is there, and writes the path of its Python to
# standard output.
#
#   tests/python/venv.sh tests/boto3
#
# What is installed is the folder's requirements.txt. The environment is `NAME-venv`, NAME being the folder's, in
# $REQLLM_VENVS or the folder for temporary files. The status is 3, with the reason on standard error, if this machine cannot make one.
set -euo pipefail

folder=$(cd "$1" && pwd)
name=$(basename "$folder")
venv=${REQLLM_VENVS:-${TMPDIR:-/tmp}/reqllm-venvs}/$name-venv

cannot() {
    echo "$1" >&2
    exit 3
}

command -v python3 >/dev/null || cannot "python3 is not installed"
if ! cmp -s "$folder/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv" >&2 || cannot "python3 has no venv module"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$folder/requirements.txt" >&2 ||
        cannot "what $name/requirements.txt names could not be installed"
    cp "$folder/requirements.txt" "$venv/requirements.txt"
fi
echo "$venv/bin/python"
