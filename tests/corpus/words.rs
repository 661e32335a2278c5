//! What the words of the vendors and of AWS mean in the library's contract, from their references and not from its code.

use crate::wire::{Native, Wire};

/// The finish reason that a vendor's word for why it stopped stands for.
pub(crate) fn finish_reason(wire: Wire, raw: &str) -> &'static str {
    let native = match wire {
        Wire::Mantle(_) | Wire::MantleStream(_) => return of_mantle(raw),
        Wire::Invoke(native) | Wire::InvokeStream(native) => native,
        // Converse, and Nova's own form, which has the same words.
        _ => Native::Nova,
    };
    let words: &[(&str, &str)] = match native {
        // The service model, shape StopReason.
        Native::Nova => &[
            ("end_turn", "stop"),
            ("stop_sequence", "stop"),
            ("max_tokens", "length"),
            ("tool_use", "tool_calls"),
            ("guardrail_intervened", "content_filter"),
            ("content_filtered", "content_filter"),
            ("model_context_window_exceeded", "context_window"),
        ],
        // Anthropic's Messages API reference.
        Native::Claude => &[
            ("end_turn", "stop"),
            ("stop_sequence", "stop"),
            ("max_tokens", "length"),
            ("tool_use", "tool_calls"),
            ("refusal", "content_filter"),
            ("model_context_window_exceeded", "context_window"),
        ],
        // AWS's user guide to Bedrock, the page of each vendor.
        Native::Titan => &[
            ("FINISH", "stop"),
            ("LENGTH", "length"),
            ("CONTENT_FILTERED", "content_filter"),
        ],
        Native::Llama => &[("stop", "stop"), ("length", "length")],
        // One answer says `max_tokens`, which the guide does not know, and means it.
        Native::Mistral => &[
            ("stop", "stop"),
            ("length", "length"),
            ("max_tokens", "length"),
        ],
        // Cohere's API reference, Generate and Chat.
        Native::Command | Native::CommandR => &[
            ("COMPLETE", "stop"),
            ("STOP_SEQUENCE", "stop"),
            ("MAX_TOKENS", "length"),
            ("ERROR_TOXIC", "content_filter"),
            ("ERROR_LIMIT", "context_window"),
            ("ERROR", "error"),
        ],
        Native::NoModel => &[],
    };
    let known = words.iter().find(|(word, _)| *word == raw);
    known.map_or("unknown", |(_, reason)| reason)
}

/// OpenAI's API reference: `finish_reason` of Chat Completions; `status` and `incomplete_details.reason` of Responses, whose
/// reader says itself where tools were called.
fn of_mantle(raw: &str) -> &'static str {
    match raw {
        "stop" | "completed" => "stop",
        "length" | "max_output_tokens" => "length",
        "tool_calls" => "tool_calls",
        "content_filter" => "content_filter",
        _ => "unknown",
    }
}

/// The kind of error that a refusal is, by AWS's name of it, else by its status.
pub(crate) fn error_kind(code: Option<&str>, status: Option<u64>) -> &'static str {
    match (code, status) {
        (Some("ValidationException"), _) => "invalid_request",
        (Some("AccessDeniedException"), _) => "permission",
        (Some("ServiceUnavailableException"), _) => "overloaded",
        (
            Some(
                "UnrecognizedClientException"
                | "InvalidSignatureException"
                | "ExpiredTokenException",
            ),
            _,
        ) => "authentication",
        (None, Some(400)) => "invalid_request",
        _ => "a kind that nobody has written down here",
    }
}
