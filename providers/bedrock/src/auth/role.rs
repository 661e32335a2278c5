//! A role to assume with whatever credentials there are.

use reqllm_core::{Error, Result};

use crate::options::Read;

/// The name of a session for which none was given.
const SESSION: &str = "reqllm";

/// A role, as STS's AssumeRole wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) arn: String,
    pub(crate) session_name: String,
    /// It is no secret: AWS says so, and it is part of the role's trust policy.
    pub(crate) external_id: Option<String>,
}

impl Role {
    /// The role that the options of a call ask for.
    pub(crate) fn of(options: &Read) -> Result<Option<Self>> {
        let Some(arn) = &options.role_arn else {
            let alone = [
                ("role_session_name", &options.role_session_name),
                ("external_id", &options.external_id),
            ];
            return match alone.iter().find(|(_, value)| value.is_some()) {
                Some((name, _)) => Err(Error::invalid_request(format!(
                    "option `{name}` of bedrock is for a role, and `role_arn` is missing"
                ))),
                None => Ok(None),
            };
        };
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        if !matches!(parts[..], ["arn", _, "iam", "", _, name] if name.starts_with("role/")) {
            return Err(Error::invalid_request(format!(
                "option `role_arn` of bedrock is {arn:?}; one such as arn:aws:iam::123456789012:role/name would do"
            )));
        }
        let session_name = options.role_session_name.as_deref().unwrap_or(SESSION);
        check("role_session_name", session_name, 2..=64, "=,.@-_")?;
        let external_id = options.external_id.clone();
        if let Some(id) = &external_id {
            check("external_id", id, 2..=1224, "=,.@:/-_")?;
        }
        Ok(Some(Self {
            arn: arn.clone(),
            session_name: session_name.to_owned(),
            external_id,
        }))
    }

    /// The role of a profile, whose keys `get` looks up.
    #[cfg(feature = "aws-config")]
    pub(super) fn in_profile(arn: &str, get: &impl Fn(&str) -> Option<String>) -> Self {
        Self {
            arn: arn.to_owned(),
            session_name: get("role_session_name").unwrap_or_else(|| SESSION.to_owned()),
            external_id: get("external_id"),
        }
    }
}

/// Source: AssumeRole in the reference of STS.
fn check(
    name: &str,
    value: &str,
    length: std::ops::RangeInclusive<usize>,
    marks: &str,
) -> Result<()> {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '+' || marks.contains(c);
    if length.contains(&value.len()) && value.chars().all(legal) {
        return Ok(());
    }
    Err(Error::invalid_request(format!(
        "option `{name}` of bedrock is {value:?}; {} to {} letters, digits and +{marks} would do",
        length.start(),
        length.end()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    const ARN: &str = "arn:aws-cn:iam::123456789012:role/path/name";

    fn role(options: Options) -> Result<Option<Role>> {
        Role::of(&Read::of(&options.into()).unwrap())
    }

    #[test]
    fn a_role_is_what_the_options_say() {
        assert_eq!(role(Options::new()).unwrap(), None);
        let plain = role(Options::new().role_arn(ARN)).unwrap().unwrap();
        assert_eq!(
            (plain.arn.as_str(), plain.session_name.as_str()),
            (ARN, "reqllm")
        );
        let options = Options::new()
            .role_arn(ARN)
            .role_session_name("me@example.com")
            .external_id("a:b/c");
        let full = role(options).unwrap().unwrap();
        assert_eq!(full.session_name, "me@example.com");
        assert_eq!(full.external_id.as_deref(), Some("a:b/c"));
    }

    #[test]
    fn what_sts_would_refuse_is_refused_here_and_named() {
        for (options, part) in [
            (Options::new().external_id("abc"), "`external_id`"),
            (
                Options::new().role_session_name("abc"),
                "`role_arn` is missing",
            ),
            (Options::new().role_arn("my-role"), "\"my-role\""),
            (
                Options::new().role_arn("arn:aws:iam::1:user/x"),
                "`role_arn`",
            ),
            (
                Options::new().role_arn("arn:aws:sts::1:role/x"),
                "`role_arn`",
            ),
            (
                Options::new().role_arn(ARN).role_session_name("a"),
                "2 to 64",
            ),
            (
                Options::new().role_arn(ARN).role_session_name("a b"),
                "\"a b\"",
            ),
            (
                Options::new().role_arn(ARN).external_id("a*c"),
                "`external_id`",
            ),
        ] {
            let error = role(options).unwrap_err();
            assert!(error.message().contains(part), "{part}: {error}");
        }
    }
}
