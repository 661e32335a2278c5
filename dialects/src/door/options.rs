//! Options by name, as a provider reads them.

use reqllm_core::{Error, ProviderOptions, Result, nearest};
use serde::Deserialize;
use serde_json::Value;

/// Declares what a provider reads its options into: a struct with a member for each of them, and a list of their names.
///
/// The struct gets a private method `take(&mut self, names, name, value) -> Result<()>` for [`OptionNames::read`]. Types are whatever
/// serde reads and `Default` makes; the crate needs `reqllm-core` and `serde_json` by these names.
///
/// ```
/// use reqllm_core::ProviderOptions;
/// use reqllm_dialects::door::OptionNames;
///
/// reqllm_dialects::options! {
///     /// The options of one call.
///     struct Read, NAMES {
///         api_key: Option<String>,
///         sample: Option<bool>,
///     }
/// }
/// const OPTIONS: OptionNames = OptionNames::new("acme", NAMES).secrets(&["api_key"]);
///
/// let mut options = ProviderOptions::new();
/// options.set("sample", true);
/// let mut read = Read::default();
/// OPTIONS.read(&options, |names, name, value| read.take(names, name, value))?;
/// assert_eq!((read.sample, read.api_key), (Some(true), None));
/// # Ok::<(), reqllm_core::Error>(())
/// ```
#[macro_export]
macro_rules! options {
    (
        $(#[$doc:meta])*
        $vis:vis struct $Read:ident, $NAMES:ident {
            $($name:ident: $type:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Default)]
        $vis struct $Read {
            $($vis $name: $type,)*
        }

        /// The names of the options.
        $vis const $NAMES: &[&str] = &[$(stringify!($name),)*];

        impl $Read {
            /// One option at a time, so that an error names it.
            fn take(
                &mut self,
                names: &$crate::door::OptionNames<'_>,
                name: &str,
                value: &::serde_json::Value,
            ) -> ::reqllm_core::Result<()> {
                match name {
                    $(stringify!($name) => self.$name = names.value(name, value)?,)*
                    _ => {}
                }
                Ok(())
            }
        }
    };
}

/// Which options a provider has, by name, and how they are read. What is given under another name is refused, with the nearest
/// one suggested.
///
/// ```
/// use reqllm_core::ProviderOptions;
/// use reqllm_dialects::door::OptionNames;
///
/// const OPTIONS: OptionNames = OptionNames::new("acme", &["api_key", "sample"]);
///
/// let mut options = ProviderOptions::new();
/// options.set("sampel", true);
/// let error = OPTIONS.read(&options, |_, _, _| Ok(())).unwrap_err();
/// assert_eq!(error.message(), r#"acme has no option "sampel"; did you mean "sample"?"#);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OptionNames<'p> {
    provider: &'p str,
    names: &'static [&'static str],
    aliases: &'static [(&'static str, &'static str)],
    texts: &'static [&'static str],
    secrets: &'static [&'static str],
    otherwise: &'static str,
    elsewhere: fn(&str) -> Option<&'static str>,
}

impl<'p> OptionNames<'p> {
    /// The options of a provider, which errors name.
    pub const fn new(provider: &'p str, names: &'static [&'static str]) -> Self {
        Self {
            provider,
            names,
            aliases: &[],
            texts: &[],
            secrets: &[],
            otherwise: "",
            elsewhere: |_| None,
        }
    }

    /// The same options of another provider, who is asked as this one is: errors name him.
    #[must_use]
    pub const fn asked_of<'q>(self, provider: &'q str) -> OptionNames<'q> {
        OptionNames { provider, ..self }
    }

    /// Other names of some, each with the one that it stands for. Both at once are refused.
    #[must_use]
    pub const fn aliases(mut self, aliases: &'static [(&'static str, &'static str)]) -> Self {
        self.aliases = aliases;
        self
    }

    /// Those that are text. A number or a flag that is given for one is its text, and a blank text is none.
    #[must_use]
    pub const fn texts(mut self, names: &'static [&'static str]) -> Self {
        self.texts = names;
        self
    }

    /// Those whose values are secrets: no error shows them.
    #[must_use]
    pub const fn secrets(mut self, names: &'static [&'static str]) -> Self {
        self.secrets = names;
        self
    }

    /// What to do about an option that is like none of them.
    #[must_use]
    pub const fn otherwise(mut self, advice: &'static str) -> Self {
        self.otherwise = advice;
        self
    }

    /// What an option is for that is none of these, where it is one of another operation.
    #[must_use]
    pub const fn elsewhere(mut self, operation: fn(&str) -> Option<&'static str>) -> Self {
        self.elsewhere = operation;
        self
    }

    /// Hands every option that is given to `put`, with these names and by its own, and stops at the first that is refused.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest) for a name that is none of these, and what `put`
    /// refuses.
    pub fn read(
        &self,
        options: &ProviderOptions,
        mut put: impl FnMut(&Self, &str, &Value) -> Result<()>,
    ) -> Result<()> {
        for (given, value) in options.iter() {
            let alias = self.aliases.iter().find(|(alias, _)| *alias == given);
            let name = alias.map_or(given, |(_, name)| name);
            if alias.is_some() && options.get(name).is_some() {
                return Err(Error::invalid_request(format!(
                    "options `{given}` and `{name}` of {} are the same; give one of them",
                    self.provider
                )));
            }
            if !self.names.contains(&name) {
                return Err(self.unknown(name));
            }
            match value {
                value if !self.texts.contains(&name) => put(self, name, value)?,
                Value::String(text) if text.trim().is_empty() => {}
                Value::Number(_) | Value::Bool(_) => {
                    put(self, name, &Value::String(value.to_string()))?;
                }
                value => put(self, name, value)?,
            }
        }
        Ok(())
    }

    /// The value of an option. `extra_headers` is one of texts, and shown as little as a secret, because it may have keys.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest), naming the option.
    pub fn value<'a, T: Deserialize<'a>>(&self, name: &str, value: &'a Value) -> Result<T> {
        T::deserialize(value).map_err(|error| {
            let why = match name {
                "extra_headers" => "it must be an object of strings".to_owned(),
                name if self.secrets.contains(&name) => "it must be a string".to_owned(),
                _ => error.to_string(),
            };
            let provider = self.provider;
            Error::invalid_request(format!("option `{name}` of {provider}: {why}"))
        })
    }

    fn unknown(&self, name: &str) -> Error {
        let provider = self.provider;
        if let Some(operation) = (self.elsewhere)(name) {
            return Error::invalid_request(format!(
                "option `{name}` of {provider} is for {operation}, not for a conversation; leave it out"
            ));
        }
        let names = || self.names.iter().copied();
        let hint = match (nearest(name, names()), self.otherwise) {
            (Some(near), _) => format!("did you mean {near:?}?"),
            (None, "") => format!("the options are {}", self.names.join(", ")),
            (None, advice) => format!("the options are {}; {advice}", self.names.join(", ")),
        };
        Error::invalid_request(format!("{provider} has no option {name:?}; {hint}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OPTIONS: OptionNames<'_> = OptionNames::new("acme", &["token", "level", "extra_headers"])
        .aliases(&[("key", "token")])
        .texts(&["token"])
        .secrets(&["token"])
        .otherwise("ask Acme")
        .elsewhere(|name| (name == "rank").then_some("ranks"));

    /// The options as they are put, or the refusal.
    fn put(options: Value) -> std::result::Result<Vec<(String, Value)>, String> {
        let options = options.as_object().unwrap().clone().into();
        let mut put = Vec::new();
        let read = OPTIONS.read(&options, |_, name, value| {
            match name {
                "level" => drop(OPTIONS.value::<u8>(name, value)?),
                "token" => drop(OPTIONS.value::<String>(name, value)?),
                _ => {
                    drop(OPTIONS.value::<std::collections::BTreeMap<String, String>>(name, value)?)
                }
            }
            put.push((name.to_owned(), value.clone()));
            Ok(())
        });
        read.map(|()| put)
            .map_err(|error| error.message().to_owned())
    }

    #[test]
    fn options_are_put_by_their_own_names_and_texts_as_texts() {
        let named = |value: Value| Ok(vec![("token".to_owned(), value)]);
        assert_eq!(put(json!({"key": "k"})), named(json!("k")));
        assert_eq!(put(json!({"token": 7})), named(json!("7")));
        assert_eq!(put(json!({"token": " "})), Ok(Vec::new()));
        assert_eq!(put(json!({})), Ok(Vec::new()));
    }

    #[test]
    fn a_refusal_says_why_and_shows_no_secret() {
        for (options, why) in [
            (
                json!({"key": "a", "token": "b"}),
                "`key` and `token` of acme are the same",
            ),
            (json!({"levels": 1}), "did you mean \"level\"?"),
            (
                json!({"qqqqqqqq": 1}),
                "token, level, extra_headers; ask Acme",
            ),
            (json!({"rank": 1}), "is for ranks, not for a conversation"),
            (
                json!({"level": "s3cret"}),
                "option `level` of acme: invalid type",
            ),
            (
                json!({"token": ["s3cret"]}),
                "option `token` of acme: it must be a string",
            ),
            (
                json!({"extra_headers": {"x": ["s3cret"]}}),
                "it must be an object of strings",
            ),
        ] {
            let refused = put(options).unwrap_err();
            assert!(refused.contains(why), "{refused}");
            assert!(
                why.contains("level") || !refused.contains("s3cret"),
                "{refused}"
            );
        }
    }

    #[test]
    fn whoever_is_asked_is_named() {
        let named = |options: Value| {
            let options = options.as_object().unwrap().clone().into();
            let names = OPTIONS.asked_of("acme-too");
            let read = names.read(&options, |names, name, value| {
                names.value::<u8>(name, value).map(drop)
            });
            read.unwrap_err().message().to_owned()
        };
        for options in [
            json!({"key": "a", "token": "b"}),
            json!({"levels": 1}),
            json!({"rank": 1}),
            json!({"level": "high"}),
        ] {
            let refused = named(options);
            assert!(refused.contains("acme-too"), "{refused}");
        }
    }
}
