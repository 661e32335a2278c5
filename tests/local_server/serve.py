"""Runs llama.cpp's server in this process, on the model that `model.py` makes. Started by `up.py`."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import model

# Requests that are answered at once, and the largest `n`. Each has a context of its own.
SLOTS = 4
CONTEXT = 4096
# How much the server logs: its errors, or what it does.
ERRORS, ALL = 1, 3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--api-key")
    parser.add_argument("--think", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()

    said = only_ours(sys.stdout.fileno())
    try:
        import xllamacpp
    except ImportError as error:
        print(f"the local server cannot be loaded here: {error}", file=sys.stderr)
        sys.exit(3)
    try:
        server = xllamacpp.Server(parameters(xllamacpp, args))
    except RuntimeError:
        print(f"the local server did not start on port {args.port}; its reason is above", file=sys.stderr)
        sys.exit(1)
    print(f"listening {server.listening_address}", file=said, flush=True)
    wait_for_the_end_of(sys.stdin)
    # At once: the server's own end waits for the answers that it is in the midst of.
    os._exit(0)


def only_ours(descriptor):
    """Standard output for our one line alone; what else is written there goes to standard error."""
    ours = os.fdopen(os.dup(descriptor), "w")
    os.dup2(2, descriptor)
    return ours


def wait_for_the_end_of(stream):
    # There is none if the process was started with it closed.
    try:
        while stream is not None and stream.buffer.read1(4096):
            pass
    except KeyboardInterrupt:
        pass


def parameters(xllamacpp, args):
    chosen = xllamacpp.CommonParams()
    chosen.model.path = str(written_model(args.dir))
    chosen.model_alias = {"tiny"}
    chosen.hostnames = ["127.0.0.1"]
    chosen.port = args.port
    chosen.n_parallel = SLOTS
    chosen.n_ctx = SLOTS * CONTEXT
    # The model has one small layer: a second thread would only wait for the first.
    chosen.cpuparams.n_threads = 1
    chosen.cpuparams_batch.n_threads = 1
    # What the model leaves to chance, such as the letters of a pattern, falls the same each time.
    chosen.sampling.seed = 1
    # One server for both: it completes, and embeds a text as the mean of its tokens.
    chosen.embedding = True
    chosen.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    chosen.enable_reasoning = 1 if args.think else 0
    chosen.api_keys = [args.api_key] if args.api_key else []
    chosen.verbosity = ALL if args.verbose else ERRORS
    return chosen


def written_model(directory):
    """The model's file. It is put in its place whole: another server may be reading the one before."""
    path = directory / "tiny.gguf"
    descriptor, unfinished = tempfile.mkstemp(dir=directory)
    os.close(descriptor)
    model.write(unfinished)
    os.replace(unfinished, path)
    return path


if __name__ == "__main__":
    main()
