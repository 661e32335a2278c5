//! What every client of the comparison has in common: the work, the prompt, and how it is measured.
//!
//! A client implements [`Peer`] and ends its `main` in [`run`]. One run does one kind of [work](Work) and prints one JSON object.

mod machine;
mod prompt;
mod setting;
mod work;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::process::ExitCode;

use tokio::runtime::Builder;

pub use self::prompt::Prompt;
pub use self::setting::{Setting, Wire, Work};

/// Anything that went wrong. A client that fails is left out of the table, and what it said is shown.
pub type Failure = Box<dyn Error + Send + Sync>;

/// What a piece of work gives.
pub type Result<T> = std::result::Result<T, Failure>;

/// Takes one piece of text of a stream.
pub type OnText<'a> = &'a mut (dyn FnMut(&str) + Send);

/// A client under test. Every method does what its users would write.
pub trait Peer: Sized + Send + Sync + 'static {
    /// A model as this client holds one between calls.
    type Model: Clone + Send + Sync + 'static;

    /// The client for this address. Keys and region are in the environment.
    fn new(endpoint: &str) -> impl Future<Output = Result<Self>> + Send;

    /// The model of this id.
    ///
    /// # Errors
    ///
    /// If the client does not know what to do with it.
    fn model(&self, id: &str) -> Result<Self::Model>;

    /// Asks, waits for the whole answer, and gives the length of its text.
    fn call(
        &self,
        model: &Self::Model,
        prompt: &Prompt,
        wire: Wire,
    ) -> impl Future<Output = Result<usize>> + Send;

    /// Asks, and hands over each piece of text as it arrives.
    fn stream(
        &self,
        model: &Self::Model,
        prompt: &Prompt,
        wire: Wire,
        text: OnText<'_>,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// The client does not offer this. The runner leaves it out without a word.
#[derive(Debug)]
pub struct Unsupported;

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this client does not offer that")
    }
}

impl Error for Unsupported {}

/// On how many threads a client runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// On the thread of `main`.
    Current,
    /// On one worker thread, for clients that block inside.
    Worker,
}

/// Does the work that the command line asks for, and prints what it took.
pub fn run<P: Peer>(runtime: Runtime) -> ExitCode {
    match measure::<P>(runtime) {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(error) if error.is::<Unsupported>() => ExitCode::from(3),
        Err(error) => {
            eprintln!("{error}");
            let mut source = error.source();
            while let Some(error) = source {
                eprintln!("  {error}");
                source = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn measure<P: Peer>(runtime: Runtime) -> Result<serde_json::Value> {
    let setting = Setting::read(std::env::args().skip(1))?;
    let mut builder = match runtime {
        Runtime::Current => Builder::new_current_thread(),
        Runtime::Worker => Builder::new_multi_thread(),
    };
    let runtime = builder.worker_threads(1).enable_all().build()?;
    // In a task, as the calls of a server are, and so that a worker does it where there is one.
    let figures = runtime.block_on(async { tokio::spawn(work::measure::<P>(setting)).await });
    // Streams may still be open; nobody waits for them.
    runtime.shutdown_background();
    figures?
}
