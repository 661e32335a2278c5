// The SDK of AWS for JavaScript, with the command line and the figures of the Rust clients (driver/src/setting.rs,
// driver/src/work.rs). Over HTTP/1.1, as the server has no HTTP/2.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const flag = (value) => ({ type: "string", default: value });
const { values: wanted } = parseArgs({
  options: {
    endpoint: flag("http://127.0.0.1:8800"),
    work: flag("calls"),
    wire: flag("converse"),
    model: flag("anthropic.claude-events-2000"),
    count: flag("1000"),
    warm: flag("200"),
    "at-once": flag("1"),
    "prompt-kib": flag("0"),
  },
});
const [count, warm, atOnce, kib] = ["count", "warm", "at-once", "prompt-kib"].map((name) => Number(wanted[name]));
const native = wanted.wire === "native";

// A text of the Rust clients: its line continuations joined, its escapes undone.
const source = readFileSync(new URL("../driver/src/prompt.rs", import.meta.url), "utf8");
const constant = (name) =>
  source
    .match(new RegExp(`const ${name}: &str = "((?:[^"\\\\]|\\\\[^])*)";`))[1]
    .replace(/\\\n\s*/g, "")
    .replaceAll("\\n", "\n")
    .replaceAll('\\"', '"');
const system = constant("SYSTEM");
const question = constant("QUESTION");
const size = kib * 1024;
const user = size ? question.repeat(size / question.length + 1).slice(0, size) : question;

const client = new BedrockRuntimeClient({
  endpoint: wanted.endpoint,
  requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: Math.max(50, atOnce) } }),
});
const converse = (modelId) => ({
  modelId,
  system: [{ text: system }],
  messages: [{ role: "user", content: [{ text: user }] }],
  inferenceConfig: { maxTokens: 512, temperature: 0.5 },
});
const claude = (modelId) => ({
  modelId,
  contentType: "application/json",
  body: JSON.stringify({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 512,
    temperature: 0.5,
    system,
    messages: [{ role: "user", content: user }],
  }),
});

async function call() {
  if (native) {
    const answer = await client.send(new InvokeModelCommand(claude(wanted.model)));
    return JSON.parse(new TextDecoder().decode(answer.body)).content[0].text.length;
  }
  const answer = await client.send(new ConverseCommand(converse(wanted.model)));
  return answer.output.message.content[0].text.length;
}

async function* stream(model = wanted.model) {
  if (native) {
    const answer = await client.send(new InvokeModelWithResponseStreamCommand(claude(model)));
    const decoder = new TextDecoder();
    for await (const event of answer.body) {
      const inner = JSON.parse(decoder.decode(event.chunk.bytes));
      if (inner.type === "content_block_delta") yield inner.delta.text;
    }
    return;
  }
  const answer = await client.send(new ConverseStreamCommand(converse(model)));
  for await (const event of answer.stream) {
    const text = event.contentBlockDelta?.delta?.text;
    if (text !== undefined) yield text;
  }
}

const now = () => process.hrtime.bigint();
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const resident = () => process.memoryUsage.rss() / 1024;
const drain = async (texts) => {
  let events = 0;
  for await (const _ of texts) events++;
  return events;
};
const warmUp = async () => {
  for (let i = 0; i < warm; i++) await drain(stream("anthropic.claude-events-2000"));
};
const percentiles = (latencies) => {
  const at = (share) => latencies[Math.round((latencies.length - 1) * share)] ?? 0;
  return { p50_us: at(0.5), p99_us: at(0.99) };
};
const ascending = (a, b) => a - b;

async function manyCalls(count) {
  const latencies = [];
  let left = count;
  const work = async () => {
    while (left-- > 0) {
      const begun = now();
      if ((await call()) < 100) throw new Error("the answer has too little text");
      latencies.push(Number(now() - begun) / 1e3);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return latencies;
}

const works = {
  async calls() {
    await manyCalls(warm);
    const before = cpu();
    const latencies = await manyCalls(count);
    return { cpu_us: (cpu() - before) / count, ...percentiles(latencies.sort(ascending)) };
  },
  async stream() {
    for (let i = 0; i < warm; i++) await drain(stream());
    const before = cpu();
    let events = 0;
    for (let i = 0; i < count; i++) events += await drain(stream());
    return { events, cpu_us: (cpu() - before) / events };
  },
  async latency() {
    await warmUp();
    const latencies = [];
    for await (const text of stream()) if (text.length === 20) latencies.push(Number(now() - BigInt(text)) / 1e3);
    const kept = latencies.slice(latencies.length / 10).sort(ascending);
    return { events: kept.length, ...percentiles(kept) };
  },
  async paced() {
    await warmUp();
    const before = cpu();
    const streams = await Promise.all(Array.from({ length: atOnce }, () => drain(stream())));
    const events = streams.reduce((sum, events) => sum + events, 0);
    return { events, cpu_us: (cpu() - before) / events };
  },
  async memory() {
    await warmUp();
    const before = resident();
    let open = 0;
    await new Promise((allOpen, failed) => {
      const read = async () => {
        let events = 0;
        for await (const _ of stream()) if (++events === count && ++open === atOnce) allOpen();
      };
      for (let i = 0; i < atOnce; i++) read().catch(failed);
    });
    const after = resident();
    return { kib: (after - before) / atOnce, warm_kib: before, all_kib: after };
  },
  async start() {
    return { text: await call() };
  },
};

console.log(JSON.stringify(await works[wanted.work]()));
// Streams may still be open; nobody waits for them.
process.exit(0);
