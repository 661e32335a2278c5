//! The canonical request: the one form that client and service give a request before they hash it.
//!
//! It goes into the hash piece by piece, and is nowhere whole.

use http::header::{CONTENT_TYPE, HOST, HeaderMap};
use http::{Method, Uri};
use percent_encoding::{AsciiSet, percent_decode_str, utf8_percent_encode};
use reqllm_core::{Error, ErrorKind, Result};
use sha2::{Digest as _, Sha256};
use smallvec::{SmallVec, smallvec};

use super::BodyHash;
use crate::model_id::SEGMENT;

/// What is encoded in a path, which has been encoded before: a `%` becomes `%25`.
const PATH: &AsciiSet = &SEGMENT.remove(b'/');

/// Load balancers write it anew on the way. Source: the header is among those that AWS's SDKs leave out.
const TRACE_ID: &str = "x-amzn-trace-id";

/// The headers that are signed, in order.
pub(super) struct Signed<'a>(SmallVec<[(&'a str, &'a str); 8]>);

impl<'a> Signed<'a> {
    /// Of a request's headers, with the host of its address if they do not name one.
    pub(super) fn of(headers: &'a HeaderMap, uri: &'a Uri) -> Result<Self> {
        let mut signed = SmallVec::new();
        if !headers.contains_key(HOST) {
            signed.push((HOST.as_str(), host(uri)?));
        }
        for (name, value) in headers {
            let name = name.as_str();
            if is_signed(name) {
                let value =
                    str::from_utf8(value.as_bytes()).map_err(|error| no_text(name, error))?;
                signed.push((name, value));
            }
        }
        // A stable sort: the values of one header stay in their order.
        signed.sort_by_key(|(name, _)| *name);
        Ok(Self(signed))
    }

    /// Of an address alone.
    pub(super) fn host_of(uri: &'a Uri) -> Result<Self> {
        Ok(Self(smallvec![(HOST.as_str(), host(uri)?)]))
    }

    /// Each name once, between semicolons.
    pub(super) fn push_names(&self, line: &mut String) {
        for (at, name) in self.names().enumerate() {
            if at > 0 {
                line.push(';');
            }
            line.push_str(name);
        }
    }

    /// How long the names are together, with their semicolons.
    pub(super) fn names_len(&self) -> usize {
        self.names().map(|name| name.len() + 1).sum::<usize>() - 1
    }

    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.0
            .chunk_by(|one, two| one.0 == two.0)
            .map(|values| values[0].0)
    }

    /// The hash of the canonical request. `query` is canonical already, and `names` are those of these headers.
    pub(super) fn request(
        &self,
        method: &Method,
        path: &str,
        query: &str,
        names: &str,
        body: &BodyHash,
    ) -> BodyHash {
        let mut hash = Sha256::new();
        hash.update(method.as_str());
        hash.update("\n");
        match normalized(path) {
            Some(path) => encoded(&path, &mut hash),
            None => encoded(path, &mut hash),
        }
        hash.update("\n");
        hash.update(query);
        hash.update("\n");
        for values in self.0.chunk_by(|one, two| one.0 == two.0) {
            hash.update(values[0].0);
            for (at, (_, value)) in values.iter().enumerate() {
                hash.update(if at == 0 { ":" } else { "," });
                trimmed(value, &mut hash);
            }
            hash.update("\n");
        }
        hash.update("\n");
        hash.update(names);
        hash.update("\n");
        hash.update(body.as_str());
        BodyHash::hex(&hash.finalize().into())
    }
}

fn is_signed(name: &str) -> bool {
    name == CONTENT_TYPE.as_str()
        || name == HOST.as_str()
        || (name.starts_with("x-amz") && name != TRACE_ID)
}

fn no_text(name: &str, error: std::str::Utf8Error) -> Error {
    Error::new(
        ErrorKind::Authentication,
        format!("header `{name}` cannot be signed, as it is not UTF-8; text would do"),
    )
    .with_provider(crate::ID)
    .with_source(error)
}

/// The host as HTTP clients send it: without user and password, and without the port that the scheme implies.
fn host(uri: &Uri) -> Result<&str> {
    let (Some(authority), Some(host)) = (uri.authority(), uri.host()) else {
        return Err(Error::invalid_request(format!(
            "a request to {:?} cannot be signed, as it names no host; a whole address would do",
            uri.path()
        ))
        .with_provider(crate::ID));
    };
    let port = uri.port();
    let port = port.as_ref().map(|port| port.as_str());
    if matches!(
        (uri.scheme_str(), port),
        (Some("https"), Some("443")) | (Some("http"), Some("80"))
    ) {
        return Ok(host);
    }
    let authority = authority.as_str();
    Ok(authority
        .rsplit_once('@')
        .map_or(authority, |(_, after)| after))
}

/// A path without empty segments and steps, where that is another one. Source: RFC 3986, section 5.2.4.
fn normalized(path: &str) -> Option<String> {
    let is_step = |segment: &str| matches!(segment, "." | "..");
    if let Some(rest) = path.strip_prefix('/') {
        let mut segments = rest.split('/').rev();
        // The last one may be empty: the path ends with a slash.
        let last = segments.next().is_some_and(is_step);
        if !last && !segments.any(|segment| segment.is_empty() || is_step(segment)) {
            return None;
        }
    }
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let mut normalized = String::with_capacity(path.len());
    for segment in &kept {
        normalized.push('/');
        normalized.push_str(segment);
    }
    let ends_as_folder = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end));
    if ends_as_folder || kept.is_empty() {
        normalized.push('/');
    }
    Some(normalized)
}

fn encoded(path: &str, hash: &mut Sha256) {
    for piece in utf8_percent_encode(path, PATH) {
        hash.update(piece);
    }
}

/// A value without blanks around it, and with one where several are.
fn trimmed(value: &str, hash: &mut Sha256) {
    if !value.starts_with(' ') && !value.ends_with(' ') && !value.contains("  ") {
        return hash.update(value);
    }
    for (at, word) in value.split(' ').filter(|word| !word.is_empty()).enumerate() {
        if at > 0 {
            hash.update(" ");
        }
        hash.update(word);
    }
}

/// The query in its canonical form: encoded anew, and in the order of what comes of it. `added` are names and values that
/// have not been encoded.
pub(super) fn query(query: Option<&str>, added: &[(&str, &str)]) -> String {
    let query = query.unwrap_or_default();
    if query.is_empty() && added.is_empty() {
        return String::new();
    }
    let encoded = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
    let given = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encoded(&decoded(name)), encoded(&decoded(value))));
    let added = added
        .iter()
        .map(|(name, value)| (encoded(name), encoded(value)));
    let mut pairs: Vec<(String, String)> = given.chain(added).collect();
    pairs.sort();
    let mut query = String::new();
    for (name, value) in &pairs {
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(name);
        query.push('=');
        query.push_str(value);
    }
    query
}

/// As forms are decoded, where a plus is a blank.
fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}
