//! What the codes of a service mean, as a table has them, and the status of an answer where nothing else says so.
//!
//! Sources of the statuses: RFC 9110, section 15, and RFC 6585 of 429; Cloudflare's documentation of 522 and 524; Groq's guide "API error
//! codes" of 498, where the flex tier has no room. 529 is what Anthropic and others answer with when they are overloaded.

use reqllm_core::ErrorKind::{
    self, Authentication, Config, InvalidRequest, NotFound, Overloaded, Permission, Quota,
    RateLimited, Server, Timeout,
};

/// One code of a service: a row of a table.
///
/// ```
/// use reqllm_core::ErrorKind;
/// use reqllm_dialects::meaning::{Code, find, later, never};
///
/// const CODES: &[Code] = &[
///     never("no_such_model", ErrorKind::NotFound, "see the list of models"),
///     later("busy", ErrorKind::Overloaded, ""),
/// ];
/// assert!(find(CODES, "Busy").is_some_and(|code| code.retryable));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Code {
    /// As the service writes it.
    pub name: &'static str,
    /// The kind of error.
    pub kind: ErrorKind,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// What to do where the message itself says nothing that is known.
    pub advice: &'static str,
}

/// A code with which the same call fails again.
pub const fn never(name: &'static str, kind: ErrorKind, advice: &'static str) -> Code {
    Code {
        name,
        kind,
        retryable: false,
        advice,
    }
}

/// A code with which the same call may succeed later.
pub const fn later(name: &'static str, kind: ErrorKind, advice: &'static str) -> Code {
    Code {
        name,
        kind,
        retryable: true,
        advice,
    }
}

/// The row of a code, in whatever letters.
pub fn find(codes: &'static [Code], name: &str) -> Option<&'static Code> {
    codes
        .iter()
        .find(|code| code.name.eq_ignore_ascii_case(name))
}

/// The kind of error that a status stands for, and whether the same request may go well later.
pub fn of_status(status: u16) -> (ErrorKind, bool) {
    match status {
        401 => (Authentication, false),
        402 => (Quota, false),
        403 => (Permission, false),
        // 405: there is something at the address, and it is no API of this form.
        404 | 405 | 410 => (NotFound, false),
        // A proxy in between wants credentials of its own.
        407 => (Config, false),
        408 | 504 | 522 | 524 => (Timeout, true),
        // OpenAI's and Anthropic's own clients make the same request again: a lock was held.
        409 => (Server, true),
        429 => (RateLimited, true),
        498 | 503 | 529 => (Overloaded, true),
        // What the server cannot do at all, it cannot do later.
        501 | 505 => (Server, false),
        500.. => (Server, true),
        _ => (InvalidRequest, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_what_it_is_and_whether_to_try_again() {
        for (status, kind, retryable) in [
            (400, InvalidRequest, false),
            (401, Authentication, false),
            (403, Permission, false),
            (404, NotFound, false),
            (405, NotFound, false),
            (407, Config, false),
            (409, Server, true),
            (413, InvalidRequest, false),
            (422, InvalidRequest, false),
            (429, RateLimited, true),
            (500, Server, true),
            (501, Server, false),
            (503, Overloaded, true),
            (504, Timeout, true),
            (522, Timeout, true),
            (529, Overloaded, true),
        ] {
            assert_eq!(of_status(status), (kind, retryable), "{status}");
        }
    }
}
