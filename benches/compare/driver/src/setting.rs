//! What one run does, from the command line.

use std::str::FromStr;

use crate::{Failure, Result};

/// The kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Calls: CPU and time of each.
    Calls,
    /// Streams, one after the other, as fast as they come: CPU of an event.
    Stream,
    /// One stream with pauses: from the server's write to the user's code.
    Latency,
    /// Many streams with pauses at once: CPU of an event.
    Paced,
    /// Many open streams: memory of each.
    Memory,
    /// One call by a new process.
    Start,
}

/// Which of Bedrock's operations carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// Converse and ConverseStream.
    Converse,
    /// InvokeModel and InvokeModelWithResponseStream, with Claude's own body.
    Native,
}

/// What one run does.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Where the server is.
    pub endpoint: String,
    /// The kind of work.
    pub work: Work,
    /// The operation.
    pub wire: Wire,
    /// The model, whose id tells the server what to answer.
    pub model: String,
    /// Calls or streams that are measured; of memory, the events of each stream after which it is looked at.
    pub count: u64,
    /// Calls or streams before, which are not.
    pub warm: u64,
    /// Calls or streams at once.
    pub at_once: u64,
    /// The size of the question in KiB; 0 is a short one.
    pub prompt_kib: usize,
}

impl Setting {
    /// Reads `--name value` pairs.
    ///
    /// # Errors
    ///
    /// If a name is not known, or a value does not do.
    pub(crate) fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut setting = Self {
            endpoint: "http://127.0.0.1:8800".to_owned(),
            work: Work::Calls,
            wire: Wire::Converse,
            model: "anthropic.claude-events-2000".to_owned(),
            count: 1000,
            warm: 200,
            at_once: 1,
            prompt_kib: 0,
        };
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or(format!("{name} needs a value"))?;
            match name.as_str() {
                "--endpoint" => setting.endpoint = value,
                "--work" => setting.work = value.parse()?,
                "--wire" => setting.wire = value.parse()?,
                "--model" => setting.model = value,
                "--count" => setting.count = value.parse()?,
                "--warm" => setting.warm = value.parse()?,
                "--at-once" => setting.at_once = value.parse()?,
                "--prompt-kib" => setting.prompt_kib = value.parse()?,
                _ => return Err(format!("there is no argument {name}").into()),
            }
        }
        Ok(setting)
    }
}

impl FromStr for Work {
    type Err = Failure;

    fn from_str(name: &str) -> Result<Self> {
        Ok(match name {
            "calls" => Self::Calls,
            "stream" => Self::Stream,
            "latency" => Self::Latency,
            "paced" => Self::Paced,
            "memory" => Self::Memory,
            "start" => Self::Start,
            _ => return Err(format!("there is no work {name:?}").into()),
        })
    }
}

impl FromStr for Wire {
    type Err = Failure;

    fn from_str(name: &str) -> Result<Self> {
        Ok(match name {
            "converse" => Self::Converse,
            "native" => Self::Native,
            _ => return Err(format!("there is no wire {name:?}: converse or native").into()),
        })
    }
}
