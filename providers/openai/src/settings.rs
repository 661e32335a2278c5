//! Ranges of the common settings.

use reqllm_core::{Call, Error, Result};

/// Refuses what no server of this form takes.
///
/// Source: OpenAI's API reference, "Create chat completion".
pub(crate) fn check(call: &Call) -> Result<()> {
    let settings = &call.settings;
    for (name, value, most) in [
        ("temperature", settings.temperature, 2.0),
        ("top_p", settings.top_p, 1.0),
    ] {
        if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
            return Err(Error::invalid_request(format!(
                "`{name}` is {value}; 0 to {most} would do"
            )));
        }
    }
    if settings.max_tokens == Some(0) {
        return Err(Error::invalid_request(
            "`max_tokens` is 0; 1 or more would do",
        ));
    }
    if settings.top_k == Some(0) {
        return Err(Error::invalid_request("`top_k` is 0; 1 or more would do"));
    }
    if settings.stop.iter().any(String::is_empty) {
        return Err(Error::invalid_request(
            "`stop` has an empty sequence; one of at least a character would do",
        ));
    }
    Ok(())
}
