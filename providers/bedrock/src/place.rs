//! Where requests go, and who makes them.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqllm_core::{Error, Model, ProviderOptions, Result, Warning};

use crate::auth::{Auth, Search, Settings};
use crate::model_id::Arn;
use crate::options::Read;
use crate::provider::Bedrock;
use crate::{endpoint, region};

/// Region, address and credentials of the requests of one call.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) region: String,
    /// The base of the URL, without a slash at the end.
    base: String,
    pub(crate) auth: Arc<Auth>,
    pub(crate) warnings: Vec<Warning>,
}

impl Place {
    /// Where calls of a model go.
    pub(crate) fn of_model(bedrock: &Bedrock, options: &Read, model: &Model) -> Result<Self> {
        let arn = Arn::parse(options.sent_id(model));
        let base_url = model.base_url.as_deref();
        Self::of_runtime(bedrock, options, base_url, arn, "model")
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
            ..Read::default()
        };
        let arn = Arn::parse(options.sent_id(model));
        let settings = bedrock.settings(&options).ok()?;
        region::resolve(&options, &bedrock.env, &settings, arn.as_ref()).ok()
    }

    /// Where calls about a guardrail go.
    pub(crate) fn of_guardrail(bedrock: &Bedrock, options: &Read, id: &str) -> Result<Self> {
        Self::of_runtime(bedrock, options, None, Arn::parse(id), "guardrail")
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
        let region = region::resolve(options, &bedrock.env, &settings, arn.as_ref())?;
        let client = bedrock.endpoint_url.as_deref();
        let at = bedrock.configured(&settings);
        let base = endpoint::control(own, options, client, &at, &region)?;
        let mut place = Self::at(bedrock, options, &settings, region, base)?;
        if own.is_none() && endpoint::is_passed_over(options, client, &at)? {
            place.warnings.push(Warning::new(
                "endpoint_not_used",
                format!(
                    "the endpoint that is set is the runtime's; the list of models is asked of {}, which option `control_endpoint_url` would change",
                    place.base
                ),
            ));
        }
        place.compare(arn, "entry");
        Ok(place)
    }

    fn of_runtime(
        bedrock: &Bedrock,
        options: &Read,
        base_url: Option<&str>,
        arn: Option<Arn<'_>>,
        of_what: &str,
    ) -> Result<Self> {
        let settings = bedrock.settings(options)?;
        let region = region::resolve(options, &bedrock.env, &settings, arn.as_ref())?;
        let client = bedrock.endpoint_url.as_deref();
        let at = bedrock.configured(&settings);
        let base = endpoint::resolve(options, base_url, client, &at, &region)?;
        let mut place = Self::at(bedrock, options, &settings, region, base)?;
        place.compare(arn, of_what);
        Ok(place)
    }

    /// Tells if an ARN is of another region than the one that is asked.
    fn compare(&mut self, arn: Option<Arn<'_>>, of_what: &str) {
        if let Some(arn) = arn.filter(|arn| !arn.region.is_empty() && arn.region != self.region) {
            self.warnings.push(Warning::new(
                "region_mismatch",
                format!(
                    "the call goes to {}, and the {of_what}'s ARN is of {}",
                    self.region, arn.region
                ),
            ));
        }
    }

    fn at(
        bedrock: &Bedrock,
        options: &Read,
        settings: &Settings,
        region: String,
        base: String,
    ) -> Result<Self> {
        let auth = Auth::resolve(&Search {
            options,
            source: bedrock.credentials.as_ref(),
            env: &bedrock.env,
            settings,
            keeper: &bedrock.keeper,
            region: &region,
        })?;
        let trouble = settings.trouble.as_ref();
        let warnings = trouble.map(|trouble| Warning::new("profile_not_read", trouble.clone()));
        Ok(Self {
            region,
            base,
            auth: Arc::new(auth),
            warnings: warnings.into_iter().collect(),
        })
    }

    /// A request that sends JSON. `path` begins with a slash.
    pub(crate) fn post(&self, path: &str, body: Bytes) -> Result<http::Request<Bytes>> {
        let mut request = self.request(http::Method::POST, path, body)?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        Ok(request)
    }

    /// A request that asks for JSON. `path` begins with a slash and may have a query.
    pub(crate) fn get(&self, path: &str) -> Result<http::Request<Bytes>> {
        let mut request = self.request(http::Method::GET, path, Bytes::new())?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(ACCEPT, json);
        Ok(request)
    }

    fn request(
        &self,
        method: http::Method,
        path: &str,
        body: Bytes,
    ) -> Result<http::Request<Bytes>> {
        let uri = format!("{}{path}", self.base);
        http::Request::builder()
            .method(method)
            .uri(&uri)
            .body(body)
            .map_err(|error| {
                Error::config(format!("{uri:?} is no address that can be asked: {error}"))
            })
    }
}
