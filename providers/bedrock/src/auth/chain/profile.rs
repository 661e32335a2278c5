//! Profiles of AWS's configuration files, read as aws-config reads them.

use std::borrow::Cow;

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::EnvConfigValue;
use aws_types::os_shim_internal::{Env, Fs};
use futures_util::FutureExt;
use reqllm_core::{Environment, Error, ErrorKind, Result, nearest};

use super::env;
use crate::auth::role::Role;
use crate::auth::settings::Settings;

/// What the profile says that the call names, or else the environment's.
///
/// A profile that the call names must be there. Of any other trouble the settings tell, as it need not concern the call.
pub(in crate::auth) fn settings(env: &Environment, named: Option<&str>) -> Result<Settings> {
    match Profiles::read(env, named) {
        Ok(profiles) => {
            let mut settings = profiles.settings();
            settings.trouble = profiles.missing(env);
            Ok(settings)
        }
        Err(error) if named.is_some() => Err(error),
        Err(error) => Ok(Settings {
            trouble: Some(error.message().to_owned()),
            ..Settings::default()
        }),
    }
}

/// The profiles, and which of them is meant.
#[derive(Debug)]
pub(super) struct Profiles(ProfileSet);

/// What the credentials of a profile begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing: the profile has none, or there is no profile.
    None,
    Keys,
    Sso,
    Process,
    WebIdentity,
    /// `credential_source`, by name.
    Named(String),
}

/// Where the way along `source_profile` ends.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) profile: String,
    pub(super) kind: Kind,
    /// The roles that are assumed, first to last.
    pub(super) roles: Vec<Role>,
    /// A profile that is named on the way and is not there.
    broken: Option<String>,
}

impl Profiles {
    pub(super) fn read(env: &Environment, named: Option<&str>) -> Result<Self> {
        let view = env::snapshot(env, false);
        if !has_place(env) {
            return match named {
                None => Ok(Self(ProfileSet::default())),
                Some(name) => Err(Error::config(format!(
                    "option `profile` of bedrock is {name:?}, and neither HOME nor AWS_CONFIG_FILE says where profiles are; set one of them"
                ))),
            };
        }
        let (fs, files) = (Fs::real(), Default::default());
        let name = named.map(|name| Cow::Owned(name.to_owned()));
        // It is `async` in form: files are read at once.
        let read = aws_config::profile::load(&fs, &view, &files, name).now_or_never();
        let sections = match read {
            Some(Ok(sections)) => sections,
            Some(Err(error)) => {
                return Err(Error::config(format!(
                    "{} cannot be read: {error}; mend them",
                    places(env)
                )));
            }
            None => return Err(Error::config("the profiles were not read at once")),
        };
        let profiles = Self(sections);
        match named {
            Some(name) if profiles.0.get_profile(name).is_none() => Err(Error::config(
                profiles.unknown("option `profile`", name, env),
            )),
            _ => Ok(profiles),
        }
    }

    /// Tells of a profile that the environment names and that is not there.
    pub(super) fn missing(&self, env: &Environment) -> Option<String> {
        let name = env.get("AWS_PROFILE")?;
        let there = self.0.get_profile(self.0.selected_profile()).is_some();
        (!there).then(|| self.unknown("AWS_PROFILE", &name, env))
    }

    /// Refuses what AWS's SDK for Rust would pass over in silence, to come to other credentials than were meant.
    pub(super) fn check(&self, env: &Environment) -> Result<()> {
        let trouble = self.missing(env).or_else(|| {
            let base = self.base();
            let broken = base.broken?;
            Some(self.unknown(
                &format!("`source_profile` of profile {:?}", base.profile),
                &broken,
                env,
            ))
        });
        match trouble {
            Some(message) => {
                Err(Error::new(ErrorKind::Authentication, message).with_provider(crate::ID))
            }
            None => Ok(()),
        }
    }

    pub(super) fn selected(&self) -> &str {
        self.0.selected_profile()
    }

    fn unknown(&self, source: &str, name: &str, env: &Environment) -> String {
        let hint = match nearest(name, self.0.profiles()) {
            Some(near) => format!("did you mean {near:?}?"),
            None if self.0.is_empty() => "there are no profiles".to_owned(),
            None => {
                let mut names: Vec<&str> = self.0.profiles().collect();
                names.sort_unstable();
                format!("there are {}", names.join(", "))
            }
        };
        format!(
            "{source} is {name:?}, and {} have no such profile; {hint}",
            places(env)
        )
    }

    fn settings(&self) -> Settings {
        let get = |key: &str| self.0.get(key).map(str::to_owned);
        let url = |service: &str| {
            let value = EnvConfigValue::new()
                .profile("endpoint_url")
                .service_id(service);
            let nothing = Env::from_slice(&[]);
            let found = value.load(&nothing, Some(&self.0));
            found.map(|(url, _)| url.into_owned())
        };
        Settings {
            profile: self.selected().to_owned(),
            region: get("region"),
            runtime_url: url("bedrock_runtime"),
            mantle_url: url("bedrock_mantle"),
            control_url: url("bedrock"),
            ignore_configured_endpoint_urls: get("ignore_configured_endpoint_urls"),
            use_fips_endpoint: get("use_fips_endpoint"),
            use_dualstack_endpoint: get("use_dualstack_endpoint"),
            disable_clock_skew_correction: get("disable_clock_skew_correction"),
            trouble: None,
        }
    }

    /// Follows `source_profile` to its end.
    pub(super) fn base(&self) -> Base {
        let mut base = Base {
            profile: self.selected().to_owned(),
            kind: Kind::None,
            roles: Vec::new(),
            broken: None,
        };
        let mut seen = Vec::new();
        while let Some(profile) = self.0.get_profile(&base.profile) {
            let get = |key: &str| profile.get(key).map(str::to_owned);
            // A profile may name itself: then its own keys come first. Any other loop is told of by aws-config.
            let again = seen.contains(&base.profile);
            seen.push(base.profile.clone());
            if let Some(arn) = profile.get("role_arn").filter(|_| !again) {
                if get("web_identity_token_file").is_some() {
                    base.kind = Kind::WebIdentity;
                    break;
                }
                base.roles.insert(0, Role::in_profile(arn, &get));
                if let Some(next) = get("source_profile") {
                    if self.0.get_profile(&next).is_none() {
                        base.broken = Some(next);
                        break;
                    }
                    base.profile = next;
                    continue;
                }
                if let Some(source) = get("credential_source") {
                    base.kind = Kind::Named(source);
                    break;
                }
            }
            let has = |key: &str| profile.get(key).is_some();
            base.kind = if has("sso_session") || has("sso_start_url") {
                Kind::Sso
            } else if has("credential_process") {
                Kind::Process
            } else if has("aws_access_key_id") {
                Kind::Keys
            } else {
                Kind::None
            };
            break;
        }
        base
    }

    /// The roles of a profile that begins with the keys of the environment, first to last.
    pub(super) fn roles_over_environment(&self) -> Option<Vec<Role>> {
        let base = self.base();
        let over =
            matches!(&base.kind, Kind::Named(name) if name.eq_ignore_ascii_case("Environment"));
        over.then_some(base.roles)
    }
}

/// The files that hold profiles, for messages.
pub(super) fn places(env: &Environment) -> String {
    let place = |name: &str, default: &str| env.get(name).unwrap_or_else(|| default.to_owned());
    let config = place("AWS_CONFIG_FILE", "~/.aws/config");
    let credentials = place("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
    format!("{config} and {credentials}")
}

/// Whether it can be known where the files are.
fn has_place(env: &Environment) -> bool {
    [
        "HOME",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "USERPROFILE",
        "HOMEDRIVE",
    ]
    .iter()
    .any(|name| env.get(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "\
[default]
region = eu-west-1
[profile dev]
region = eu-west-3
services = local
endpoint_url = https://all.example.com
use_fips_endpoint = false
disable_clock_skew_correction = true
sso_session = corp
[profile top]
role_arn = arn:aws:iam::1:role/top
external_id = x-1
source_profile = middle
[profile middle]
role_arn = arn:aws:iam::1:role/middle
credential_source = environment
[profile astray]
role_arn = arn:aws:iam::1:role/astray
source_profile = nowhere
[profile self]
role_arn = arn:aws:iam::1:role/self
source_profile = self
aws_access_key_id = A
aws_secret_access_key = B
[profile loop]
role_arn = arn:aws:iam::1:role/a
source_profile = loop2
[profile loop2]
role_arn = arn:aws:iam::1:role/b
source_profile = loop
[services local]
bedrock_runtime =
  endpoint_url = http://localhost:1
";

    fn home(config: &str) -> (tempfile::TempDir, String) {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".aws")).unwrap();
        std::fs::write(home.path().join(".aws/config"), config).unwrap();
        let path = home.path().to_str().unwrap().to_owned();
        (home, path)
    }

    fn env(home: &str, more: &[(&str, &str)]) -> Environment {
        Environment::of(more.iter().copied().chain([("HOME", home)]))
    }

    #[test]
    fn the_profile_that_is_meant_speaks() {
        let (_home, home) = home(CONFIG);
        for (more, named, region) in [
            (&[][..], None, "eu-west-1"),
            (&[("AWS_PROFILE", "dev")], None, "eu-west-3"),
            (&[("AWS_PROFILE", "dev")], Some("default"), "eu-west-1"),
        ] {
            let settings = settings(&env(&home, more), named).unwrap();
            assert_eq!(settings.region.as_deref(), Some(region));
            assert_eq!(settings.trouble, None);
        }
        let dev = settings(&env(&home, &[]), Some("dev")).unwrap();
        assert_eq!(dev.runtime_url.as_deref(), Some("http://localhost:1"));
        assert_eq!(dev.control_url.as_deref(), Some("https://all.example.com"));
        assert_eq!(dev.use_fips_endpoint.as_deref(), Some("false"));
        assert_eq!(dev.profile, "dev");
        assert!(dev.trusts_own_clock(&env(&home, &[])).unwrap());
        let off = env(&home, &[("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "false")]);
        assert!(!dev.trusts_own_clock(&off).unwrap());
    }

    #[test]
    fn a_profile_that_is_not_there_is_told_of() {
        let (_home, home) = home(CONFIG);
        let error = settings(&env(&home, &[]), Some("devv")).unwrap_err();
        for part in [
            "`profile`",
            "\"devv\"",
            "~/.aws/config",
            "did you mean \"dev\"",
        ] {
            assert!(error.message().contains(part), "{error}");
        }
        let by_env = env(&home, &[("AWS_PROFILE", "production")]);
        let trouble = settings(&by_env, None).unwrap().trouble.unwrap();
        assert!(
            trouble.contains("AWS_PROFILE") && trouble.contains("astray, default, dev"),
            "{trouble}"
        );
        let error = Profiles::read(&by_env, None)
            .unwrap()
            .check(&by_env)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        let astray = env(&home, &[("AWS_PROFILE", "astray")]);
        let error = Profiles::read(&astray, None)
            .unwrap()
            .check(&astray)
            .unwrap_err();
        assert!(
            error
                .message()
                .contains("`source_profile` of profile \"astray\""),
            "{error}"
        );
    }

    #[test]
    fn files_that_are_not_there_or_broken_do_no_harm_unless_they_are_asked_for() {
        let nowhere = Environment::empty();
        assert_eq!(
            settings(&nowhere, None).unwrap(),
            Settings {
                profile: "default".into(),
                ..Settings::default()
            }
        );
        assert!(
            settings(&nowhere, Some("dev"))
                .unwrap_err()
                .message()
                .contains("HOME")
        );
        let (_home, home) = home("[profile dev\nregion");
        let trouble = settings(&env(&home, &[]), None).unwrap().trouble.unwrap();
        assert!(trouble.contains("~/.aws/config"), "{trouble}");
        assert!(settings(&env(&home, &[]), Some("dev")).is_err());
    }

    #[test]
    fn the_way_along_source_profile_ends_somewhere() {
        let (_home, home) = home(CONFIG);
        let base = |name: &str| Profiles::read(&env(&home, &[]), Some(name)).unwrap().base();
        assert_eq!(base("dev").kind, Kind::Sso);
        assert_eq!(base("self").kind, Kind::Keys);
        assert_eq!(base("default").kind, Kind::None);
        let top = base("top");
        assert_eq!(
            (top.profile.as_str(), top.kind),
            ("middle", Kind::Named("environment".into()))
        );
        let arns: Vec<&str> = top.roles.iter().map(|role| role.arn.as_str()).collect();
        assert_eq!(
            arns,
            ["arn:aws:iam::1:role/middle", "arn:aws:iam::1:role/top"]
        );
        assert_eq!(top.roles[1].external_id.as_deref(), Some("x-1"));
        assert_eq!(base("loop").kind, Kind::None, "it comes to an end");
    }
}
