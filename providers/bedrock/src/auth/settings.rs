//! What a profile of AWS's configuration files says beside credentials.

use reqllm_core::{Environment, Error, Result};

/// Settings of one profile. All of it is text as it stands in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The name of the profile, for errors.
    pub(crate) profile: String,
    pub(crate) region: Option<String>,
    /// Address of Bedrock Runtime: from the section `services` that the profile names, else that of all services.
    pub(crate) runtime_url: Option<String>,
    /// Address of `bedrock-mantle`, likewise.
    pub(crate) mantle_url: Option<String>,
    /// Address of Bedrock's control plane, likewise.
    pub(crate) control_url: Option<String>,
    pub(crate) ignore_configured_endpoint_urls: Option<String>,
    pub(crate) use_fips_endpoint: Option<String>,
    pub(crate) use_dualstack_endpoint: Option<String>,
    pub(crate) disable_clock_skew_correction: Option<String>,
    /// Why there are none although somebody named the profile, or the files are there.
    pub(crate) trouble: Option<String>,
}

impl Settings {
    /// Whether something is switched on: by the option, else by the variable, else by the profile.
    pub(crate) fn flag(
        &self,
        option: Option<bool>,
        env: &Environment,
        variable: &str,
        (key, of_profile): (&str, Option<&String>),
    ) -> Result<bool> {
        if let Some(value) = option {
            return Ok(value);
        }
        let (source, text) = match (env.get(variable), of_profile) {
            (Some(text), _) => (variable.to_owned(), text),
            (None, Some(text)) => (
                format!("`{key}` of profile {:?}", self.profile),
                text.clone(),
            ),
            (None, None) => return Ok(false),
        };
        match text.as_str() {
            text if text.eq_ignore_ascii_case("true") => Ok(true),
            text if text.eq_ignore_ascii_case("false") => Ok(false),
            text => Err(Error::config(format!(
                "{source} is {text:?}; true or false would do"
            ))),
        }
    }

    /// Whether signatures are left as this machine's clock has them.
    pub(super) fn trusts_own_clock(&self, env: &Environment) -> Result<bool> {
        let own = self.disable_clock_skew_correction.as_ref();
        let key = ("disable_clock_skew_correction", own);
        self.flag(None, env, "AWS_DISABLE_CLOCK_SKEW_CORRECTION", key)
    }
}
