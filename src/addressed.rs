//! Whose options a request carries: who is asked gets his own, and those that are for anybody.

use std::borrow::Cow;

use reqllm_core::{
    AccountQuery, Call, Embed, GuardrailCheck, Provider, ProviderOptions, Rerank, Warning,
};

/// A request with options of a provider.
pub(crate) trait WithOptions: Clone {
    fn options(&self) -> &ProviderOptions;
    fn options_mut(&mut self) -> &mut ProviderOptions;
}

macro_rules! with_options {
    ($($request:ty)*) => {$(
        impl WithOptions for $request {
            fn options(&self) -> &ProviderOptions {
                &self.options
            }

            fn options_mut(&mut self) -> &mut ProviderOptions {
                &mut self.options
            }
        }
    )*};
}

with_options!(Call Embed Rerank GuardrailCheck AccountQuery);

/// The request as it goes to `provider`, without the options of others, and a warning for each of these others. It is copied
/// only if something is left out.
pub(crate) fn to<'a, R: WithOptions>(
    provider: &dyn Provider,
    request: &'a R,
) -> (Cow<'a, R>, Vec<Warning>) {
    let is_mine = |owner: &str| provider.takes_options_of(owner);
    let Some(options) = request.options().without_others(is_mine) else {
        return (Cow::Borrowed(request), Vec::new());
    };
    let told = told(provider, request.options().others(is_mine));
    let mut request = request.clone();
    *request.options_mut() = options;
    (Cow::Owned(request), told)
}

/// The options that are for `provider`.
pub(crate) fn options<'a>(
    provider: &dyn Provider,
    options: &'a ProviderOptions,
) -> Cow<'a, ProviderOptions> {
    match options.without_others(|owner| provider.takes_options_of(owner)) {
        None => Cow::Borrowed(options),
        Some(mine) => Cow::Owned(mine),
    }
}

fn told<'a>(
    provider: &dyn Provider,
    others: impl Iterator<Item = (&'static str, &'a str)>,
) -> Vec<Warning> {
    let mut names: Vec<(&str, String)> = Vec::new();
    for (owner, name) in others {
        match names.iter_mut().find(|(known, _)| *known == owner) {
            Some((_, names)) => *names += &format!(", `{name}`"),
            None => names.push((owner, format!("`{name}`"))),
        }
    }
    let told = names.into_iter().map(|(owner, names)| {
        let message = format!(
            "options of {owner} were not given to {}: {names}",
            provider.id()
        );
        Warning::new("option_of_another_provider", message)
    });
    told.collect()
}
