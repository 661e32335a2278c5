//! What is said, and what it means.

use reqllm_core::ErrorKind::{
    self, Authentication, ContentFilter, ContextWindow, InvalidRequest, NotFound, Overloaded,
    Permission, Quota, RateLimited, Server, Stream, Timeout,
};

/// What a code or a type means. Those that mean no more than a status does, and are given with several, are not here.
pub(super) fn of_word(word: &str) -> Option<(ErrorKind, bool)> {
    Some(match word {
        // OpenAI; many follow it.
        "invalid_api_key" | "invalid_organization" | "authentication_error" => {
            (Authentication, false)
        }
        "insufficient_quota"
        | "billing_hard_limit_reached"
        | "billing_not_active"
        | "quota_exceeded"
        | "exceeded_current_quota_error" => (Quota, false),
        "rate_limit_exceeded" | "rate_limit_error" | "requests" | "tokens" => (RateLimited, true),
        "context_length_exceeded" | "string_above_max_length" => (ContextWindow, false),
        "content_filter"
        | "content_policy_violation"
        | "invalid_prompt"
        | "sensitive"
        | "content_policy_violation_error"
        | "cyber_policy" => (ContentFilter, false),
        "model_not_found" | "not_found_error" | "NotFoundError" => (NotFound, false),
        "permission_error"
        | "permission_denied"
        | "unsupported_country_region_territory"
        | "mismatched_organization" => (Permission, false),
        "server_error" | "internal_server_error" | "InternalServerError" | "api_error" => {
            (Server, true)
        }
        "service_unavailable"
        | "service_unavailable_error"
        | "overloaded_error"
        | "engine_overloaded"
        | "engine_overloaded_error"
        | "server_overloaded"
        | "slow_down"
        | "capacity_exceeded"
        | "ServiceUnavailableError" => (Overloaded, true),
        "timeout" | "request_timeout" => (Timeout, true),
        // Groq: the model wrote a call that fits no tool; the same question may go well.
        "tool_use_failed" => (ErrorKind::Model, true),
        // llama.cpp and Z.AI.
        "exceed_context_size_error" | "model_context_window_exceeded" => (ContextWindow, false),
        "unavailable_error" => (Overloaded, true),
        _ => return None,
    })
}

/// Whether a code says all there is to say. The texts of rate limits speak of billing, where one buys a higher limit.
pub(super) fn is_clear(word: &str) -> bool {
    matches!(word, "rate_limit_exceeded" | "rate_limit_error")
}

/// How Groq (status 413) and OpenAI (429) begin where one request has more tokens than there may be in a minute, with the
/// code of a rate limit.
pub(super) const TOO_LARGE: &str = "request too large";

/// Words by which a kind is known that neither code nor status tells.
pub(super) struct Saying {
    /// All of these are in the message, in small letters, in this order.
    parts: &'static [&'static str],
    /// The kinds that code or status must have given.
    pub(super) of: &'static [ErrorKind],
    pub(super) kind: ErrorKind,
    pub(super) retryable: bool,
}

impl Saying {
    pub(super) fn is_in(&self, lower: &str) -> bool {
        let mut rest = lower;
        self.parts.iter().all(|part| match rest.split_once(part) {
            Some((_, behind)) => {
                rest = behind;
                true
            }
            None => false,
        })
    }
}

const fn says(parts: &'static [&'static str], of: &'static [ErrorKind], kind: ErrorKind) -> Saying {
    Saying {
        parts,
        of,
        kind,
        retryable: matches!(kind, Overloaded | RateLimited),
    }
}

/// What may be told as one's own mistake.
const REQUEST: &[ErrorKind] = &[InvalidRequest, Server, Stream];

/// What may be told of money.
const MONEY: &[ErrorKind] = &[InvalidRequest, RateLimited, Permission];

/// The first that fits counts.
pub(super) const SAYINGS: &[Saying] = &[
    // vLLM, SGLang, OpenAI, OpenRouter: all have "maximum context length"; llama.cpp: "exceeds the available context size".
    says(&["context length"], REQUEST, ContextWindow),
    says(&["context window"], REQUEST, ContextWindow),
    says(&["context size"], REQUEST, ContextWindow),
    says(&["maximum prompt length"], REQUEST, ContextWindow),
    says(&["prompt is too long"], REQUEST, ContextWindow),
    says(
        &["too large for model with", "context"],
        REQUEST,
        ContextWindow,
    ),
    says(
        &["reduce the length of the messages"],
        REQUEST,
        ContextWindow,
    ),
    // Gemini's door, which has OpenAI's words for a quota that is out, and says of limits of the minute when to come back.
    says(
        &["exceeded your current quota", "limit: 0,"],
        &[RateLimited],
        Quota,
    ),
    says(
        &["exceeded your current quota", "please retry in"],
        &[RateLimited],
        RateLimited,
    ),
    says(
        &["input token count", "exceeds the maximum"],
        REQUEST,
        ContextWindow,
    ),
    says(&["api key not valid"], &[InvalidRequest], Authentication),
    says(&["api key expired"], &[InvalidRequest], Authentication),
    says(&["exceeded your current quota"], &[RateLimited], Quota),
    says(&["billing hard limit"], MONEY, Quota),
    says(&["billing is not active"], MONEY, Quota),
    says(&["billing not active"], MONEY, Quota),
    says(&["insufficient balance"], MONEY, Quota),
    says(&["insufficient credit"], MONEY, Quota),
    says(&["out of credits"], MONEY, Quota),
    // xAI refuses a key with 400, others with 403.
    says(
        &["incorrect api key"],
        &[InvalidRequest, Permission],
        Authentication,
    ),
    says(
        &["invalid api key"],
        &[InvalidRequest, Permission],
        Authentication,
    ),
    says(&["invalid token"], &[Permission], Authentication),
    says(&["overloaded"], &[RateLimited, Server, Stream], Overloaded),
    says(&["at capacity"], &[RateLimited, Server, Stream], Overloaded),
    says(&["rate limit"], &[Stream, Server], RateLimited),
    says(&["model", "does not exist"], &[InvalidRequest], NotFound),
    says(&["model", "not found"], &[InvalidRequest], NotFound),
    says(&["not a valid model"], &[InvalidRequest], NotFound),
    says(&["no endpoints found"], &[InvalidRequest], NotFound),
    says(
        &["content management policy"],
        &[InvalidRequest, Permission],
        ContentFilter,
    ),
    says(
        &["content policy"],
        &[InvalidRequest, Permission],
        ContentFilter,
    ),
    says(
        &["safety system"],
        &[InvalidRequest, Permission],
        ContentFilter,
    ),
    // OpenRouter answers 403 if the input was flagged.
    says(&["flagged"], &[InvalidRequest, Permission], ContentFilter),
    says(&["content exists risk"], &[InvalidRequest], ContentFilter),
];
