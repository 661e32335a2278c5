//! Bedrock's ranges of the common settings.

use reqllm_core::{Call, Error, Result};

/// Refuses what no model of Bedrock takes.
///
/// Source: shape InferenceConfiguration of the service model.
pub(crate) fn check(call: &Call) -> Result<()> {
    check_to(call, 1.0)
}

/// The same, for forms that have a highest temperature of their own.
pub(crate) fn check_to(call: &Call, hottest: f64) -> Result<()> {
    let settings = &call.settings;
    for (name, value, most) in [
        ("temperature", settings.temperature, hottest),
        ("top_p", settings.top_p, 1.0),
    ] {
        if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
            return Err(Error::invalid_request(format!(
                "`{name}` is {value}; 0 to {most} would do on Bedrock"
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
    if settings.stop.len() > 2500 {
        return Err(Error::invalid_request(format!(
            "`stop` has {} sequences; at most 2500 would do",
            settings.stop.len()
        )));
    }
    if settings.stop.iter().any(String::is_empty) {
        return Err(Error::invalid_request(
            "`stop` has an empty sequence; one of at least a character would do",
        ));
    }
    Ok(())
}
