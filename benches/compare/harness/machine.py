"""The machine: cores, limits, the server, and one run of a client."""

import contextlib
import json
import os
import platform
import resource
import subprocess
import time
import urllib.request
from datetime import date

from .peers import KEYS, TARGET, said


@contextlib.contextmanager
def on_core(core):
    """Whatever is started meanwhile runs on this core, before others where that is allowed. None: anywhere.

    It is this process that moves and not the new one, so that no other program runs between its start and its work.
    """
    cores, nice = os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0)
    if core is None or len(cores) < 2:
        yield
        return
    os.sched_setaffinity(0, {sorted(cores)[core]})
    may = os.geteuid() == 0
    if may:
        os.setpriority(os.PRIO_PROCESS, 0, -12)
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
        if may:
            os.setpriority(os.PRIO_PROCESS, 0, nice)


def placement(client, server):
    """Where programs that are started on these cores run, in words for a table."""
    if client is None or server is None:
        return "client and server where the system put them"
    if len(os.sched_getaffinity(0)) < 2:
        return "client and server on the only core that there was, with the usual priority"
    where = "one core" if client == server else "a core each"
    return f"client and server on {where}, {'before other programs' if os.geteuid() == 0 else 'with the usual priority'}"


def allow_files():
    """As many open files as the system lets this process have: a stream takes one at either end."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Server:
    """The server of the comparison, in a process of its own, until the end of a `with`."""

    def __init__(self, core):
        with on_core(core):
            program = str(TARGET / "release/compare-server")
            self.process = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
        self.endpoint = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def ask(self, path):
        with urllib.request.urlopen(self.endpoint + path) as answer:
            return json.load(answer)


class Unsupported(Exception):
    """The client does not offer this."""


class Failed(Exception):
    """The client failed, and said why."""


def measure(peer, axis, server, core):
    """Runs a client once; gives the figures that it prints."""
    command = peer.argv() + axis.arguments(peer.speed) + ["--endpoint", server.endpoint]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment.update(KEYS, PYTHONDONTWRITEBYTECODE="1", **peer.environment)
    server.ask("/reset")
    with on_core(core):
        before, begun = children_cpu(), time.monotonic_ns()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = process.communicate(timeout=300)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failed("it took more than five minutes") from None
    cpu = children_cpu() - before
    if process.returncode == 3:
        raise Unsupported
    if process.returncode:
        raise Failed((err or out).strip()[-600:])
    figures = json.loads(out.splitlines()[-1])
    figures["start_ms"] = (server.ask("/stats")["last"] - begun) / 1e6
    figures["process_cpu_ms"] = cpu * 1e3
    return figures


def children_cpu():
    """The CPU seconds of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def description():
    """What the tables were made on, and when."""
    model = "unknown"
    with contextlib.suppress(OSError):
        with open("/proc/cpuinfo") as cpuinfo:
            names = [line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")]
            model = names[0] if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{date.today()}, {os.cpu_count()} cores of {model}, {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"{said('rustc', '--version').split(' (')[0]}"
    )
