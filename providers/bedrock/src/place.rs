//! Where requests go, and who makes them.

mod address;
mod known;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::Uri;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqllm_core::{Error, Model, ProviderOptions, Result, Warning};

pub(crate) use self::known::Known;

use self::known::{Asked, Found};
use crate::auth::{Auth, Held};
use crate::model_id::Arn;
use crate::options::{Endpoint, Read};
use crate::provider::Bedrock;
use crate::{endpoint, region};

/// Region, address and credentials of the requests of one call.
#[derive(Debug)]
pub(crate) struct Place {
    found: Arc<Found>,
    pub(crate) auth: Arc<Auth>,
    pub(crate) warnings: Vec<Warning>,
}

impl Place {
    /// Where calls of a model go.
    pub(crate) fn of_model(bedrock: &Bedrock, options: &Read, model: &Model) -> Result<Self> {
        Self::of_model_at(bedrock, options, model, Endpoint::Runtime)
    }

    /// Where calls of a model go that this host serves.
    pub(crate) fn of_model_at(
        bedrock: &Bedrock,
        options: &Read,
        model: &Model,
        endpoint: Endpoint,
    ) -> Result<Self> {
        let arn = Arn::parse(options.sent_id(model));
        let base_url = model.base_url.as_deref();
        Self::of_host(bedrock, options, base_url, arn, endpoint, "model")
    }

    /// The region of [`Place::of_model`], of options of any operation, for an error to speak of.
    pub(crate) fn region_of(
        bedrock: &Bedrock,
        model: &Model,
        options: &ProviderOptions,
    ) -> Option<String> {
        let text = |name: &str| {
            let text = options.get(name)?.as_str()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let options = Read {
            region: text("region"),
            profile: text("profile"),
            inference_profile_arn: text("inference_profile_arn"),
            api_key: text("api_key").map(Into::into),
            access_key_id: text("access_key_id"),
            ..Read::default()
        };
        let arn = Arn::parse(options.sent_id(model));
        let settings = bedrock.settings(&options).ok()?;
        let held = bedrock.held(&options).ok()?;
        region::resolve(
            &options,
            held.region(),
            &bedrock.env,
            &settings,
            arn.as_ref(),
        )
        .ok()
    }

    /// Where calls about a guardrail go.
    pub(crate) fn of_guardrail(bedrock: &Bedrock, options: &Read, id: &str) -> Result<Self> {
        let arn = Arn::parse(id);
        Self::of_host(bedrock, options, None, arn, Endpoint::Runtime, "guardrail")
    }

    /// Where the account is asked for its models, or for the one of this id. `own` is the address that was given for that.
    pub(crate) fn of_account(
        bedrock: &Bedrock,
        options: &Read,
        own: Option<&str>,
        id: Option<&str>,
    ) -> Result<Self> {
        let arn = id.and_then(Arn::parse);
        let settings = bedrock.settings(options)?;
        let held = bedrock.held(options)?;
        let region = region::resolve(
            options,
            held.region(),
            &bedrock.env,
            &settings,
            arn.as_ref(),
        )?;
        let client = bedrock.endpoint_url.as_deref();
        let at = bedrock.configured(&settings);
        let base = endpoint::control(own, options, client, &at, &region)?;
        let passed_over = own.is_none() && endpoint::is_passed_over(options, client, &at)?;
        let found = Found::new(region, Endpoint::Runtime, &base, settings)?;
        let mut place = Self::at(bedrock, options, Arc::new(found), &held)?;
        if passed_over {
            place.warnings.push(Warning::new(
                "endpoint_not_used",
                format!(
                    "the endpoint that is set is the runtime's; the list of models is asked of {base}, which option `control_endpoint_url` would change"
                ),
            ));
        }
        place.compare(arn, "entry");
        Ok(place)
    }

    fn of_host(
        bedrock: &Bedrock,
        options: &Read,
        base_url: Option<&str>,
        arn: Option<Arn<'_>>,
        endpoint: Endpoint,
        of_what: &str,
    ) -> Result<Self> {
        let held = bedrock.held(options)?;
        let asked = Asked::of(options, base_url, arn.as_ref(), endpoint, held.generation);
        let found = bedrock.places.find(&asked, || {
            let settings = bedrock.settings(options)?;
            let region = region::resolve(
                options,
                held.region(),
                &bedrock.env,
                &settings,
                arn.as_ref(),
            )?;
            let client = bedrock.endpoint_url.as_deref();
            let at = bedrock.configured(&settings);
            let base = endpoint::resolve(options, base_url, client, &at, &region, endpoint)?;
            Found::new(region, endpoint, &base, settings)
        })?;
        let mut place = Self::at(bedrock, options, found, &held)?;
        place.compare(arn, of_what);
        Ok(place)
    }

    /// Tells if an ARN is of another region than the one that is asked.
    fn compare(&mut self, arn: Option<Arn<'_>>, of_what: &str) {
        if let Some(arn) = arn.filter(|arn| !arn.region.is_empty() && arn.region != self.region()) {
            self.warnings.push(Warning::new(
                "region_mismatch",
                format!(
                    "the call goes to {}, and the {of_what}'s ARN is of {}",
                    self.region(),
                    arn.region
                ),
            ));
        }
    }

    fn at(bedrock: &Bedrock, options: &Read, found: Arc<Found>, held: &Held) -> Result<Self> {
        let auth = found.auth(bedrock, options, held.set.as_deref())?;
        let trouble = found.trouble();
        let warnings = trouble.map(|trouble| Warning::new("profile_not_read", trouble));
        Ok(Self {
            auth: Arc::new(auth),
            warnings: warnings.into_iter().collect(),
            found,
        })
    }

    /// The region of the call.
    pub(crate) fn region(&self) -> &str {
        self.found.region()
    }

    /// Whether the address is one that AWS gives its hosts.
    pub(crate) fn is_of_aws(&self) -> bool {
        self.found.address().is_below(".api.aws")
    }

    /// A request that sends JSON. `path` begins with a slash.
    pub(crate) fn post(
        &self,
        path: fmt::Arguments<'_>,
        body: Bytes,
    ) -> Result<http::Request<Bytes>> {
        let uri = self.found.address().uri(path);
        self.json(uri, path, body)
    }

    /// The same, in a form whose base `path` begins with. The address may end in one, as those do that the clients of OpenAI
    /// and Anthropic are given; the form's own comes in its place.
    pub(crate) fn post_with_base(
        &self,
        path: fmt::Arguments<'_>,
        body: Bytes,
    ) -> Result<http::Request<Bytes>> {
        let uri = self.found.address().uri_with_base(path);
        self.json(uri, path, body)
    }

    fn json(
        &self,
        uri: Result<Uri, http::Error>,
        path: fmt::Arguments<'_>,
        body: Bytes,
    ) -> Result<http::Request<Bytes>> {
        let mut request = self.request(http::Method::POST, uri, path, body)?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        Ok(request)
    }

    /// A request that asks for JSON. `path` begins with a slash and may have a query.
    pub(crate) fn get(&self, path: fmt::Arguments<'_>) -> Result<http::Request<Bytes>> {
        let uri = self.found.address().uri(path);
        let mut request = self.request(http::Method::GET, uri, path, Bytes::new())?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(ACCEPT, json);
        Ok(request)
    }

    fn request(
        &self,
        method: http::Method,
        uri: Result<Uri, http::Error>,
        path: fmt::Arguments<'_>,
        body: Bytes,
    ) -> Result<http::Request<Bytes>> {
        let uri = uri.map_err(|error| {
            Error::config(format!(
                "{:?} is no address that can be asked: {error}",
                format!("{}{path}", self.found.address())
            ))
        })?;
        let mut request = http::Request::new(body);
        // Nearly always the content type and what is accepted.
        *request.headers_mut() = HeaderMap::with_capacity(2);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        Ok(request)
    }
}

#[cfg(test)]
mod tests;
