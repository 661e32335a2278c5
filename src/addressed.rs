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
    let Some((options, others)) = split(provider, request.options()) else {
        return (Cow::Borrowed(request), Vec::new());
    };
    let mut request = request.clone();
    *request.options_mut() = options;
    (Cow::Owned(request), others)
}

/// The options that are for `provider`.
pub(crate) fn options<'a>(
    provider: &dyn Provider,
    options: &'a ProviderOptions,
) -> Cow<'a, ProviderOptions> {
    match split(provider, options) {
        None => Cow::Borrowed(options),
        Some((mine, _)) => Cow::Owned(mine),
    }
}

fn split(
    provider: &dyn Provider,
    options: &ProviderOptions,
) -> Option<(ProviderOptions, Vec<Warning>)> {
    let (mine, others) = options.split(|owner| provider.takes_options_of(owner))?;
    let told = others.iter().map(|(owner, names)| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        Warning::new(
            "option_of_another_provider",
            format!(
                "options of {owner} were not given to {}: {}",
                provider.id(),
                names.join(", ")
            ),
        )
    });
    Some((mine, told.collect()))
}
