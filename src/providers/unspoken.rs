//! Dialects that the registry names and nobody here speaks: what they need that is not here.

/// What is missing, for people who meet such a model. The dialects are names of packages, as models.dev has them.
pub(super) fn needs(dialect: &str) -> Option<&'static str> {
    let row = UNSPOKEN.iter().find(|(name, _)| *name == dialect);
    row.map(|(_, needs)| *needs)
}

/// Sources: Google's "Gemini API reference" and "Claude on Vertex AI"; IBM's "watsonx.ai API reference"; SAP's "Consume
/// generative AI models"; GitLab's "AI Gateway".
const UNSPOKEN: &[(&str, &str)] = &[
    (
        "google",
        "it is Gemini's own form, generateContent, with a key in `x-goog-api-key`",
    ),
    (
        "google-vertex",
        "it is Gemini's own form at an address of a project and a location, with an OAuth token of Google Cloud",
    ),
    (
        "google-vertex/anthropic",
        "it is Anthropic's form at `:rawPredict`, with `anthropic_version` in the body and an OAuth token of Google Cloud",
    ),
    (
        "@qvac/ai-sdk-provider",
        "it is OpenAI's form, at a server of your own whose address the registry does not have",
    ),
    (
        "watsonx-ai-provider",
        "it is IBM's own form, with a project in each body and a token that IBM's IAM gives for the key",
    ),
    (
        "@jerome-benoit/sap-ai-provider-v2",
        "it is SAP's orchestration, at an address of a deployment, with a token that a service key is changed for",
    ),
    (
        "gitlab-ai-provider",
        "GitLab gives short tokens and addresses for its token, and passes other vendors' forms on",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dialect_is_there_once() {
        for (at, (name, _)) in UNSPOKEN.iter().enumerate() {
            assert!(UNSPOKEN[..at].iter().all(|(other, _)| other != name));
            assert!(needs(name).is_some());
        }
        assert_eq!(needs("openai"), None);
    }
}
