//! The HTTP client of aws-config: the round trips that this provider was handed.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use reqllm_core::{Error, ErrorKind, RoundTrip, RoundTripLimits, is_near};

/// How long an answer of STS or SSO may take. Metadata services are given less, by those who ask them.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A client that opens no socket itself.
#[derive(Clone, Debug)]
pub(super) struct OverRoundTrip(Option<Arc<dyn RoundTrip>>);

impl OverRoundTrip {
    pub(super) fn new(round_trip: Option<&Arc<dyn RoundTrip>>) -> Self {
        Self(round_trip.map(Arc::clone))
    }
}

impl HttpClient for OverRoundTrip {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let timeout = match (settings.connect_timeout(), settings.read_timeout()) {
            (connect, Some(read)) => connect.unwrap_or_default() + read,
            // A limit for connecting alone says nothing about the whole.
            (_, None) => TIMEOUT,
        };
        SharedHttpConnector::new(Connector {
            round_trip: self.0.clone(),
            limits: RoundTripLimits::new(timeout),
        })
    }
}

#[derive(Debug)]
struct Connector {
    round_trip: Option<Arc<dyn RoundTrip>>,
    limits: RoundTripLimits,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(round_trip) = self.round_trip.clone() else {
            let why = "this provider was given no way to the network; give it a round trip";
            return HttpConnectorFuture::ready(Err(ConnectorError::user(why.into())));
        };
        let limits = self.limits;
        HttpConnectorFuture::new(async move {
            let request = outgoing(request)?;
            match round_trip.round_trip(request, limits).await {
                Ok(answer) => {
                    if let Some(trouble) = trouble(&answer) {
                        return Err(ConnectorError::io(trouble.into()));
                    }
                    let answer = answer.map(SdkBody::from);
                    HttpResponse::try_from(answer)
                        .map_err(|error| ConnectorError::other(error.into(), None))
                }
                Err(error) if error.kind() == ErrorKind::Timeout => {
                    Err(ConnectorError::timeout(error.into()))
                }
                Err(error) if error.kind() == ErrorKind::Transport => {
                    Err(ConnectorError::io(error.into()))
                }
                Err(error) => Err(ConnectorError::other(error.into(), None)),
            }
        })
    }
}

/// A service that is in trouble is no service that refuses.
fn trouble(answer: &http::Response<Bytes>) -> Option<Error> {
    let status = answer.status();
    let throttled = status.as_u16() == 429
        || status.as_u16() == 400 && answer.body().windows(10).any(|it| it == b"Throttling");
    let kind = match status.is_server_error() {
        _ if throttled => ErrorKind::RateLimited,
        true => ErrorKind::Overloaded,
        false => return None,
    };
    Some(Error::new(
        kind,
        format!("it answered HTTP {}", status.as_u16()),
    ))
}

fn outgoing(request: HttpRequest) -> Result<http::Request<Bytes>, ConnectorError> {
    let request = request
        .try_into_http1x()
        .map_err(|error| ConnectorError::user(error.into()))?;
    let (head, body) = request.into_parts();
    let near = head.uri.host().is_some_and(is_near);
    if head.uri.scheme_str() != Some("https") && !near {
        let why = "plain http: is for this machine and its metadata services only; use https:";
        return Err(ConnectorError::user(why.into()));
    }
    // Requests for credentials are small and whole.
    let body = body
        .bytes()
        .map(Bytes::copy_from_slice)
        .ok_or_else(|| ConnectorError::user("the body of the request is a stream".into()))?;
    Ok(http::Request::from_parts(head, body))
}
