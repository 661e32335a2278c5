//! Server-sent events: how Anthropic and OpenAI send a stream.
//!
//! Written from the HTML standard, "Server-sent events": lines of `field: value`, and a blank line behind each event.

/// One event. Every line of `data` becomes a line of its own, as the format wants it.
pub(crate) fn event(name: Option<&str>, data: &str) -> Vec<u8> {
    let mut out = String::with_capacity(data.len() + 32);
    if let Some(name) = name {
        out.push_str("event: ");
        out.push_str(name);
        out.push('\n');
    }
    for line in data.split('\n') {
        out.push_str("data: ");
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_ends_with_a_blank_line() {
        assert_eq!(event(None, "[DONE]"), b"data: [DONE]\n\n");
        assert_eq!(
            event(Some("ping"), "{}\n{}"),
            b"event: ping\ndata: {}\ndata: {}\n\n"
        );
    }
}
