//! Where requests go, the key that opens, and options by name.

mod address;
mod key;
mod options;
mod place;
mod variables;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method, Request};
use reqllm_core::{Delivery, Error, Result};

pub use self::address::{Plain, normal, shown};
pub use self::key::{KeyAuth, KeyFinder, KeyHeader};
pub use self::options::OptionNames;
pub use self::place::{Place, Places, Vendor, host, is_at};
pub use self::variables::{filled, unfilled};

/// A request that sends JSON to `base`, which is [`normal`], at `path`, which begins with a slash. It accepts what the
/// delivery needs.
///
/// # Errors
///
/// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) if base and path make no address.
pub fn post(base: &str, path: &str, body: Bytes, delivery: Delivery) -> Result<Request<Bytes>> {
    let mut request = request(Method::POST, base, path, body)?;
    let json = HeaderValue::from_static("application/json");
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, json.clone());
    let accepted = match delivery {
        Delivery::Stream => HeaderValue::from_static("text/event-stream"),
        _ => json,
    };
    headers.insert(ACCEPT, accepted);
    Ok(request)
}

/// A request that asks for JSON; `path` begins with a slash and may have a query.
///
/// # Errors
///
/// As [`post`].
pub fn get(base: &str, path: &str) -> Result<Request<Bytes>> {
    let mut request = request(Method::GET, base, path, Bytes::new())?;
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(ACCEPT, json);
    Ok(request)
}

fn request(method: Method, base: &str, path: &str, body: Bytes) -> Result<Request<Bytes>> {
    let uri = format!("{base}{path}").parse().map_err(|error| {
        Error::config(format!(
            "{:?} is no address that can be asked: {error}",
            format!("{}{path}", shown(base))
        ))
    })?;
    let mut request = Request::new(body);
    // Mostly the content type, what is accepted, the key and a version.
    *request.headers_mut() = HeaderMap::with_capacity(4);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    Ok(request)
}
