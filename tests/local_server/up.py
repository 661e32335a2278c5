#!/usr/bin/env python3
"""Brings up a real local model server, llama.cpp's, and serves until standard input closes.

    python3 tests/local_server/up.py --port 0 --dir DIR

Once it answers it writes one line to standard output, `listening http://127.0.0.1:PORT`. What it needs is
made in DIR the first time and found there later. The status is 3, with the reason as the last line of
standard error, if this machine cannot have the server.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
# The installation is 34 MB of download; a registry that has not delivered it by then will not.
INSTALL_SECONDS = 300
# The oldest Python that the server's package is built for.
OLDEST_PYTHON = (3, 10)


class Cannot(Exception):
    """Why this machine cannot have the server."""


def main():
    args = arguments()
    try:
        args.dir.mkdir(parents=True, exist_ok=True)
        with locked(args.dir / "lock"):
            python = environment(args.dir / "venv")
    except Cannot as reason:
        print(reason, file=sys.stderr)
        sys.exit(3)
    except OSError as error:
        print(f"--dir {args.dir} cannot be used: {error}", file=sys.stderr)
        sys.exit(1)
    command = [str(python), "-B", str(HERE / "serve.py"), "--port", str(args.port), "--dir", str(args.dir)]
    command += ["--api-key", args.api_key] if args.api_key else []
    command += ["--think"] if args.think else []
    command += ["--verbose"] if args.verbose else []
    # In this process's place, so that whoever started it holds the server's own standard input.
    os.execv(command[0], command)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(tempfile.gettempdir()) / "reqllm-local-server"
    parser.add_argument("--port", type=port, default=0, help="the port on 127.0.0.1; 0, the default, takes a free one")
    parser.add_argument("--dir", type=Path, default=default, help=f"where the server is installed ({default})")
    parser.add_argument("--api-key", help="refuse requests without this key")
    parser.add_argument("--think", action="store_true", help="reason before each answer, asked or not")
    parser.add_argument("--verbose", action="store_true", help="write the server's log to standard error")
    args = parser.parse_args()
    args.dir = args.dir.resolve()
    return args


def port(text):
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError
    return number


@contextlib.contextmanager
def locked(path):
    """Holds the lock at `path`: tests that start at once must not install into each other."""
    try:
        import fcntl
    except ImportError:
        raise Cannot("the local server is brought up on Unix only") from None
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def environment(venv):
    """The Python of the virtual environment at `venv`, which is made unless it is there and whole."""
    if sys.version_info < OLDEST_PYTHON:
        raise Cannot(f"python3 is {sys.version.split()[0]}; the local server needs 3.10 or later")
    python, stamp = venv / "bin" / "python", venv / "requirements.txt"
    wanted = REQUIREMENTS.read_text()
    if python.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return python
    shutil.rmtree(venv, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(venv)], "python3 could not make a virtual environment")
    # Wheels only: from source the server takes most of an hour to compile.
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    install += ["--only-binary", ":all:", "--requirement", str(REQUIREMENTS)]
    run(install, f"{wanted.strip()} could not be installed")
    # Last, so that what was cut short is made anew.
    stamp.write_text(wanted)
    return python


def run(command, failure):
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=INSTALL_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Cannot(f"{failure}: not done after {INSTALL_SECONDS} seconds") from None
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
        raise Cannot(failure)


if __name__ == "__main__":
    main()
