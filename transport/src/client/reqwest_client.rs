//! A client of reqwest's, as its owner has set it up.

use bytes::Bytes;

use super::{Body, HttpClient, HttpError, HttpFuture};

/// With proxies, certificates and limits of its own. It should not follow redirects, nor time out on reading, nor decompress,
/// nor retry by itself.
impl HttpClient for reqwest::Client {
    fn execute(&self, request: http::Request<Bytes>) -> HttpFuture {
        let request = match reqwest::Request::try_from(request) {
            Ok(request) => request,
            Err(error) => return HttpFuture::failed(HttpError::setup(error.without_url())),
        };
        let answer = self.execute(request);
        HttpFuture::new(async move {
            let answer = http::Response::<reqwest::Body>::from(answer.await.map_err(failed)?);
            Ok(answer.map(|body| {
                let body = http_body_util::BodyExt::map_err(body, failed);
                Body::new(body)
            }))
        })
    }
}

fn failed(error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    let timeout = error.is_timeout();
    let failed = match error.is_connect() {
        true => HttpError::connect(error),
        false => HttpError::new(error),
    };
    failed.with_timeout(timeout)
}
