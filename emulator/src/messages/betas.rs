//! What `anthropic-beta` may say.

use http::HeaderMap;

use super::Door;
use super::error::invalid;
use crate::error::ApiError;

/// The betas there are or were: those that Anthropic's client for Python 2.12 names, and those of its documentation that are
/// part of the API by now.
const KNOWN: &[&str] = &[
    "advanced-tool-use-2025-11-20",
    "advisor-tool-2026-03-01",
    "agent-memory-2026-07-22",
    "cache-diagnosis-2026-04-07",
    "claude-code-20250219",
    "code-execution-2025-05-22",
    "code-execution-2025-08-25",
    "compact-2026-01-12",
    "compact-2026-09-04",
    "computer-use-2024-10-22",
    "computer-use-2025-01-24",
    "computer-use-2025-11-24",
    "context-1m-2025-08-07",
    CONTEXT_MANAGEMENT,
    "dev-full-thinking-2025-05-14",
    "effort-2025-11-24",
    "extended-cache-ttl-2025-04-11",
    FAST_MODE,
    "fallback-credit-2026-06-01",
    "fallback-credit-2026-07-01",
    "files-api-2025-04-14",
    "fine-grained-tool-streaming-2025-05-14",
    "inline-tools-2026-09-15",
    INTERLEAVED_THINKING,
    "managed-agents-2026-04-01",
    "mcp-client-2025-04-04",
    "mcp-client-2025-11-20",
    "mcp-client-2026-09-15",
    "message-batches-2024-09-24",
    "message-threads-2026-08-12",
    "mid-conversation-output-config-2026-07-01",
    "mid-conversation-system-clear-at-2026-08-21",
    "mid-conversation-tool-changes-2026-07-01",
    "model-context-window-exceeded-2025-08-26",
    "oauth-2025-04-20",
    "output-128k-2025-02-19",
    "output-300k-2026-03-24",
    "pdfs-2024-09-25",
    "prompt-caching-2024-07-31",
    "search-results-2025-06-09",
    "server-side-fallback-2026-06-01",
    "server-side-fallback-2026-07-01",
    "skills-2025-10-02",
    "structured-outputs-2025-11-13",
    "task-budgets-2026-03-13",
    "thinking-binding-controls-2026-08-01",
    "thinking-display-updates-2026-08-18",
    "thinking-token-count-2026-05-13",
    "token-counting-2024-11-01",
    "token-efficient-tools-2025-02-19",
    "tool-examples-2025-10-29",
    "tool-search-tool-2025-10-19",
    "user-profiles-2026-03-24",
    "user-profiles-2026-08-18",
    "user-profiles-2026-09-04",
    "web-fetch-2025-09-10",
    "web-search-2025-03-05",
];

/// Lets a request say `context_management`.
pub(super) const CONTEXT_MANAGEMENT: &str = "context-management-2025-06-27";
/// Lets a request say `speed`.
pub(super) const FAST_MODE: &str = "fast-mode-2026-02-01";
/// Lets Claude think between calls of tools: the budget is then for the whole turn, and may exceed `max_tokens`.
pub(super) const INTERLEAVED_THINKING: &str = "interleaved-thinking-2025-05-14";

/// The betas that a request asks for.
#[derive(Debug)]
pub(super) struct Betas(Vec<&'static str>);

impl Betas {
    /// Each header may have several, with commas between them. One that is unknown is refused.
    pub(super) fn of(door: Door, headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut betas = Vec::new();
        let mut unknown = Vec::new();
        for value in headers.get_all("anthropic-beta") {
            let value = String::from_utf8_lossy(value.as_bytes());
            for name in value.split(',').map(str::trim).filter(|it| !it.is_empty()) {
                match KNOWN.iter().find(|known| **known == name) {
                    Some(known) => betas.push(*known),
                    None => unknown.push(format!("`{name}`")),
                }
            }
        }
        match (door, unknown.is_empty()) {
            (_, true) => Ok(Self(betas)),
            // In the words of InvokeModel, as users quote them in bug reports.
            (Door::Bedrock(_), false) => Err(invalid("invalid beta flag")),
            (Door::Anthropic, false) => Err(invalid(format!(
                "Unexpected value(s) {} for the `anthropic-beta` header. Take them out, or see the documentation for the \
                 betas there are.",
                unknown.join(", ")
            ))),
        }
    }

    /// For those who do not know betas.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }
}
