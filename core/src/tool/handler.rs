//! Functions behind tools, and what they give.

use std::fmt;
use std::marker::PhantomData;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Part, ToolContent};

/// Runs a tool.
///
/// Closures serve most of the time ([`Tool::new`](crate::Tool::new)); this is for tools with a life of their own.
#[async_trait]
pub trait ToolHandler: Send + Sync {
    /// Runs it once. The arguments are what the model wrote, and as trustworthy: an object as a rule, and the text that
    /// came where it was no JSON.
    async fn run(&self, arguments: Value) -> ToolOutput;
}

/// What a tool gives back to the model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ToolOutput {
    /// What it says.
    pub content: ToolContent,
    /// Whether it failed. The model is told, and may try again.
    pub is_error: bool,
}

impl ToolOutput {
    /// It worked.
    pub fn new(content: impl Into<ToolContent>) -> Self {
        Self {
            content: content.into(),
            is_error: false,
        }
    }

    /// It failed, for this reason.
    pub fn failed(reason: impl Into<ToolContent>) -> Self {
        Self {
            content: reason.into(),
            is_error: true,
        }
    }
}

/// What a tool's function may give.
pub trait IntoToolOutput {
    /// As the model gets it.
    fn into_tool_output(self) -> ToolOutput;
}

impl IntoToolOutput for ToolOutput {
    fn into_tool_output(self) -> ToolOutput {
        self
    }
}

macro_rules! outputs {
    ($($type:ty)*) => {$(
        impl IntoToolOutput for $type {
            fn into_tool_output(self) -> ToolOutput {
                ToolOutput::new(self)
            }
        }
    )*};
}
outputs!(&'static str String Value Vec<Part> ToolContent);

/// Nothing to say: the model is told that it is done.
impl IntoToolOutput for () {
    fn into_tool_output(self) -> ToolOutput {
        ToolOutput::new("done")
    }
}

/// An error is told to the model, in the words of its `Display`.
impl<T: IntoToolOutput, E: fmt::Display> IntoToolOutput for Result<T, E> {
    fn into_tool_output(self) -> ToolOutput {
        match self {
            Ok(output) => output.into_tool_output(),
            Err(error) => ToolOutput::failed(error.to_string()),
        }
    }
}

/// Whatever serialises, as JSON for the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is nothing but a wrapper")]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoToolOutput for Json<T> {
    fn into_tool_output(self) -> ToolOutput {
        match serde_json::to_value(self.0) {
            Ok(value) => ToolOutput::new(value),
            Err(error) => {
                ToolOutput::failed(format!("the result cannot be written as JSON: {error}"))
            }
        }
    }
}

/// The arguments of a tool that takes none.
///
/// ```
/// use reqllm_core::{NoArguments, Tool};
///
/// let tool = Tool::new("now", "The time", |_: NoArguments| async { "12:00" });
/// assert_eq!(tool.parameters["type"], "object");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[expect(clippy::exhaustive_structs, reason = "there is nothing in it")]
pub struct NoArguments {}

/// A function of typed arguments.
pub(super) struct Typed<F, A> {
    function: F,
    arguments: PhantomData<fn(A)>,
}

impl<F, A> Typed<F, A> {
    pub(super) fn new(function: F) -> Self {
        Self {
            function,
            arguments: PhantomData,
        }
    }
}

#[async_trait]
impl<A, R, F, Fut> ToolHandler for Typed<F, A>
where
    A: DeserializeOwned + Send + 'static,
    F: Fn(A) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = R> + Send + 'static,
    R: IntoToolOutput + Send + 'static,
{
    async fn run(&self, arguments: Value) -> ToolOutput {
        // Models write nothing at all where there is nothing to say.
        let arguments = match arguments {
            Value::Null => Value::Object(Map::new()),
            arguments => arguments,
        };
        match serde_json::from_value(arguments) {
            Ok(arguments) => (self.function)(arguments).await.into_tool_output(),
            Err(error) => ToolOutput::failed(format!(
                "the arguments do not fit the parameters of the tool: {error}"
            )),
        }
    }
}

/// A function of the arguments as they came.
pub(super) struct Raw<F>(pub(super) F);

#[async_trait]
impl<R, F, Fut> ToolHandler for Raw<F>
where
    F: Fn(Value) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = R> + Send + 'static,
    R: IntoToolOutput + Send + 'static,
{
    async fn run(&self, arguments: Value) -> ToolOutput {
        (self.0)(arguments).await.into_tool_output()
    }
}
