//! The round trips that providers need beside their calls, over the client of the transport.

use async_trait::async_trait;
use bytes::Bytes;
use reqllm_core::{Error, ErrorKind, Result, RoundTrip, RoundTripLimits};

use crate::calling::describe;
use crate::{HttpError, Transport};

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
        let answer = self.http.execute(request).await.map_err(failed)?;
        let (head, body) = answer.into_parts();
        match body.read(max_bytes).await {
            Ok(Some(body)) => Ok(http::Response::from_parts(head, body)),
            Ok(None) => Err(Error::decode(format!(
                "the answer is longer than {max_bytes} bytes"
            ))),
            Err(error) => Err(Error::new(
                ErrorKind::Transport,
                describe("the connection broke while the answer arrived", &error),
            )),
        }
    }
}

fn failed(error: HttpError) -> Error {
    if error.is_setup() {
        return Error::config(error.to_string()).with_source(error);
    }
    Error::new(
        ErrorKind::Transport,
        describe("the request could not be sent", &error),
    )
    .with_source(error)
}
