//! Which door a call takes, and why.

use reqllm_core::{Error, ErrorKind, Model, Result, Warning};

use super::line::{self, Line};
use crate::model_id::Arn;
use crate::options::{Api, Endpoint, Read};

/// A door that is neither Converse nor Invoke.
#[derive(Debug)]
pub(crate) struct Door<'a> {
    pub(super) endpoint: Endpoint,
    pub(super) api: Api,
    pub(super) line: &'static Line,
    /// The id that is sent.
    pub(super) id: &'a str,
    /// Below which path.
    pub(super) base: &'a str,
    pub(super) reason: String,
    /// What was done to the id.
    pub(super) note: Option<Warning>,
}

impl Door<'_> {
    /// Its name, for messages to people.
    pub(super) fn name(&self) -> String {
        format!("{} on {}", api_name(self.api), self.endpoint.host())
    }
}

/// The door that a call takes; none for Converse and Invoke.
///
/// The options say which, by `endpoint` and `api`; where they do not, a model that `bedrock-mantle` alone has goes there, and so does
/// one that it alone has in the form that is asked for.
pub(crate) fn of<'a>(model: &'a Model, options: &'a Read) -> Result<Option<Door<'a>>> {
    let id = options.sent_id(model);
    let alone = line::is_on_mantle_alone(id) || is_name_of_mantle(model, id);
    let (endpoint, why) = match (options.endpoint, options.api) {
        (None, None) if options.use_converse.is_some() && is_name_of_mantle(model, id) => {
            return Err(only_on_mantle(model, id));
        }
        (None, None) if options.use_converse.is_some() => return inside(options),
        (None, None) if alone => {
            let why = format!("{id} is known to bedrock-mantle alone");
            (Endpoint::Mantle, why)
        }
        (None, None) if is_of_mantle(model) => {
            let why = "the model's `base_url` is of bedrock-mantle".to_owned();
            (Endpoint::Mantle, why)
        }
        (None, None) => return inside(options),
        (Some(Endpoint::Runtime), _) if alone && options.use_converse.is_none() => {
            return Err(only_on_mantle(model, id));
        }
        (Some(Endpoint::Runtime), None) => return inside(options),
        (Some(endpoint), _) => (endpoint, format!("`endpoint` is {:?}", endpoint.as_str())),
        (None, Some(api)) => {
            let endpoint = match alone || is_of_mantle(model) || is_on_mantle_only(id, api) {
                true => Endpoint::Mantle,
                false => Endpoint::Runtime,
            };
            (endpoint, format!("`api` is {:?}", api.as_str()))
        }
    };
    if options.use_converse.is_some() {
        return Err(Error::invalid_request(format!(
            "option `use_converse` of bedrock is for Converse and Invoke, and {why}; drop one of them"
        )));
    }
    through(id, endpoint, why, options).map(Some)
}

/// Converse or Invoke, unless an option wants what they do not have.
fn inside<'a>(options: &Read) -> Result<Option<Door<'a>>> {
    let strays = [
        ("project", options.project.is_some()),
        ("mantle_base_path", options.mantle_base_path.is_some()),
        ("store", options.store.is_some()),
    ];
    match strays.iter().find(|(_, given)| *given) {
        None => Ok(None),
        Some((name, _)) => Err(Error::invalid_request(format!(
            "option `{name}` of bedrock means nothing to Converse and Invoke; set option `endpoint` to \"mantle\" too, or leave it out"
        ))),
    }
}

fn through<'a>(
    id: &'a str,
    endpoint: Endpoint,
    why: String,
    options: &'a Read,
) -> Result<Door<'a>> {
    let (line, geographic) = line::of(id);
    let is_arn = Arn::parse(id).is_some();
    let application = is_arn && id.contains("application-inference-profile/");
    if endpoint == Endpoint::Mantle && (is_arn || geographic) {
        return Err(unsupported(format!(
            "{id:?} is an inference profile or an ARN, which bedrock-mantle does not know; give the id of the model itself, or set option `endpoint` to \"runtime\""
        )));
    }
    // Bifrost, litellm: Converse alone knows it.
    if application {
        return Err(unsupported(format!(
            "{id:?} is an application inference profile, which goes by Converse alone; leave options `endpoint` and `api` out"
        )));
    }
    let has = match endpoint {
        Endpoint::Mantle => line.mantle,
        Endpoint::Runtime => line.runtime,
    };
    let host = endpoint.host();
    let api = match (options.api, has) {
        (_, []) => {
            return Err(unsupported(format!("{host} has no form for {id:?}")));
        }
        (Some(api), has) if !has.contains(&api) => {
            let words: Vec<&str> = has.iter().map(|api| api.as_str()).collect();
            return Err(unsupported(format!(
                "{id:?} has no {} on {host}; option `api` may be {}",
                api_name(api),
                words.join(" or ")
            )));
        }
        (Some(api), _) => api,
        (None, [first, ..]) => *first,
    };
    let base = base(endpoint, api, line, options)?;
    let mut reason = format!("{why}, and {} it is", api_name(api));
    let name = line::name_on_mantle(id).filter(|_| endpoint == Endpoint::Mantle);
    let note = name.map(|name| {
        reason = format!("{reason}; {host} knows it as {name}");
        let message = format!("{host} knows {id} as {name}, so that is sent");
        Warning::new("id_of_endpoint", message)
    });
    Ok(Door {
        endpoint,
        api,
        line,
        id: name.unwrap_or(id),
        base,
        reason,
        note,
    })
}

/// Below which path the form is. Sources: AWS user guide, "Responses API", "Chat Completions API", "Messages API".
fn base<'a>(
    endpoint: Endpoint,
    api: Api,
    line: &'static Line,
    options: &'a Read,
) -> Result<&'a str> {
    let given = options.mantle_base_path.as_deref();
    let base = match (endpoint, api) {
        (_, Api::Messages) => "/anthropic/v1",
        (Endpoint::Runtime, _) => "/openai/v1",
        (Endpoint::Mantle, _) => match given {
            None => line.base,
            Some(path @ ("/v1" | "/openai/v1")) => return Ok(path),
            Some(path) => {
                return Err(Error::invalid_request(format!(
                    "option `mantle_base_path` of bedrock is {path:?}; \"/v1\" or \"/openai/v1\" would do"
                )));
            }
        },
    };
    if given.is_some() {
        return Err(Error::invalid_request(format!(
            "option `mantle_base_path` of bedrock is for OpenAI's forms on bedrock-mantle, and the call goes by {} on {}; leave it out",
            api_name(api),
            endpoint.host()
        )));
    }
    Ok(base)
}

/// Whether an id is what `bedrock-mantle` calls a model that `bedrock-runtime` has by another id, which the registry knows.
fn is_name_of_mantle(model: &Model, id: &str) -> bool {
    let base = model.base_model.as_deref();
    base.is_some_and(|base| line::name_on_mantle(base) == Some(id))
}

/// Whether `bedrock-mantle` has a model in this form, and `bedrock-runtime` does not.
fn is_on_mantle_only(id: &str, api: Api) -> bool {
    let (line, geographic) = line::of(id);
    let of_runtime = geographic || Arn::parse(id).is_some();
    !of_runtime && !line.runtime.contains(&api) && line.mantle.contains(&api)
}

fn is_of_mantle(model: &Model) -> bool {
    let base = model.base_url.as_deref();
    base.is_some_and(|url| url.starts_with("https://bedrock-mantle."))
}

fn only_on_mantle(model: &Model, id: &str) -> Error {
    let base = model.base_model.as_deref();
    let base = base.filter(|base| line::name_on_mantle(base) == Some(id));
    let other = match (base, line::of(id).0.runtime) {
        (Some(base), _) => format!(", or give {base:?}, which is what bedrock-runtime calls it"),
        (None, []) => String::new(),
        (None, [Api::Chat]) => {
            format!(", or give its id with a version, such as \"{id}-1:0\"")
        }
        (None, _) => {
            format!(", or give the id of an inference profile, such as \"us.{id}\"")
        }
    };
    unsupported(format!(
        "bedrock-runtime does not know {id:?}, bedrock-mantle does; leave option `endpoint` out{other}"
    ))
}

fn unsupported(message: String) -> Error {
    Error::new(ErrorKind::Unsupported, message)
}

/// What its vendor calls a form.
pub(super) fn api_name(api: Api) -> &'static str {
    match api {
        Api::Chat => "Chat Completions",
        Api::Responses => "Responses",
        Api::Messages => "Messages",
    }
}
