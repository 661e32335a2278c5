//! Amazon Bedrock Runtime, OpenAI's API and Anthropic's on loopback, for tests, demos and users of reqllm.
//!
//! The emulator speaks HTTP/1.1 on a local port and serves Converse, ConverseStream, and InvokeModel
//! with and without a response stream, in the native bodies of Claude, Llama, Command, gpt-oss,
//! Mistral, Nova, Titan Text and Jamba. Embedding and rerank models answer to InvokeModel; CountTokens,
//! ApplyGuardrail, Rerank of `bedrock-agent-runtime` and the control plane's lists of models and inference
//! profiles are on the same port. Anthropic's own Messages API is there, too: `/v1/messages`, the count of its tokens and the
//! list of models, and Bedrock's doors to it, `/anthropic/v1/messages`. So are OpenAI's Chat Completions, Responses, Embeddings and
//! models under `/v1`, for its own models and for those of others who speak its dialect, and Bedrock's doors to them: `/v1` and
//! `/openai/v1` of mantle, and `/openai/v1` of `bedrock-runtime`. It checks signatures and API keys, refuses the requests that
//! the real service refuses, and answers deterministically: text that shows what was asked, tool calls
//! whose arguments fit their schemas, reasoning with signatures it will recognise, token counts, prompt
//! caching. [`Fault`]s make it misbehave on purpose.
//!
//! It shares no code with reqllm's Bedrock provider: event-stream frames, signature verification and
//! JSON shapes are its own, so that a bug cannot hide by being on both sides.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use reqllm_emulator::{Emulator, Fault};
//!
//! let emulator = Emulator::start().await?;
//! emulator.inject(Fault::error(429, "ThrottlingException", "Too many requests").times(2));
//! println!("{}", emulator.endpoint()); // hand this to a client, with the credentials below
//! // …
//! for request in emulator.requests() {
//!     println!("{} {}", request.method, request.path);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Credentials
//!
//! [`ACCESS_KEY_ID`] with [`SECRET_ACCESS_KEY`], alone or together with [`SESSION_TOKEN`], or
//! [`API_KEY`] as a bearer token, or what [`Builder::credential`] and [`Builder::api_key`] add. The Messages API wants
//! [`ANTHROPIC_API_KEY`] in `x-api-key` for Anthropic's models, and takes any key for those of others who speak its dialect;
//! behind Bedrock's doors it wants one of Bedrock's keys, in either header, or a signature for `bedrock-mantle` or `bedrock`.
//! OpenAI's surfaces do the same with [`OPENAI_API_KEY`] as a bearer token; whose key it is tells Bedrock's `/v1` from OpenAI's.
//! With [`OTHER_API_KEY`] they are those of another server, which has whatever model is asked for. `api-key` takes these keys too.
//! A model whose id begins with `local-` wants no key.
//!
//! Temporary credentials come from instance metadata (IMDSv2, `/latest/…`), a container's credentials (`/v1/credentials`,
//! `/v2/credentials/ID`), STS (`POST /`: AssumeRole, AssumeRoleWithWebIdentity, GetCallerIdentity) and IAM Identity Center
//! (`/federation/credentials`, `/token`), all on the same port. They are good until they end by the emulator's clock, and
//! then refused with `ExpiredTokenException`. [`CredentialRules`] say what these services expect. Short-term API keys that were made of
//! any of these keys are accepted until they end.
//!
//! [`Emulator::variables`] is the environment of a client that is to meet the emulator and nobody else: addresses and keys.
//!
//! # Models
//!
//! A model that is in its tables behaves as that model does. One that nobody has heard of is answered all the same, so that a
//! program runs whatever its model is called: by a plain model of OpenAI's or Anthropic's, which takes what any of theirs
//! takes, and on Converse by a model of an unknown family. Ids that begin with `unknown` are missed by OpenAI, Anthropic and
//! those who speak as they do, and so are ids that are plainly another house's: a Claude at OpenAI's door, an id with a vendor
//! of Bedrock's at either. Bedrock's own doors to the two APIs have the models that AWS lists there, and no others. The lists
//! of models are those of the tables.
//!
//! An answer in words names the house that is played: `This is the OpenAI emulator speaking: …`.
//!
//! # What prompts can make it do
//!
//! A tool is called when all words of its name are in the prompt, or when the tool choice forces it.
//! `[redacted]` in the prompt of a request with thinking redacts the thinking of Claude. `blockme`
//! makes the guardrail intervene, if the request has one, and `maskme` makes it mask the word in the
//! answer. `refuseme` is refused, in the family's word for that if it has one, and `emptyanswer` is
//! answered with no content. A JSON Schema behind the words `JSON Schema:`, in the system prompt or the
//! question, is followed. ApplyGuardrail masks e-mail addresses, too. Embeddings of texts that share words are
//! near each other. Words count as tokens.
//!
//! On Converse each family of models has its own rules and manners: what it refuses, how it is asked to
//! reason, and how its answers look. They are in a table, with the source of each fact beside it. The Messages API has such a
//! table for the generations of Claude, and OpenAI's surfaces have three: OpenAI's models, Bedrock's behind each door, and the
//! servers of others, which the id tells: `deepseek…`, `mistral-…` and `magistral-…`, `llama-…` (Groq), `local-…` (a plain old
//! server), and any id with a `/` in it (OpenRouter).
//!
//! Faults speak the language of the API that they hit: an error has the form that its clients know, and one in the middle of a
//! stream is an exception frame of Bedrock, an event of the Messages API, or `data: {"error": …}` of a chat. In a stream of Responses
//! it is the event `error`, or `response.failed` if the exception is called so. Server-sent events have no checksums, so a fault that
//! corrupts one damages a byte at its place.
//!
//! # From outside the process
//!
//! Without authentication: `POST /_emulator/faults` takes one [`Fault`] as JSON or a list of them,
//! `DELETE /_emulator/faults` forgets those not yet used, `GET /_emulator/requests` lists what arrived,
//! `GET /_emulator/load` says how many connections and streams there are, `GET /_emulator/health` answers
//! `{"status":"ok"}`. `GET /_emulator/credentials` shows the [`CredentialRules`], what was given out and what was asked for;
//! `PUT` takes other rules, and `DELETE` makes expired what was given out. `POST /_emulator/clock` takes
//! `{"offset_seconds": N}`, `{"advance_seconds": N}` or both, and moves the clock; `GET` reads it.

mod auth;
mod brain;
mod chat;
mod claude;
mod control;
mod converse;
mod credentials;
mod delivery;
mod dice;
mod error;
mod fault;
mod frame;
mod guardrail;
mod gzip;
mod hangup;
mod load;
mod messages;
mod model_id;
mod native;
mod openai;
mod operations;
mod record;
#[cfg(test)]
mod recordings;
mod reply;
mod route;
mod server;
mod shape;
mod sse;
mod time;
mod unlisted;
mod variables;
mod voice;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::net::TcpSocket;
use tokio::task::JoinHandle;

pub use credentials::{CredentialRules, Role, Service, SsoRole};
pub use fault::Fault;
pub use load::Load;
pub use record::{Authentication, Recorded};
pub use variables::variables;

use auth::{Credential, Keyring};
use credentials::Desk;
use server::Shared;

/// An access key id that the emulator accepts. It is the one of AWS's documentation, and nobody's.
pub const ACCESS_KEY_ID: &str = "AKIDEXAMPLE";
/// The secret that belongs to [`ACCESS_KEY_ID`].
pub const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// A session token that may accompany [`ACCESS_KEY_ID`].
pub const SESSION_TOKEN: &str = "EXAMPLE-SESSION-TOKEN";
/// A Bedrock API key that the emulator accepts.
pub const API_KEY: &str = "bedrock-api-key-EXAMPLE";
/// The API key that the Messages API accepts, in `x-api-key`.
pub const ANTHROPIC_API_KEY: &str = "sk-ant-EXAMPLE";
/// The API key that OpenAI's surfaces accept for OpenAI's own models.
pub const OPENAI_API_KEY: &str = "sk-EXAMPLE-OPENAI";
/// The API key with which OpenAI's surfaces are those of another server that speaks as OpenAI does: it has whatever model is
/// asked for.
pub const OTHER_API_KEY: &str = "sk-EXAMPLE-OTHER";
/// An access token that the SSO portal accepts.
pub const SSO_ACCESS_TOKEN: &str = "EXAMPLE-SSO-ACCESS-TOKEN";
/// A refresh token that gets a new access token for the SSO portal.
pub const SSO_REFRESH_TOKEN: &str = "EXAMPLE-SSO-REFRESH-TOKEN";

/// How Bedrock's answers name who is speaking.
const BEDROCK: &str = "Bedrock";

/// Connections that may wait to be accepted. One that finds no room is asked for again only after a second, so thousands that
/// come at once need more than the usual 1024. The system takes what it allows (`net.core.somaxconn`).
const BACKLOG: u32 = 32_768;

/// A running emulator. Dropping it closes the port and aborts open connections.
pub struct Emulator {
    addr: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Emulator {
    /// An emulator to be configured.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts an emulator on a free port of 127.0.0.1. Needs a Tokio runtime with I/O and time.
    ///
    /// # Errors
    ///
    /// If no port can be bound.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// The URL to give to a client: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The environment of a client that is to meet nobody but this emulator, with the names that the clients of AWS, OpenAI and
    /// Anthropic know: addresses, and the keys above. `REQLLM_OPENAI_API` tells reqllm that both APIs of OpenAI are here, as at
    /// its own address, so that calls take the one that they would take there.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        variables(&self.endpoint())
    }

    /// The address that is listened on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Queues a fault for the next request that passes authentication.
    pub fn inject(&self, fault: Fault) {
        self.shared.inject(fault);
    }

    /// The most recent requests, oldest first. At most 1024 of them and 64 MiB of bodies are kept;
    /// requests to `/_emulator/` are not.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.requests()
    }

    /// Moves the emulator's time forward: signatures, credentials and API keys grow older by as much. Whole seconds count,
    /// and a hundred years are the most.
    pub fn advance(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        let offset = self.shared.offset().saturating_add(seconds);
        self.shared.set_offset(offset);
    }

    /// Other rules for the services that credentials come from.
    pub fn set_credential_rules(&self, rules: CredentialRules) {
        self.shared.desk().rules = rules;
    }

    /// Makes all credentials expired that were given out so far: the next call with them is refused with
    /// `ExpiredTokenException`.
    pub fn revoke_credentials(&self) {
        self.shared.desk().ledger.revoke(self.shared.now());
    }

    /// The credentials that were given out, oldest first.
    pub fn issued(&self) -> Vec<Issued> {
        let desk = self.shared.desk();
        let issued = desk.ledger.all().map(|it| Issued {
            access_key: it.access_key.clone(),
            source: it.source.clone(),
            asked_by: it.asked_by.clone(),
        });
        issued.collect()
    }

    /// How many connections and streams there are.
    pub fn load(&self) -> Load {
        self.shared.load()
    }

    /// Runs until the process ends.
    pub async fn serve_forever(mut self) {
        // The task ends only by a panic, which cannot be put right from here.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}

/// Temporary credentials that an emulator gave out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issued {
    /// The access key id.
    pub access_key: String,
    /// What gave them: `imds ROLE`, `container PATH`, `assume_role ARN`, `web_identity ARN` or `sso ACCOUNT/ROLE`.
    pub source: String,
    /// The access key id that signed the question for them, if it was signed.
    pub asked_by: Option<String>,
}

/// What an emulator is to be like.
#[derive(Clone)]
pub struct Builder {
    port: u16,
    pace: Duration,
    clock: Clock,
    keyring: Keyring,
    rules: CredentialRules,
}

type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

impl Builder {
    /// The port to listen on; 0, the default, is any free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// A pause between the events of a stream; none by default.
    #[must_use]
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// The clock by which signatures are judged and answers dated.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Accepts another key pair, besides the well-known one.
    #[must_use]
    pub fn credential(
        mut self,
        access_key: impl Into<String>,
        secret_key: impl Into<String>,
        session_token: Option<String>,
    ) -> Self {
        let (access_key, secret_key) = (access_key.into(), secret_key.into());
        self.keyring.credentials.push(Credential {
            access_key,
            secret_key,
            session_token,
            expired: false,
        });
        self
    }

    /// Accepts another API key, besides the well-known one.
    #[must_use]
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.keyring.api_keys.push(api_key.into());
        self
    }

    /// How the services behave that credentials come from.
    #[must_use]
    pub fn credential_rules(mut self, rules: CredentialRules) -> Self {
        self.rules = rules;
        self
    }

    /// Binds the port and starts to serve. Needs a Tokio runtime with I/O and time.
    ///
    /// # Errors
    ///
    /// If the port cannot be bound.
    pub async fn start(self) -> io::Result<Emulator> {
        let socket = TcpSocket::new_v4()?;
        // As Tokio's own listener: a port that was in use a moment ago is free.
        socket.set_reuseaddr(true)?;
        socket.bind((Ipv4Addr::LOCALHOST, self.port).into())?;
        let listener = socket.listen(BACKLOG)?;
        let addr = listener.local_addr()?;
        let shared = Arc::new(Shared::new(
            self.keyring,
            self.clock,
            self.pace,
            Desk::new(self.rules),
        ));
        let task = tokio::spawn(server::accept(listener, Arc::clone(&shared)));
        Ok(Emulator { addr, shared, task })
    }
}

impl Default for Builder {
    fn default() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the default clock is the real one"
        )]
        let clock = Arc::new(SystemTime::now);
        let builder = Self {
            port: 0,
            pace: Duration::ZERO,
            clock,
            keyring: Keyring::default(),
            rules: CredentialRules::default(),
        };
        builder
            .credential(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None)
            .credential(
                ACCESS_KEY_ID,
                SECRET_ACCESS_KEY,
                Some(SESSION_TOKEN.to_owned()),
            )
            .api_key(API_KEY)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("port", &self.port)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}
