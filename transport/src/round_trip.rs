//! The round trips that providers need beside their calls, over the clients of the transport.

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use reqllm_core::{Error, ErrorKind, Result, RoundTrip, RoundTripLimits, is_near};

use crate::Transport;
use crate::calling::describe;

#[async_trait]
impl RoundTrip for Transport {
    async fn round_trip(
        &self,
        request: http::Request<Bytes>,
        limits: RoundTripLimits,
    ) -> Result<http::Response<Bytes>> {
        let trip = self.trip(request, limits.max_bytes);
        tokio::time::timeout(limits.timeout, trip)
            .await
            .unwrap_or_else(|_| {
                Err(Error::new(
                    ErrorKind::Timeout,
                    format!("no answer within {:?}", limits.timeout),
                ))
            })
    }
}

impl Transport {
    async fn trip(
        &self,
        request: http::Request<Bytes>,
        max_bytes: usize,
    ) -> Result<http::Response<Bytes>> {
        if self.deck.as_ref().is_some_and(|deck| deck.replays()) {
            return Err(Error::config(
                "a cassette is replayed, and nothing is sent beside it",
            ));
        }
        let direct = request.uri().host().is_some_and(is_near);
        let request = reqwest::Request::try_from(request)
            .map_err(|error| Error::config(format!("the address cannot be asked: {error}")))?;
        let client = match direct {
            true => &self.clients.loopback,
            false => &self.clients.world,
        };
        let answer = client.execute(request).await.map_err(failed)?;
        let (head, body) = http::Response::<reqwest::Body>::from(answer).into_parts();
        match Limited::new(body, max_bytes).collect().await {
            Ok(body) => Ok(http::Response::from_parts(head, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(Error::decode(format!(
                "the answer is longer than {max_bytes} bytes"
            ))),
            Err(error) => Err(Error::new(
                ErrorKind::Transport,
                describe("the connection broke while the answer arrived", &*error),
            )),
        }
    }
}

fn failed(error: reqwest::Error) -> Error {
    Error::new(
        ErrorKind::Transport,
        describe("the request could not be sent", &error),
    )
    .with_source(error.without_url())
}
