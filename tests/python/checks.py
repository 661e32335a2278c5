"""What the checks of all clients share: the list of them, the emulator's control endpoints, and their run.

A check is a function with `@check` that takes the emulator. `run(Emulator)` runs them all, prints one line for each and a
summary; the exit status is 1 if any fails.
"""

import argparse
import json
import sys
import traceback
import urllib.request

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class Control:
    """What an emulator can be told, and asked, from outside."""

    def __init__(self, endpoint):
        self.endpoint = endpoint

    def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}/_emulator/{path}", data=data, method=method)
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def fault(self, **fault):
        self.control("POST", "faults", fault)

    def last_request(self):
        return self.control("GET", "requests")[-1]


def run(make):
    """Runs the checks, each with what `make` makes of the endpoint."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoint", required=True)
    emulator = make(parser.parse_args().endpoint)
    failed = 0
    for function in CHECKS:
        try:
            emulator.control("DELETE", "faults")
            function(emulator)
        except Exception as error:
            failed += 1
            reason = str(error) or traceback.format_exc(limit=-1).strip().replace("\n", " | ")
            print(f"FAIL {function.__name__}: {type(error).__name__}: {reason}", flush=True)
        else:
            print(f"ok {function.__name__}", flush=True)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
