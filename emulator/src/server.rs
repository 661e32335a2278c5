//! The HTTP server: connections, and the way of a request through the emulator.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::ErrorKind;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, DATE, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::auth::{Keyring, Signed};
use crate::brain::tokens::PromptCache;
use crate::credentials::{self, Desk, Visit};
use crate::delivery::{self, Delivery};
use crate::error::ApiError;
use crate::fault::{Encoding, Fault, Place, Then};
use crate::gzip;
use crate::hangup::{Hangup, Socket};
use crate::load::{Counted, Gauges, Load};
use crate::operations::{Asked, Task};
use crate::record::{Authentication, Recorded, Ring};
use crate::reply::{Reply, ReplyBody};
use crate::route::{Api, Route, route};
use crate::voice::Voice;
use crate::{control, converse, messages, native, openai, time};

/// How far the emulator's clock may be moved, in seconds either way: a hundred years.
pub(crate) const MAX_OFFSET: i64 = 100 * 365 * 86_400;

/// What all connections share.
pub(crate) struct Shared {
    keyring: Keyring,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    /// Seconds that the emulator's time is ahead of `clock`.
    offset: AtomicI64,
    pace: Duration,
    desk: Mutex<Desk>,
    faults: Mutex<VecDeque<(Fault, u32)>>,
    ring: Mutex<Ring>,
    cache: Mutex<PromptCache>,
    shelf: Mutex<openai::Shelf>,
    answers: AtomicUsize,
    gauges: Gauges,
}

impl Shared {
    pub(crate) fn new(
        keyring: Keyring,
        clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
        pace: Duration,
        desk: Desk,
    ) -> Self {
        Self {
            keyring,
            clock,
            offset: AtomicI64::new(0),
            pace,
            desk: Mutex::new(desk),
            faults: Mutex::default(),
            ring: Mutex::default(),
            cache: Mutex::default(),
            shelf: Mutex::default(),
            answers: AtomicUsize::new(0),
            gauges: Gauges::default(),
        }
    }

    pub(crate) fn inject(&self, fault: Fault) {
        let remaining = fault.remaining();
        let mut faults = lock(&self.faults);
        if remaining > 0 && faults.len() < control::MAX_FAULTS {
            faults.push_back((fault, remaining));
        }
    }

    /// Returns how many faults had not been used up.
    pub(crate) fn forget_faults(&self) -> usize {
        lock(&self.faults).drain(..).count()
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        lock(&self.ring).all()
    }

    /// The time that everything here goes by, in seconds since the epoch.
    pub(crate) fn now(&self) -> i64 {
        time::seconds((self.clock)()).saturating_add(self.offset())
    }

    pub(crate) fn offset(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }

    /// Further than [`MAX_OFFSET`] it does not go.
    pub(crate) fn set_offset(&self, seconds: i64) {
        let seconds = seconds.clamp(-MAX_OFFSET, MAX_OFFSET);
        self.offset.store(seconds, Ordering::Relaxed);
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        lock(&self.desk)
    }

    pub(crate) fn load(&self) -> Load {
        self.gauges.read()
    }

    fn next_fault(&self) -> Fault {
        self.fault_if(|_| true).unwrap_or_default()
    }

    /// What becomes of the connection at this place on the way to an answer. A fault that strikes there is used.
    fn strike(&self, place: Place) -> Option<Then> {
        self.fault_if(|fault| fault.strikes(place).is_some())?
            .strikes(place)
    }

    /// The fault whose turn it is, if it is such a one.
    fn fault_if(&self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let (fault, remaining) = faults.front_mut().filter(|(fault, _)| fits(fault))?;
        *remaining -= 1;
        let (fault, used_up) = (fault.clone(), *remaining == 0);
        if used_up {
            faults.pop_front();
        }
        Some(fault)
    }
}

/// Serves connections until the task is dropped, which drops them, too.
pub(crate) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let counted = shared.gauges.connection();
                connections.spawn(connection(stream, Arc::clone(&shared), counted));
            }
            // This one has gone away, and the next one waits.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            // Out of file descriptors, most likely: let some connections end.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>, _counted: Counted) {
    let _ = stream.set_nodelay(true);
    let hangup = Arc::new(Hangup::default());
    let socket = Socket::new(stream, &hangup);
    if let Some(then) = shared.strike(Place::OnAccept) {
        hangup.take(Bytes::new(), then);
        return hangup.end(socket).await;
    }
    let service = service_fn(|request| {
        let exchange = exchange(Arc::clone(&shared), Arc::clone(&hangup), request);
        Box::pin(async { Ok::<_, Infallible>(exchange.await) })
            as Pin<Box<dyn Future<Output = _> + Send>>
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
    tokio::select! {
        // A client that goes away in the middle is an everyday event.
        _ = &mut connection => {}
        () = hangup.taken() => hangup.end(connection.into_parts().io.into_inner()).await,
    }
}

/// One request and its answer.
async fn exchange(
    shared: Arc<Shared>,
    hangup: Arc<Hangup>,
    request: Request<Incoming>,
) -> Response<Delivery> {
    let (head, body) = request.into_parts();
    if !head.uri.path().starts_with(control::PREFIX)
        && let Some(then) = shared.strike(Place::InRequest)
    {
        hangup.take(Bytes::new(), then);
        std::future::pending::<()>().await;
    }
    let voice = Voice::of(&head);
    let body = match collect(&head.headers, body, voice.max_body).await {
        Ok(body) => body,
        Err(error) => return shared.send((voice.answer)(error), &Fault::default(), voice, hangup),
    };
    if head.uri.path().starts_with(control::PREFIX) {
        let reply = control::answer(&shared, &head.method, head.uri.path(), &body);
        return shared.send(reply, &Fault::default(), voice, hangup);
    }
    if let Some(service) = credentials::service(&head.method, head.uri.path()) {
        let visit = Visit {
            head: &head,
            body: &body,
            keyring: &shared.keyring,
            now: shared.now(),
        };
        let reply = shared.desk().answer(service, &visit);
        return shared.send(reply, &Fault::default(), voice, hangup);
    }
    let caller = match authenticate(&shared, &head, &body) {
        Ok(caller) => caller,
        Err(error) => return shared.send((voice.answer)(error), &Fault::default(), voice, hangup),
    };
    let fault = shared.next_fault();
    if let Some(millis) = fault.drip_ms {
        hangup.drip(millis);
    }
    if let Some(then) = fault.strikes(Place::BeforeHead) {
        hangup.take(Bytes::new(), then);
        std::future::pending::<()>().await;
    }
    if let Some(raw) = &fault.raw {
        hangup.take(raw.bytes.clone().into(), raw.then);
        std::future::pending::<()>().await;
    }
    let reply = delivery::substitute(&fault, voice)
        .unwrap_or_else(|| answer(&shared, &caller, &head, &body).unwrap_or_else(voice.answer));
    if let Some(delay) = fault.delay_ms {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    shared.send(reply, &fault, voice, hangup)
}

async fn collect(headers: &HeaderMap, body: Incoming, max: usize) -> Result<Bytes, ApiError> {
    let too_long = || {
        ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "ValidationException",
            format!("The request body is longer than the maximum of {max} bytes."),
        )
    };
    let declared = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    if declared
        .and_then(|length| length.parse().ok())
        .is_some_and(|length: usize| length > max)
    {
        return Err(too_long());
    }
    match Limited::new(body, max).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_long()),
        Err(error) => Err(ApiError::serialization(format!(
            "The body cannot be read: {error}"
        ))),
    }
}

/// Checks who is calling, and remembers the request with the verdict.
fn authenticate(shared: &Shared, head: &Parts, body: &Bytes) -> Result<Authentication, ApiError> {
    let signed = Signed::of(head, body);
    let (desk, now) = (shared.desk(), shared.now());
    let (keyring, ledger) = (&shared.keyring, &desk.ledger);
    let (path, headers) = (signed.path, signed.headers);
    let ours = messages::Door::of(path, headers);
    let verdict = match (ours, openai::Door::of(path, headers)) {
        (Some(door), _) => door.check(keyring, ledger, &signed, now),
        (None, Some(door)) => door.check(keyring, ledger, &signed, now),
        (None, None) => keyring.check(ledger, &signed, now),
    };
    drop(desk);
    let authentication = match &verdict {
        Ok(authentication) => authentication.clone(),
        Err(error) => Authentication::Refused {
            code: error.code.clone().into_owned(),
        },
    };
    let headers = head.headers.iter().map(|(name, value)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    });
    lock(&shared.ring).push(Recorded {
        method: head.method.as_str().to_owned(),
        path: head
            .uri
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default(),
        headers: headers.collect(),
        body: body.clone(),
        authentication,
    });
    verdict
}

fn answer(
    shared: &Shared,
    caller: &Authentication,
    head: &Parts,
    body: &[u8],
) -> Result<Reply, ApiError> {
    if let Some(door) = messages::Door::of(head.uri.path(), &head.headers) {
        return door.answer(head, body, &shared.cache);
    }
    if let Some(door) = openai::Door::of(head.uri.path(), &head.headers) {
        return Ok(door.answer(&openai::Visit {
            head,
            body,
            caller,
            cache: &shared.cache,
            shelf: &shared.shelf,
        }));
    }
    let (model, operation) = match route(&head.method, head.uri.path())? {
        Route::Model(model, operation) => (model, operation),
        Route::Call(call) => {
            return call.answer(&Asked {
                query: head.uri.query().unwrap_or_default(),
                region: caller.region(),
                body,
            });
        }
    };
    if let Some(task) = Task::of(&model) {
        return task.answer(&model, operation, body);
    }
    match operation.api {
        Api::Converse => converse::answer(&model, body, operation.streaming, &shared.cache),
        Api::Invoke => native::answer(
            &model,
            &head.headers,
            body,
            operation.streaming,
            &shared.cache,
        ),
    }
}

impl Shared {
    /// Adds what every answer has, and lets the fault have its way with the rest.
    fn send(
        &self,
        mut reply: Reply,
        fault: &Fault,
        voice: &Voice,
        hangup: Arc<Hangup>,
    ) -> Response<Delivery> {
        let number = self.answers.fetch_add(1, Ordering::Relaxed);
        let now = self.now();
        (voice.finish)(&mut reply, number, now);
        if let Ok(date) = HeaderValue::try_from(time::http_date(now)) {
            // A replayed answer keeps the one that was recorded.
            reply.headers.entry(DATE).or_insert(date);
        }
        // Framing is the server's business, whatever a replayed head says.
        for name in ["content-length", "transfer-encoding", "connection"] {
            reply.headers.remove(name);
        }
        for (name, value) in &fault.headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                reply.headers.insert(name, value);
            }
        }
        if fault.encoding == Some(Encoding::Gzip) {
            reply = zipped(reply);
        }
        let body = delivery::plan(reply.body, fault, voice, self.pace, hangup, &self.gauges);
        let mut response = Response::new(body);
        *response.status_mut() = reply.status;
        *response.headers_mut() = reply.headers;
        response
    }
}

/// The same answer, compressed. A stream is one piece then, as behind a proxy that does this.
fn zipped(mut reply: Reply) -> Reply {
    reply.body = match reply.body {
        ReplyBody::Whole(body) => ReplyBody::Whole(gzip::encode(&body)),
        ReplyBody::Events(events) => ReplyBody::Events(vec![gzip::encode(&events.concat())]),
    };
    reply
        .headers
        .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    reply
}

/// No lock is held across code that could panic half-way, so a poisoned one is as good as new.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
