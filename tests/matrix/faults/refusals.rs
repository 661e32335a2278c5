//! What OpenAI, Anthropic and those who speak like them say when they refuse: a status, a code, and words.
//!
//! Sources: OpenAI's guide "Error codes", its API reference, and the headers that its clients obey; Groq's "API error codes";
//! Anthropic's API reference, "Errors" and "Rate limits".

use reqllm::ErrorKind;
use reqllm_emulator::Fault;
use serde_json::json;

use super::{Again, Row, Strikes, answer};
use crate::column::Column;
use crate::subject::Truth;

const OPENAI: &[Column] = &[Column::Chat, Column::Responses, Column::Embeddings];
const ANTHROPIC: &[Column] = &[Column::Messages, Column::Counts];

/// A refusal with a code: its status, what it says, what that means, and whether a retry may help and is made.
struct Refusal {
    status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    message: &'static str,
    means: ErrorKind,
    again: Again,
}

const fn refusal(
    status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    message: &'static str,
    means: ErrorKind,
    again: Again,
) -> Refusal {
    Refusal {
        status,
        kind,
        code,
        message,
        means,
        again,
    }
}

const INVALID: &str = "invalid_request_error";
const LONG: &str = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.";
const LARGE: &str =
    "Request too large for gpt-4.1-mini on tokens per min (TPM): Limit 30000, Requested 40000.";
/// Where the key is shown that was refused.
const ECHO: &str =
    "Incorrect API key provided: {key}. You can find your API key at https://platform.openai.com.";

const OF_OPENAI: &[Refusal] = &[
    refusal(
        400,
        INVALID,
        None,
        "Invalid value for 'temperature'.",
        ErrorKind::InvalidRequest,
        Again::Never,
    ),
    refusal(
        400,
        INVALID,
        Some("context_length_exceeded"),
        LONG,
        ErrorKind::ContextWindow,
        Again::Never,
    ),
    refusal(
        400,
        INVALID,
        None,
        LONG,
        ErrorKind::ContextWindow,
        Again::Never,
    ),
    refusal(
        400,
        INVALID,
        Some("content_policy_violation"),
        "Rejected.",
        ErrorKind::ContentFilter,
        Again::Never,
    ),
    refusal(
        400,
        INVALID,
        Some("content_filter"),
        "The response was filtered.",
        ErrorKind::ContentFilter,
        Again::Never,
    ),
    refusal(
        401,
        INVALID,
        Some("invalid_api_key"),
        ECHO,
        ErrorKind::Authentication,
        Again::Never,
    ),
    refusal(
        403,
        "request_forbidden",
        Some("unsupported_country_region_territory"),
        "Not supported.",
        ErrorKind::Permission,
        Again::Never,
    ),
    refusal(
        404,
        INVALID,
        Some("model_not_found"),
        "The model `x` does not exist or you do not have access to it.",
        ErrorKind::NotFound,
        Again::Never,
    ),
    refusal(
        413,
        INVALID,
        None,
        "Maximum content size limit exceeded.",
        ErrorKind::InvalidRequest,
        Again::Never,
    ),
    refusal(
        413,
        "tokens",
        Some("rate_limit_exceeded"),
        LARGE,
        ErrorKind::RateLimited,
        Again::Never,
    ),
    refusal(
        422,
        INVALID,
        None,
        "Unprocessable.",
        ErrorKind::InvalidRequest,
        Again::Never,
    ),
    refusal(
        429,
        "requests",
        Some("rate_limit_exceeded"),
        "Rate limit reached for requests.",
        ErrorKind::RateLimited,
        Again::Once,
    ),
    refusal(
        429,
        "tokens",
        Some("rate_limit_exceeded"),
        LARGE,
        ErrorKind::RateLimited,
        Again::Never,
    ),
    refusal(
        429,
        "insufficient_quota",
        Some("insufficient_quota"),
        "You exceeded your current quota.",
        ErrorKind::Quota,
        Again::Never,
    ),
    refusal(
        500,
        "server_error",
        None,
        "The server had an error.",
        ErrorKind::Server,
        Again::Once,
    ),
    refusal(
        503,
        "service_unavailable_error",
        Some("slow_down"),
        "Slow down.",
        ErrorKind::Overloaded,
        Again::Once,
    ),
    refusal(
        503,
        "server_error",
        None,
        "The engine is currently overloaded.",
        ErrorKind::Overloaded,
        Again::Once,
    ),
    refusal(
        500,
        "server_error",
        None,
        "Upstream refused `Authorization: Bearer {key}`.",
        ErrorKind::Server,
        Again::Once,
    ),
];

const OF_ANTHROPIC: &[Refusal] = &[
    refusal(
        400,
        INVALID,
        None,
        "max_tokens: Field required",
        ErrorKind::InvalidRequest,
        Again::Never,
    ),
    refusal(
        400,
        INVALID,
        None,
        "prompt is too long: 210000 tokens > 200000 maximum",
        ErrorKind::ContextWindow,
        Again::Never,
    ),
    refusal(
        400,
        INVALID,
        None,
        "Output blocked by content filtering policy",
        ErrorKind::ContentFilter,
        Again::Never,
    ),
    refusal(
        400,
        INVALID,
        None,
        "Your credit balance is too low to access the API.",
        ErrorKind::Quota,
        Again::Never,
    ),
    refusal(
        401,
        "authentication_error",
        None,
        "invalid x-api-key {key}",
        ErrorKind::Authentication,
        Again::Never,
    ),
    refusal(
        402,
        "billing_error",
        None,
        "Payment failed.",
        ErrorKind::Quota,
        Again::Never,
    ),
    refusal(
        403,
        "permission_error",
        None,
        "Not for this key.",
        ErrorKind::Permission,
        Again::Never,
    ),
    refusal(
        404,
        "not_found_error",
        None,
        "model: x",
        ErrorKind::NotFound,
        Again::Never,
    ),
    refusal(
        413,
        "request_too_large",
        None,
        "Request exceeds the maximum size",
        ErrorKind::InvalidRequest,
        Again::Never,
    ),
    refusal(
        429,
        "rate_limit_error",
        None,
        "This request would exceed your rate limit.",
        ErrorKind::RateLimited,
        Again::Once,
    ),
    refusal(
        500,
        "api_error",
        None,
        "Internal server error",
        ErrorKind::Server,
        Again::Once,
    ),
    refusal(
        504,
        "timeout_error",
        None,
        "Request timed out",
        ErrorKind::Timeout,
        Again::ByTheCaller,
    ),
    refusal(
        529,
        "overloaded_error",
        None,
        "Overloaded",
        ErrorKind::Overloaded,
        Again::Once,
    ),
    refusal(
        503,
        "overloaded_error",
        None,
        "Overloaded",
        ErrorKind::Overloaded,
        Again::Once,
    ),
    refusal(
        500,
        "api_error",
        None,
        "Upstream refused `x-api-key: {key}`.",
        ErrorKind::Server,
        Again::Once,
    ),
];

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for refusal in OF_OPENAI {
        rows.extend(refusal.rows("Refusals in OpenAI's words", OPENAI));
    }
    for refusal in OF_ANTHROPIC {
        rows.extend(refusal.rows("Refusals in Anthropic's words", ANTHROPIC));
    }
    rows
}

impl Refusal {
    fn rows(&'static self, group: &'static str, columns: &'static [Column]) -> Vec<Row> {
        let name = self.code.unwrap_or(self.kind);
        let shown: String = self
            .message
            .split([',', '.', ':', '{'])
            .next()
            .unwrap()
            .trim()
            .to_owned();
        let title = format!("{} `{name}`, “{shown}”", self.status);
        let always = Row::new(group, title.clone(), Strikes::Before, |truth, _| {
            self.fault(truth).times(2)
        });
        let mut rows = vec![always.both(self.again.stated(self.means))];
        if self.again == Again::Once {
            let once = Row::new(group, title + ", once", Strikes::Before, |truth, _| {
                self.fault(truth)
            });
            rows.push(once.both(answer(2)));
        }
        let rows = rows.into_iter();
        rows.map(|row| row.on(columns).code(name).wait(None))
            .collect()
    }

    fn fault(&self, truth: &Truth) -> Fault {
        let message = self
            .message
            .replace("{key}", truth.route.key().unwrap_or_default());
        let body = match ANTHROPIC.contains(&truth.route.column) {
            true => {
                json!({"type": "error", "error": {"type": self.kind, "message": message}, "request_id": "req_1"})
            }
            false => {
                json!({"error": {"message": message, "type": self.kind, "param": null, "code": self.code}})
            }
        };
        Fault::replay(
            self.status,
            [("content-type", "application/json")],
            body.to_string(),
        )
    }
}
