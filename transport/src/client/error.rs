//! What went wrong with a request, as far as others have to know.

use std::error::Error as StdError;
use std::time::Duration;
use std::{fmt, io};

use hyper_util::client::legacy;

pub(super) type BoxError = Box<dyn StdError + Send + Sync>;

/// A request that got no answer, or an answer that broke off. It has no URL in it.
#[derive(Debug)]
pub struct HttpError {
    kind: Kind,
    timeout: bool,
    source: BoxError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Setup,
    Connect,
    /// The connection had served before, and was closed while the request went out.
    Stale,
    Other,
}

impl HttpError {
    /// Of any error. Whether something took too long is looked up in it and in what is behind it.
    pub fn new(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        match error.into().downcast::<Self>() {
            Ok(error) => *error,
            Err(error) => Self::of(Kind::Other, error),
        }
    }

    /// No connection came about, so it is certain that nobody has worked on the request.
    pub fn connect(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::of(Kind::Connect, error.into())
    }

    /// The client is not set up as it has to be, and trying again will not help. What the error says of itself is told to
    /// the user.
    pub fn setup(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::of(Kind::Setup, error.into())
    }

    fn of(mut kind: Kind, source: BoxError) -> Self {
        if kind == Kind::Other && chain(&*source).any(is_stale) {
            kind = Kind::Stale;
        }
        let timeout = chain(&*source).any(is_about_time);
        Self {
            kind,
            timeout,
            source,
        }
    }

    /// Says that something took too long, or that it did not.
    #[must_use]
    pub fn with_timeout(mut self, timeout: bool) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whether no connection came about, so that it is certain that nobody has worked on the request.
    pub fn is_connect(&self) -> bool {
        self.kind == Kind::Connect
    }

    /// Whether the connection had served before, and the other side closed it while the request went out or at once after that,
    /// as servers close what they have kept alive. Then nobody has worked on the request.
    pub fn is_stale(&self) -> bool {
        self.kind == Kind::Stale
    }

    /// Whether something took too long: to connect, or to go on.
    pub fn is_timeout(&self) -> bool {
        self.timeout
    }

    /// The innermost cause, which is the one that says something. It has no URL in it either.
    pub fn innermost(&self) -> &(dyn StdError + 'static) {
        innermost(self)
    }

    /// Whether the client is not set up as it has to be.
    pub fn is_setup(&self) -> bool {
        self.kind == Kind::Setup
    }
}

impl From<legacy::Error> for HttpError {
    fn from(error: legacy::Error) -> Self {
        if let Some(setup) = chain(&error).find_map(|cause| cause.downcast_ref::<Setup>()) {
            return Self::setup(setup.clone());
        }
        match error.is_connect() {
            true => Self::connect(error),
            false => Self::new(error),
        }
    }
}

impl From<hyper::Error> for HttpError {
    fn from(error: hyper::Error) -> Self {
        Self::new(error)
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.timeout) {
            (Kind::Setup, _) => self.source.fmt(f),
            (Kind::Connect, _) => f.write_str("no connection came about"),
            (Kind::Stale, _) => f.write_str("a connection that had served was closed"),
            (Kind::Other, true) => f.write_str("it took too long"),
            (Kind::Other, false) => f.write_str("the connection failed"),
        }
    }
}

impl StdError for HttpError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// Something that has to be set up otherwise.
#[derive(Clone, Debug)]
pub(super) struct Setup(pub(super) String);

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Setup {}

/// A connection that had served before was closed while a request went out on it.
#[derive(Debug)]
pub(super) struct Stale;

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server closed a connection that it had kept alive")
    }
}

impl StdError for Stale {}

/// Whether an error is that. An I/O error holds it, and does not name it as its source.
fn is_stale(error: &(dyn StdError + 'static)) -> bool {
    let io = error.downcast_ref::<io::Error>();
    let held = io.and_then(|io| io.get_ref());
    held.is_some_and(|held| held.is::<Stale>())
}

/// No connection within the time for it.
#[derive(Debug)]
pub(super) struct NoConnection(pub(super) Duration);

impl fmt::Display for NoConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection within {:?}", self.0)
    }
}

impl StdError for NoConnection {}

/// Whether an error by itself says that something took too long.
fn is_about_time(error: &(dyn StdError + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return error.is_timeout();
    }
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|io| io.kind() == io::ErrorKind::TimedOut) || error.is::<NoConnection>()
}

/// An error and what is behind it.
fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// The innermost cause is the one that says something.
pub(crate) fn innermost<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    chain(error).last().unwrap_or(error)
}

/// Whether a request failed because the server's certificate does not do. That is so the next time as well.
pub(crate) fn is_certificate_failure(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(cause) = next {
        // The source of such an error is that of what it holds, and not what it holds.
        let held = cause.downcast_ref::<io::Error>();
        let held = held.and_then(|it| it.get_ref());
        let tls = match held {
            Some(held) => held.downcast_ref::<rustls::Error>(),
            None => cause.downcast_ref::<rustls::Error>(),
        };
        if let Some(tls) = tls {
            return matches!(
                tls,
                rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented
            );
        }
        next = match held {
            Some(held) => Some(held),
            None => cause.source(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use rustls::{AlertDescription, CertificateError};

    use super::*;

    #[test]
    fn a_certificate_that_does_not_do_is_told_from_other_failures() {
        let failure = |error: rustls::Error| io::Error::other(io::Error::other(error));
        let expired = rustls::Error::InvalidCertificate(CertificateError::Expired);
        let alert = rustls::Error::AlertReceived(AlertDescription::InternalError);
        assert!(is_certificate_failure(&expired));
        assert!(is_certificate_failure(&failure(expired)));
        assert!(!is_certificate_failure(&failure(alert)));
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert!(!is_certificate_failure(&refused));
    }

    #[test]
    fn an_error_stays_what_it_was_when_it_is_handed_on() {
        let late = || io::Error::from(io::ErrorKind::TimedOut);
        assert!(HttpError::new(late()).is_timeout());
        assert!(HttpError::new(HttpError::connect(late())).is_connect());
        assert!(HttpError::connect(NoConnection(Duration::ZERO)).is_timeout());
        assert!(!HttpError::new(late()).with_timeout(false).is_timeout());
        let reset = HttpError::new(io::Error::other("reset"));
        assert!(!reset.is_connect() && !reset.is_timeout() && !reset.is_setup());
        assert_eq!(innermost(&reset).to_string(), "reset");
        let setup = HttpError::setup("no roots");
        assert!(setup.is_setup());
        assert_eq!(setup.to_string(), "no roots");
    }
}
