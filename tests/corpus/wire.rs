//! What an answer is: which operation it belongs to, and in whose words it is.

use std::fmt;

/// The form of an answer when the call succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wire {
    /// One Converse JSON document.
    Converse,
    /// Event-stream frames, each one Converse event.
    ConverseStream,
    /// One JSON document of the vendor's own.
    Invoke(Native),
    /// Event-stream frames, each wrapping one document of the vendor's own in base64.
    InvokeStream(Native),
    /// One JSON document in a form that others speak as well, from `bedrock-mantle`.
    Mantle(Dialect),
    /// Server-sent events of such a form.
    MantleStream(Dialect),
    /// Vectors.
    Embeddings,
    /// Documents in order.
    Rerank,
    /// A number of tokens.
    CountTokens,
    /// A guardrail's judgement.
    ApplyGuardrail,
    /// One inference profile of the account.
    InferenceProfile,
}

/// A form of native body that the library speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Native {
    Claude,
    Nova,
    Titan,
    Llama,
    /// Command R and R+.
    CommandR,
    /// The older Command and Command Light.
    Command,
    Mistral,
    /// A refusal for an id that no model has: nothing of any vendor's is in it.
    NoModel,
}

/// A form of `bedrock-mantle`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dialect {
    ChatCompletions,
    Responses,
}

impl Wire {
    /// The form of a recording's answer, from its operation and the model id of its URL, or why it is not read.
    pub(crate) fn of(
        operation: &str,
        model: &str,
        status: u16,
        format: &str,
    ) -> Result<Self, String> {
        Ok(match operation {
            "converse" => Self::Converse,
            "converse-stream" => Self::ConverseStream,
            "count-tokens" => Self::CountTokens,
            "apply-guardrail" => Self::ApplyGuardrail,
            "control:inference-profiles" => Self::InferenceProfile,
            "invoke" if is_embedder(model) => Self::Embeddings,
            "invoke" if model.contains("cohere.rerank") => Self::Rerank,
            "invoke" => Self::Invoke(Native::of(model, status)?),
            "invoke-with-response-stream" => Self::InvokeStream(Native::of(model, status)?),
            surface if surface.starts_with("mantle:") => {
                let dialect = match surface.rsplit_once("v1/") {
                    Some((_, "chat/completions")) => Dialect::ChatCompletions,
                    Some((_, "responses")) => Dialect::Responses,
                    _ => return Err(format!("operation {surface}")),
                };
                match format {
                    "raw-sse" => Self::MantleStream(dialect),
                    _ => Self::Mantle(dialect),
                }
            }
            other => return Err(format!("operation {other}")),
        })
    }

    /// In which form an accepted call is answered piece by piece, if it is.
    pub(crate) fn stream_format(self) -> Option<&'static str> {
        match self {
            Self::ConverseStream | Self::InvokeStream(_) => Some("raw-eventstream"),
            Self::MantleStream(_) => Some("raw-sse"),
            _ => None,
        }
    }

    /// Whether an accepted call is answered piece by piece.
    pub(crate) fn streams(self) -> bool {
        self.stream_format().is_some()
    }

    /// Whether it is an answer of a conversation.
    pub(crate) fn converses(self) -> bool {
        matches!(
            self,
            Self::Converse
                | Self::ConverseStream
                | Self::Invoke(_)
                | Self::InvokeStream(_)
                | Self::Mantle(_)
                | Self::MantleStream(_)
        )
    }
}

impl fmt::Display for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Converse => "Converse",
            Self::ConverseStream => "ConverseStream",
            Self::Invoke(_) => "InvokeModel",
            Self::InvokeStream(_) => "InvokeModelWithResponseStream",
            Self::Mantle(Dialect::ChatCompletions) => "mantle, Chat Completions",
            Self::Mantle(Dialect::Responses) => "mantle, Responses",
            Self::MantleStream(Dialect::ChatCompletions) => "mantle, Chat Completions, streamed",
            Self::MantleStream(Dialect::Responses) => "mantle, Responses, streamed",
            Self::Embeddings => "InvokeModel, embeddings",
            Self::Rerank => "InvokeModel, rerank",
            Self::CountTokens => "CountTokens",
            Self::ApplyGuardrail => "ApplyGuardrail",
            Self::InferenceProfile => "GetInferenceProfile",
        })
    }
}

impl Native {
    fn of(model: &str, status: u16) -> Result<Self, String> {
        const FORMS: &[(&str, Native)] = &[
            ("anthropic.", Native::Claude),
            ("claude", Native::Claude),
            ("amazon.nova", Native::Nova),
            ("amazon.titan-t", Native::Titan),
            ("meta.llama", Native::Llama),
            ("cohere.command-r", Native::CommandR),
            ("cohere.command", Native::Command),
            ("mistral.", Native::Mistral),
        ];
        let without_codec: &[(&str, &str)] = &[
            ("ai21.jamba", "AI21's Jamba"),
            ("ai21.j2", "AI21's Jurassic-2"),
            (":sagemaker:", "a model of one's own behind a SageMaker ARN"),
        ];
        for (sign, form) in FORMS {
            if model.contains(sign) {
                return Ok(*form);
            }
        }
        for (sign, whose) in without_codec {
            if model.contains(sign) {
                return Err(format!(
                    "native body of {whose}, which the library has no codec for (Converse takes it)"
                ));
            }
        }
        match status {
            400.. => Ok(Self::NoModel),
            _ => Err(format!("native body of an unknown vendor: {model}")),
        }
    }

    /// A name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::Nova => "nova",
            Self::Titan => "titan",
            Self::Llama => "llama",
            Self::CommandR => "command-r",
            Self::Command => "command",
            Self::Mistral => "mistral",
            Self::NoModel => "no model",
        }
    }
}

/// ARNs of recorded profiles, and what stands behind them: the ids do not say it, the bodies do.
pub(crate) const BEHIND: &[(&str, &str)] = &[(
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/otnfa2ysixqd",
    "amazon.titan-embed-text-v2:0",
)];

/// The base model behind an ARN, where one must be told.
pub(crate) fn behind(model: &str) -> Option<&'static str> {
    let (_, base) = BEHIND.iter().find(|(arn, _)| *arn == model)?;
    Some(base)
}

fn is_embedder(model: &str) -> bool {
    let model = behind(model).unwrap_or(model);
    model.contains("embed")
}

/// The vendor's segment of a model id, for the tally.
pub(crate) fn vendor(model: &str) -> String {
    const VENDORS: &[&str] = &[
        "ai21",
        "amazon",
        "anthropic",
        "cohere",
        "deepseek",
        "google",
        "meta",
        "minimax",
        "mistral",
        "moonshot",
        "moonshotai",
        "nvidia",
        "openai",
        "qwen",
        "writer",
        "zai",
    ];
    let model = behind(model).unwrap_or(model);
    let segments = model.split(['.', '/', ':']);
    let known = segments
        .into_iter()
        .find(|segment| VENDORS.contains(segment));
    known
        .map_or("of no vendor that the id names", |vendor| vendor)
        .to_owned()
}
