//! Recordings that the library does not read as the independent reading does, each with the reason.
//!
//! A miss that is not here fails the test, and so does an entry for a recording that is read after all.

/// Ids of recordings, and why they are missed.
pub(crate) const EXPLAINED: &[(&str, &str)] = &[(
    "newrelic-python/0020-_mock_external_bedrock_server_invoke_model",
    "its recorder wrote emoji as surrogates, each half by itself, so the body is not valid UTF-8 and no JSON: a decode error is right",
)];

/// Why a recording is missed, if that is known.
pub(crate) fn explained(id: &str) -> Option<&'static str> {
    let (_, why) = EXPLAINED.iter().find(|(missed, _)| *missed == id)?;
    Some(why)
}
