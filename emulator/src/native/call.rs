//! What all native calls have in common: the guardrail, the counts, the tier, the frames.

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::brain::tokens::{InputUsage, Meter, PromptCache};
use crate::brain::{Answer, Block, Part, Prompt};
use crate::dice::Dice;
use crate::frame;
use crate::guardrail::Guardrail;
use crate::model_id::ModelId;
use crate::reply::Reply;

/// A request whose body is JSON and nothing more is known of.
pub(crate) struct Request<'a> {
    pub(crate) model: &'a ModelId,
    pub(crate) body: &'a Value,
    pub(crate) streaming: bool,
    pub(crate) dice: Dice,
}

/// What a vendor's room makes of a request.
pub(crate) struct Asked {
    pub(crate) prompt: Prompt,
    pub(crate) meter: Meter,
    pub(crate) writer: Box<dyn Writer>,
}

impl Asked {
    /// For families without a prompt cache: all that is said in the prompt counts as fresh input.
    pub(crate) fn uncached(
        request: &Request<'_>,
        prompt: Prompt,
        writer: impl Writer + 'static,
    ) -> Self {
        Self {
            meter: meter(request.model, &prompt),
            prompt,
            writer: Box::new(writer),
        }
    }
}

/// What came out of the model.
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    pub(crate) usage: InputUsage,
    pub(crate) dice: Dice,
    /// Whether a guardrail was at work.
    pub(crate) guarded: bool,
}

/// Writes answers in the words of one family. What the service adds is not the writer's business.
pub(crate) trait Writer {
    /// The family's own way of counting, where it differs.
    fn count(&self, _answered: &mut Answered) {}

    /// The body of InvokeModel.
    fn whole(&self, answered: &Answered) -> Value;

    /// The chunks of the stream; there is at least one, and the last one gets the metrics.
    fn events(&self, answered: &Answered) -> Vec<Value>;

    /// The body of InvokeModel when the guardrail blocked the prompt: `text` stands for the answer.
    fn blocked(&self, text: &str, dice: &Dice) -> Value;

    /// The same as a stream.
    fn blocked_events(&self, text: &str, dice: &Dice) -> Vec<Value> {
        vec![self.blocked(text, dice)]
    }
}

impl Answered {
    /// The text of the answer, without reasoning.
    pub(crate) fn text(&self) -> &str {
        let mut blocks = self.answer.blocks.iter();
        blocks
            .find_map(|block| match block {
                Block::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// The calls of tools: the random part of the id, the name, the arguments.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.answer.blocks.iter().filter_map(|block| match block {
            Block::ToolCall { token, name, input } => Some((token.as_str(), name.as_str(), input)),
            _ => None,
        })
    }
}

/// Has the prompt answered, and sends what its writer makes of the answer.
pub(crate) fn serve(
    asked: Asked,
    request: &Request<'_>,
    headers: &HeaderMap,
    cache: &Mutex<PromptCache>,
) -> Reply {
    let question = asked.prompt.question();
    let guardrail = Guardrail::from_headers(headers);
    let guarded = guardrail.is_some();
    let verdict = guardrail.map(|guardrail| Verdict::of(&guardrail, &question));
    let blocked = verdict.as_ref().is_some_and(|verdict| verdict.blocked);
    let outcome = (!blocked).then(|| {
        let mut answered = Answered {
            answer: asked.prompt.answer(),
            usage: asked
                .meter
                .settle(&mut cache.lock().unwrap_or_else(PoisonError::into_inner)),
            dice: request.dice.clone(),
            guarded,
        };
        asked.writer.count(&mut answered);
        answered
    });
    let mut reply = if request.streaming {
        events(&*asked.writer, outcome.as_ref(), verdict, &request.dice)
    } else {
        whole(&*asked.writer, outcome.as_ref(), verdict, &request.dice)
    };
    for name in [
        "x-amzn-bedrock-service-tier",
        "x-amzn-bedrock-performanceconfig-latency",
    ] {
        if let Some(value) = headers.get(name) {
            reply.headers.insert(name, value.clone());
        }
    }
    reply
}

/// What the guardrail has to say.
pub(crate) struct Verdict {
    pub(crate) blocked: bool,
    trace: Option<Value>,
}

impl Verdict {
    pub(crate) fn of(guardrail: &Guardrail, question: &str) -> Self {
        let blocked = Guardrail::blocks(question);
        let trace = guardrail
            .traced
            .then(|| guardrail.invoke_trace(question, blocked));
        Self { blocked, trace }
    }

    pub(crate) fn add_to(&self, body: &mut Value) {
        let action = if self.blocked { "INTERVENED" } else { "NONE" };
        body["amazon-bedrock-guardrailAction"] = action.into();
        if let Some(trace) = &self.trace {
            body["amazon-bedrock-trace"] = json!({"guardrail": trace});
        }
    }
}

fn whole(
    writer: &dyn Writer,
    outcome: Option<&Answered>,
    verdict: Option<Verdict>,
    dice: &Dice,
) -> Reply {
    let mut body = match outcome {
        Some(answered) => writer.whole(answered),
        None => writer.blocked(crate::guardrail::BLOCKED, dice),
    };
    if let Some(verdict) = verdict {
        verdict.add_to(&mut body);
    }
    let mut reply = Reply::json(StatusCode::OK, &body);
    let Some(Answered { answer, usage, .. }) = outcome else {
        // A blocked prompt costs no tokens, and has no headers that say so.
        return reply.header("x-amzn-bedrock-invocation-latency", latency(0));
    };
    reply = reply
        .header("x-amzn-bedrock-input-token-count", usage.fresh)
        .header("x-amzn-bedrock-output-token-count", answer.tokens)
        .header("x-amzn-bedrock-invocation-latency", latency(answer.tokens));
    if usage.cached {
        reply = reply
            .header("x-amzn-bedrock-cache-read-input-token-count", usage.read)
            .header(
                "x-amzn-bedrock-cache-write-input-token-count",
                usage.write(),
            );
    }
    reply
}

fn events(
    writer: &dyn Writer,
    outcome: Option<&Answered>,
    verdict: Option<Verdict>,
    dice: &Dice,
) -> Reply {
    let mut events = match outcome {
        Some(answered) => writer.events(answered),
        None => writer.blocked_events(crate::guardrail::BLOCKED, dice),
    };
    if let Some(last) = events.last_mut() {
        if let Some(answered) = outcome {
            last["amazon-bedrock-invocationMetrics"] = metrics(answered);
        }
        if let Some(verdict) = verdict {
            verdict.add_to(last);
        }
    }
    let chunk = |(index, event): (usize, &Value)| -> Bytes {
        let payload = json!({
            "bytes": STANDARD.encode(event.to_string()),
            "p": dice.padding(index),
        });
        frame::event("chunk", payload.to_string().as_bytes())
    };
    Reply::events(events.iter().enumerate().map(chunk).collect())
        .header("x-amzn-bedrock-content-type", "application/json")
}

fn metrics(answered: &Answered) -> Value {
    let Answered { answer, usage, .. } = answered;
    let mut metrics = json!({
        "inputTokenCount": usage.fresh,
        "outputTokenCount": answer.tokens,
        "invocationLatency": latency(answer.tokens),
        "firstByteLatency": latency(answer.tokens) / 2,
    });
    if usage.cached {
        metrics["cacheReadInputTokenCount"] = usage.read.into();
        metrics["cacheWriteInputTokenCount"] = usage.write().into();
    }
    metrics
}

fn latency(tokens: u64) -> u64 {
    100 + 7 * tokens
}

fn meter(model: &ModelId, prompt: &Prompt) -> Meter {
    let mut meter = Meter::new(&model.id);
    for text in &prompt.system {
        meter.add("system", &text.as_str().into());
    }
    for tool in &prompt.tools {
        meter.add("tool", &json!([tool.name, tool.schema]));
    }
    for part in prompt.turns.iter().flat_map(|turn| &turn.parts) {
        match part {
            Part::Text(text) | Part::ToolResult { text, .. } => {
                meter.add("turn", &text.as_str().into());
            }
            Part::Attachment(what) => meter.add("turn", &what.as_str().into()),
            Part::ToolCall { name, .. } => meter.add("turn", &name.as_str().into()),
        }
    }
    meter
}
