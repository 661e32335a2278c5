"""What is measured. An axis is one kind of work; its first figure is the one that ratios are taken of."""

from dataclasses import dataclass

MODEL = "us.anthropic.claude-"


@dataclass(frozen=True)
class Figure:
    """A value that a client prints."""

    key: str
    title: str


@dataclass(frozen=True)
class Axis:
    name: str
    title: str
    figures: tuple
    # Arguments of the client, by how fast it is: the same number for all, or one for each speed.
    work: dict
    # 1: client and server on one core, so that no wake-up between cores is in the figures; 2: a core each. Where they really
    # were, `machine.placement` says.
    cores: int
    # The most that ours may be of the SDK, and what bare work is; None where no goal is set.
    goal: float = None
    # Peers that are left out, by the beginning of their names.
    without: tuple = ()

    def arguments(self, speed):
        """The arguments for a client of this speed."""
        out = []
        for name, value in self.work.items():
            out += [f"--{name}", str(value[speed] if isinstance(value, tuple) else value)]
        return out


CPU = Figure("cpu_us", "CPU µs")
P50, P99 = Figure("p50_us", "p50 µs"), Figure("p99_us", "p99 µs")
# The same code as `reqllm` once it runs.
LEAN = ("reqllm-lean",)
# They do not read the text, which has the server's clock in it.
BLIND = ("floor-raw", "floor-hyper", "floor-reqwest")


def calls(name, title, at_once, kib, cores, goal):
    shorter = 1 if kib == 0 else 5
    work = {
        "work": "calls",
        "count": tuple(count // shorter for count in (20_000, 8_000, 1_000)),
        "warm": tuple(count // shorter for count in (2_000, 1_000, 250)),
        "at-once": at_once,
        "prompt-kib": kib,
    }
    return Axis(name, title, (CPU, P50, P99), work, cores, goal, LEAN)


def streams(name, title, shape, wire, goal):
    work = {
        "work": "stream",
        "wire": wire,
        "model": f"{MODEL}{shape}-20000",
        "count": (40, 15, 2),
        "warm": (4, 2, 1),
    }
    # A microsecond an event is a second a million.
    return Axis(name, title, (Figure("cpu_us", "CPU s a million"),), work, 2, goal, LEAN)


def latency(name, title, wire, goal):
    work = {"work": "latency", "wire": wire, "model": f"{MODEL}paced-1200-2", "warm": 5}
    return Axis(name, title, (P50, P99), work, 1, goal, LEAN + BLIND)


def memory(streams, goal, without=()):
    work = {
        "work": "memory",
        # An event a second: all streams are open long before the first one ends.
        "model": f"{MODEL}paced-200-1000",
        "at-once": streams,
        "count": 2,
        "warm": 1,
    }
    figures = (Figure("kib", "KiB a stream"), Figure("warm_kib", "KiB before"), Figure("all_kib", "KiB with all open"))
    title = f"Memory of an open stream, {streams:,} open"
    return Axis(f"memory-{streams}", title, figures, work, 2, goal, LEAN + ("floor-raw",) + without)


AXES = [
    calls("calls", "Converse, 1 KB, one after the other", 1, 0, 1, 0.30),
    calls("calls-64", "Converse, 1 KB, 64 in flight", 64, 0, 2, 0.30),
    calls("calls-100k", "Converse, 100 KB, one after the other", 1, 100, 2, 0.35),
    calls("calls-64-100k", "Converse, 100 KB, 64 in flight", 64, 100, 2, None),
    streams("stream", "ConverseStream, HTTP chunks of 64 KiB", "events", "converse", 0.27),
    streams("stream-single", "ConverseStream, an HTTP chunk an event", "single", "converse", 0.48),
    streams("stream-native", "Claude's own stream, inner JSON read", "events", "native", 0.40),
    Axis(
        "paced",
        "200 ConverseStreams at once, an event each 20 ms",
        (Figure("cpu_us", "CPU µs an event"),),
        {"work": "paced", "model": f"{MODEL}paced-250-20", "at-once": 200, "warm": 5},
        2,
        0.80,
        LEAN + BLIND,
    ),
    latency("latency", "From the server's write to the user's code, ConverseStream", "converse", 1.00),
    latency("latency-native", "From the server's write to the user's code, Claude's own stream", "native", None),
    memory(1_000, 0.65),
    memory(10_000, None, ("boto3", "node")),
    Axis(
        "start",
        "From the start of the process to the head of its first request",
        (Figure("start_ms", "ms"), Figure("process_cpu_ms", "CPU ms until its end")),
        {"work": "start"},
        2,
        0.50,
    ),
]
