//! What went wrong on the way to credentials, and what to do about it.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_types::error::ErrorMetadata;
use reqllm_core::{Environment, Error, ErrorKind};

use super::profile::{Base, Kind, Profiles, places};

/// Why the chain gave nothing. `looked_at` are the places that were looked at before it.
pub(super) fn chain(
    error: &CredentialsError,
    env: &Environment,
    profiles: &Profiles,
    looked_at: &str,
) -> Error {
    if matches!(error, CredentialsError::CredentialsNotLoaded(_)) {
        return nothing(env, profiles, looked_at);
    }
    let base = profiles.base();
    if matches!(error, CredentialsError::InvalidConfiguration(_)) && base.kind == Kind::None {
        let whose = format!("profile {:?} of {}", profiles.selected(), places(env));
        let advice = "mend it, or set other credentials";
        return refuse(error, format!("{whose} cannot be used"), advice);
    }
    if base.kind != Kind::None || !base.roles.is_empty() {
        return of_profile(error, env, profiles.selected(), &base);
    }
    if let (Some(file), Some(_)) = (
        env.get("AWS_WEB_IDENTITY_TOKEN_FILE"),
        env.get("AWS_ROLE_ARN"),
    ) {
        return web_identity(error, &format!("AWS_WEB_IDENTITY_TOKEN_FILE ({file})"));
    }
    for name in [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ] {
        if env.get(name).is_some() {
            return container(error, name);
        }
    }
    instance(error)
}

/// Why a role was not assumed.
pub(super) fn role(error: &(dyn StdError + 'static), arn: &str) -> Error {
    if let Some(network) = network(error) {
        return by(
            network,
            format!("STS could not be asked for the role {arn}"),
        );
    }
    refuse(
        error,
        format!("STS refused the role {arn}"),
        "check that its trust policy names who you are (aws sts get-caller-identity) and the external id, and that you may sts:AssumeRole",
    )
}

fn nothing(env: &Environment, profiles: &Profiles, looked_at: &str) -> Error {
    let off = env
        .get("AWS_EC2_METADATA_DISABLED")
        .is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let instance = match off {
        true => "switched off by AWS_EC2_METADATA_DISABLED",
        false => "it did not answer, or has no role",
    };
    let message = format!(
        "no credentials for Bedrock; looked at {looked_at}, profile {:?} of {}, AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, \
         AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI, and the metadata service of the \
         instance ({instance}); set one of them",
        profiles.selected(),
        places(env)
    );
    Error::new(ErrorKind::Authentication, message).with_provider(crate::ID)
}

fn of_profile(
    error: &(dyn StdError + 'static),
    env: &Environment,
    selected: &str,
    base: &Base,
) -> Error {
    let told = told(error);
    let whose = format!("profile {:?} of {}", base.profile, places(env));
    // The base was there; it is a role on top of it that failed. Only STS knows of roles.
    if let Some(role) = base.roles.last()
        && !(base.kind == Kind::Process && told.contains("external process"))
        && (told.contains("AssumeRole") || told.contains("sts:") || base.kind == Kind::Keys)
    {
        return self::role(error, &format!("{} of profile {selected:?}", role.arn));
    }
    match &base.kind {
        Kind::Sso => sso(error, &whose, &base.profile),
        // What the command writes may be secret, on either channel, so nothing of it is shown.
        Kind::Process => {
            let status = told
                .split("exited with code ")
                .nth(1)
                .and_then(|rest| rest.split('.').next());
            let what = match status {
                Some(status) => format!("ended with {status}"),
                None => "did not give credentials in the form that AWS documents".to_owned(),
            };
            Error::new(
                ErrorKind::Authentication,
                format!("`credential_process` of {whose} {what}; run it by hand to see why"),
            )
            .with_provider(crate::ID)
        }
        Kind::WebIdentity => web_identity(error, &whose),
        Kind::Named(name) if name.eq_ignore_ascii_case("EcsContainer") => {
            container(error, &format!("`credential_source` of {whose}"))
        }
        Kind::Named(name) if name.eq_ignore_ascii_case("Ec2InstanceMetadata") => instance(error),
        Kind::Named(_) | Kind::Keys | Kind::None => refuse(
            error,
            format!("{whose} gave no credentials"),
            "check what it says",
        ),
    }
}

fn sso(error: &(dyn StdError + 'static), whose: &str, profile: &str) -> Error {
    if let Some(network) = network(error) {
        return by(network, format!("SSO could not be asked for {whose}"));
    }
    let told = told(error);
    if told.contains("ForbiddenException") || told.contains("ResourceNotFoundException") {
        let what = "check `sso_account_id` and `sso_role_name`, and that the role is given to you";
        return refuse(error, format!("SSO refused the role of {whose}"), what);
    }
    if told.contains("InvalidConfiguration") || told.contains("invalid SSO config") {
        return refuse(
            error,
            format!("the SSO settings of {whose} are wrong"),
            "mend them",
        );
    }
    let login = format!("run `aws sso login --profile {profile}`");
    refuse(
        error,
        format!("the SSO session of {whose} is missing or has expired"),
        &login,
    )
}

fn web_identity(error: &(dyn StdError + 'static), whose: &str) -> Error {
    match network(error) {
        Some(network) => by(
            network,
            format!("STS could not be asked for the web identity of {whose}"),
        ),
        None => refuse(
            error,
            format!("the web identity of {whose} gave no credentials"),
            "check that the token file can be read and is of now, and that the role trusts who issued it",
        ),
    }
}

fn container(error: &(dyn StdError + 'static), whose: &str) -> Error {
    let what = format!("the container's credentials ({whose})");
    match network(error) {
        Some(network) => by(network, format!("{what} could not be asked for")),
        None => refuse(
            error,
            format!("{what} were refused"),
            "check the role of the task or pod, and the authorization token",
        ),
    }
}

fn instance(error: &(dyn StdError + 'static)) -> Error {
    let what = "the instance's metadata service (IMDSv2)";
    match network(error) {
        Some(network) => by(
            network,
            format!("{what} could not be asked for credentials"),
        ),
        None => refuse(
            error,
            format!("{what} gave no credentials"),
            "check the instance's role and, in a container, the hop limit; AWS_EC2_METADATA_DISABLED=true switches it off",
        ),
    }
}

fn refuse(error: &(dyn StdError + 'static), what: String, advice: &str) -> Error {
    let message = format!("{what}: {}; {advice}", told(error));
    Error::new(ErrorKind::Authentication, message).with_provider(crate::ID)
}

/// Nobody answered: it may go better next time, so the kind stays what it was.
fn by(network: &Error, what: String) -> Error {
    Error::new(network.kind(), format!("{what}: {}", network.message()))
        .set_retryable(true)
        .with_provider(crate::ID)
}

/// The error of the round trip, if no answer came, or one of a service in trouble.
fn network<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<Error>())
        .find(|error| {
            matches!(
                error.kind(),
                ErrorKind::Timeout
                    | ErrorKind::Transport
                    | ErrorKind::Overloaded
                    | ErrorKind::RateLimited
            )
        })
}

/// What the errors say, from the outermost to the one that knows. Their `Debug` is never shown: it holds whole answers.
fn told(error: &(dyn StdError + 'static)) -> String {
    /// Errors that only wrap.
    const EMPTY: &[&str] = &[
        "service error",
        "an error occurred while loading credentials",
        "unexpected credentials error",
        "unhandled error",
    ];
    let mut told: Vec<String> = Vec::new();
    for cause in causes(error) {
        let text = match cause.downcast_ref::<ErrorMetadata>() {
            Some(said) => match (said.code(), said.message()) {
                (Some(code), Some(message)) => format!("{code}: {message}"),
                (one, other) => one.or(other).unwrap_or_default().to_owned(),
            },
            None => cause.to_string(),
        };
        let new = told.last().is_none_or(|last| !last.contains(&text));
        if new && !text.is_empty() && !EMPTY.contains(&text.as_str()) {
            told.push(text);
        }
    }
    match told.is_empty() {
        true => "nothing was said about why".to_owned(),
        false => told.join(": "),
    }
}

fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let first: Option<&'a (dyn StdError + 'static)> = Some(error);
    std::iter::successors(first, |error| (*error).source())
}
