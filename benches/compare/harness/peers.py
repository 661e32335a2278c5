"""Who is compared, how each is built, and what is needed for it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target"))

# The keys that every client finds. They are nobody's.
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIDCOMPARECOMPARE00",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret-not-a-secret-not-a-secret-0",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True)
class Peer:
    """A client under test."""

    name: str
    # How much work it gets, so that every run takes about as long: 0 is the fastest kind, 2 the slowest.
    speed: int
    # The package that is built, or
    package: str = ""
    # the command that is run.
    command: tuple = ()
    environment: dict = field(default_factory=dict)

    def argv(self):
        return list(self.command) or [str(TARGET / "release" / self.package)]


RUST = [
    Peer("reqllm", 0, "compare-reqllm"),
    Peer("reqllm-lean", 0, "compare-reqllm-lean"),
    Peer("aws-sdk", 1, "compare-aws-sdk"),
    Peer("rig", 1, "compare-rig"),
    Peer("genai", 1, "compare-genai"),
] + [
    Peer(f"floor-{level}", 0, "compare-floor", environment={"FLOOR": level})
    for level in ("raw", "hyper", "reqwest", "json", "ideal", "fast")
]

OTHERS = [
    Peer("boto3", 2, command=(sys.executable, str(HERE / "python/client.py"))),
    Peer("node-aws-sdk", 2, command=("node", "--no-warnings", str(HERE / "node/client.mjs"))),
]

# What all are measured by, and what the same work costs bare.
SDK, FLOOR, OURS = "aws-sdk", "floor-ideal", "reqllm"


def named(names):
    """The peers of these names; without names every one that can run here."""
    every = {peer.name: peer for peer in RUST + OTHERS}
    unknown = [name for name in names if name not in every]
    if unknown:
        sys.exit(f"there is no peer {unknown[0]}; there are {', '.join(every)}")
    chosen = [every[name] for name in names] or list(every.values())
    return [peer for peer in chosen if installed(peer)]


def installed(peer):
    """Whether a client in another language is there; it is said if not."""
    if peer.name == "boto3":
        there, advice = boto3_version(), "`pip install boto3`"
    elif peer.name == "node-aws-sdk":
        there, advice = node_version(), f"`npm install` in {HERE / 'node'}"
    else:
        return True
    if not there:
        print(f"{peer.name} is left out: it is not installed; {advice}", file=sys.stderr)
    return bool(there)


def build(packages):
    """Builds packages one by one, so that no feature of one gets into another."""
    for package in dict.fromkeys(package for package in packages if package):
        print(f"building {package}", file=sys.stderr)
        command = ["cargo", "build", "--release", "--locked", "--quiet", "-p", package]
        environment = dict(os.environ, CARGO_TARGET_DIR=str(TARGET))
        subprocess.run(command, cwd=HERE, env=environment, check=True)


def versions(peers):
    """A line for each peer that says which version of what was measured."""
    locked = lock()
    lines = []
    for peer in peers:
        if peer.name == OURS:
            lines.append(f"reqllm {locked['reqllm']} ({commit()})")
        elif peer.name == SDK:
            lines.append(f"aws-sdk-bedrockruntime {locked['aws-sdk-bedrockruntime']}, aws-config {locked['aws-config']}")
        elif peer.name == "rig":
            lines.append(f"rig-bedrock {locked['rig-bedrock']}")
        elif peer.name == "genai":
            lines.append(f"genai {locked['genai']}")
        elif peer.name == FLOOR:
            lines.append(f"floors: tokio {locked['tokio']}, hyper {locked['hyper']}, reqwest {locked['reqwest']}")
        elif peer.name == "boto3":
            lines.append(f"boto3 {boto3_version()} on Python {sys.version.split()[0]}")
        elif peer.name == "node-aws-sdk":
            lines.append(f"@aws-sdk/client-bedrock-runtime {node_version()} on Node {said('node', '--version')}")
    return lines


def lock():
    """The versions in Cargo.lock; of a crate that is there twice the newest."""
    found, name = {}, None
    for line in (HERE / "Cargo.lock").read_text().splitlines():
        key, _, value = line.partition(" = ")
        if key == "name":
            name = value.strip('"')
        elif key == "version" and name:
            found[name] = value.strip('"')
    return found


# What a commit is followed by if the tree is another.
CHANGED = ", changed"


def commit():
    """The commit that is measured. Documents and what was measured before are no part of it."""
    others = ("docs", "benches/compare/results", "benches/build/results.json")
    paths = [":(top)"] + [f":(top,exclude){path}" for path in others]
    changed = said("git", "status", "--porcelain", "--untracked-files=no", "--", *paths)
    return said("git", "rev-parse", "--short", "HEAD") + (CHANGED if changed else "")


def boto3_version():
    return said(sys.executable, "-c", "import boto3; print(boto3.__version__)")


def node_version():
    package = HERE / "node/node_modules/@aws-sdk/client-bedrock-runtime/package.json"
    return json.loads(package.read_text())["version"] if package.exists() else ""


def said(*command):
    """What a program prints; nothing if it is not there or fails."""
    try:
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
