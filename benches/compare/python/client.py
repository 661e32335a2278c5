"""boto3, with the command line and the figures of the Rust clients (driver/src/setting.rs, driver/src/work.rs)."""

import argparse
import json
import os
import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROMPT = Path(__file__).resolve().parent.parent / "driver/src/prompt.rs"


def constant(name):
    """A text of the Rust clients: its line continuations joined, its escapes undone."""
    text = re.search(rf'const {name}: &str = "((?:[^"\\]|\\.)*)";', PROMPT.read_text(), re.S).group(1)
    text = re.sub(r"\\\n\s*", "", text)
    return text.replace("\\n", "\n").replace('\\"', '"')


class Boto3:
    def __init__(self, wanted):
        import boto3
        from botocore.config import Config

        self.wanted = wanted
        self.system, question = constant("SYSTEM"), constant("QUESTION")
        size = wanted.prompt_kib * 1024
        self.user = (question * (size // len(question) + 1))[:size] if size else question
        config = Config(max_pool_connections=max(10, wanted.at_once))
        self.client = boto3.client("bedrock-runtime", endpoint_url=wanted.endpoint, config=config)

    def call(self):
        if self.wanted.wire == "native":
            answer = self.client.invoke_model(modelId=self.wanted.model, body=self.claude())
            return len(json.loads(answer["body"].read())["content"][0]["text"])
        answer = self.client.converse(**self.converse(self.wanted.model))
        return len(answer["output"]["message"]["content"][0]["text"])

    def stream(self, model=None):
        model = model or self.wanted.model
        if self.wanted.wire == "native":
            answer = self.client.invoke_model_with_response_stream(modelId=model, body=self.claude())
            for event in answer["body"]:
                event = json.loads(event["chunk"]["bytes"])
                if event["type"] == "content_block_delta":
                    yield event["delta"]["text"]
            return
        for event in self.client.converse_stream(**self.converse(model))["stream"]:
            delta = event.get("contentBlockDelta")
            if delta is not None and "text" in delta["delta"]:
                yield delta["delta"]["text"]

    def converse(self, model):
        return {
            "modelId": model,
            "system": [{"text": self.system}],
            "messages": [{"role": "user", "content": [{"text": self.user}]}],
            "inferenceConfig": {"maxTokens": 512, "temperature": 0.5},
        }

    def claude(self):
        body = {
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": 512,
            "temperature": 0.5,
            "system": self.system,
            "messages": [{"role": "user", "content": self.user}],
        }
        return json.dumps(body)


def calls(client, wanted):
    many_calls(client, wanted, wanted.warm)
    before = time.process_time()
    latencies = sorted(many_calls(client, wanted, wanted.count))
    cpu = time.process_time() - before
    return {"cpu_us": cpu * 1e6 / wanted.count, **percentiles(latencies)}


def many_calls(client, wanted, count):
    latencies, left, lock = [], [count], threading.Lock()

    def work():
        while True:
            with lock:
                if not left[0]:
                    return
                left[0] -= 1
            begun = time.monotonic_ns()
            if client.call() < 100:
                raise ValueError("the answer has too little text")
            latencies.append(time.monotonic_ns() - begun)

    with ThreadPoolExecutor(wanted.at_once) as threads:
        for task in [threads.submit(work) for _ in range(wanted.at_once)]:
            task.result()
    return latencies


def stream(client, wanted):
    for _ in range(wanted.warm):
        drain(client.stream())
    before = time.process_time()
    events = sum(drain(client.stream()) for _ in range(wanted.count))
    return {"events": events, "cpu_us": (time.process_time() - before) * 1e6 / events}


def latency(client, wanted):
    warm(client, wanted)
    latencies = [time.monotonic_ns() - int(text) for text in client.stream() if len(text) == 20]
    latencies = sorted(latencies[len(latencies) // 10 :])
    return {"events": len(latencies), **percentiles(latencies)}


def paced(client, wanted):
    warm(client, wanted)
    before = time.process_time()
    with ThreadPoolExecutor(wanted.at_once) as threads:
        tasks = [threads.submit(drain, client.stream()) for _ in range(wanted.at_once)]
        events = sum(task.result() for task in tasks)
    return {"events": events, "cpu_us": (time.process_time() - before) * 1e6 / events}


def memory(client, wanted):
    """One thread opens all streams and reads the same number of events of each, so that no thread's stack is counted."""
    warm(client, wanted)
    before, held = resident(), []
    for _ in range(wanted.at_once):
        held.append(iter(client.stream()))
        next(held[-1])
    for _ in range(wanted.count - 1):
        for stream in held:
            next(stream)
    after = resident()
    return {"kib": (after - before) / wanted.at_once, "warm_kib": before, "all_kib": after}


def start(client, _):
    return {"text": client.call()}


def warm(client, wanted):
    for _ in range(wanted.warm):
        drain(client.stream("anthropic.claude-events-2000"))


def drain(texts):
    return sum(1 for _ in texts)


def resident():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmRSS:\s*(\d+)", status).group(1))


def percentiles(latencies):
    at = lambda share: latencies[round((len(latencies) - 1) * share)] / 1000
    return {"p50_us": at(0.5), "p99_us": at(0.99)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoint", default="http://127.0.0.1:8800")
    parser.add_argument("--work", default="calls")
    parser.add_argument("--wire", default="converse")
    parser.add_argument("--model", default="anthropic.claude-events-2000")
    for name, value in [("count", 1000), ("warm", 200), ("at-once", 1), ("prompt-kib", 0)]:
        parser.add_argument(f"--{name}", type=int, default=value)
    wanted = parser.parse_args()
    works = [calls, stream, latency, paced, memory, start]
    work = {work.__name__: work for work in works}[wanted.work]
    print(json.dumps(work(Boto3(wanted), wanted)), flush=True)
    # Streams may still be open; nobody waits for them.
    sys.stdout.flush()
    os._exit(0)


main()
