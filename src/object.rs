//! Answers that are an object of the caller's type or schema.

mod ask;
mod check;
mod partial;
mod stream;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use reqllm_core::schemars::JsonSchema;
use reqllm_core::{Error, ErrorKind, ObjectSchema, Response, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use self::ask::{ask, verify};
use self::check::Check;
pub use self::stream::ObjectStream;
use crate::Chat;

impl Chat {
    /// Asks for an object of type `T`, which its JSON Schema describes to the model. Await it for the value.
    ///
    /// ```no_run
    /// use reqllm::schemars::{self, JsonSchema};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize, JsonSchema)]
    /// struct Person {
    ///     name: String,
    ///     /// In years
    ///     age: u8,
    /// }
    ///
    /// # async fn run() -> reqllm::Result<()> {
    /// let model = reqllm::model("bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0")?;
    /// let person: Person = model.chat("John is 42 and a baker.").object().await?;
    /// println!("{} is {}", person.name, person.age);
    /// # Ok(())
    /// # }
    /// ```
    pub fn object<T: DeserializeOwned + JsonSchema>(self) -> ObjectCall<T> {
        ObjectCall::new(self.schema(ObjectSchema::of::<T>()))
    }

    /// Asks for an object of this schema. Await it for the value.
    ///
    /// ```no_run
    /// use reqllm::ObjectSchema;
    /// use serde_json::json;
    ///
    /// # async fn run() -> reqllm::Result<()> {
    /// let model = reqllm::model("bedrock:amazon.nova-lite-v1:0")?;
    /// let schema = ObjectSchema::new(json!({
    ///     "type": "object",
    ///     "properties": {"name": {"type": "string"}},
    ///     "required": ["name"],
    /// }))?;
    /// let person = model.chat("John is 42 and a baker.").object_schema(schema).await?;
    /// println!("{}", person["name"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn object_schema(self, schema: ObjectSchema) -> ObjectCall<Value> {
        ObjectCall::new(self.schema(schema))
    }

    /// What holds the answer to the schema, if there is one.
    pub(crate) fn check(&self) -> Result<Option<Check>> {
        self.call.object.as_ref().map(Check::new).transpose()
    }
}

/// A call for an object that has not been made. Await it for the value, take the [`ObjectCall::response`] with it, or
/// [`ObjectCall::stream`] it.
///
/// The object satisfies the schema, and becomes a `T`. If the model's answer does not, it is asked once more, with its
/// answer and what was wrong with it; a warning `object_repaired` tells, and both calls are in the usage and the cost.
/// If that does not do either, the error has the kind [`ErrorKind::Model`] and carries the answer. An answer that was cut off
/// or filtered is not asked for again. (Without the feature `validate` only the type decides.)
#[must_use = "a call is made when it is awaited or streamed"]
pub struct ObjectCall<T> {
    chat: Chat,
    object: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> ObjectCall<T> {
    fn new(chat: Chat) -> Self {
        Self {
            chat,
            object: PhantomData,
        }
    }

    /// Makes the call; gives the value and the response that it came with.
    ///
    /// ```no_run
    /// # async fn run(schema: reqllm::ObjectSchema) -> reqllm::Result<()> {
    /// let model = reqllm::model("bedrock:amazon.nova-lite-v1:0")?;
    /// let answer = model.chat("John is 42.").object_schema(schema).response().await?;
    /// println!("{} for {:?}", answer.value, answer.response.cost());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Chat::send`]; [`ErrorKind::InvalidRequest`] if the schema is none, or the model asks for tools;
    /// [`ErrorKind::Model`], [`ErrorKind::ContentFilter`] or [`ErrorKind::ContextWindow`] with the partial response if there is no
    /// object that would do.
    pub async fn response(mut self) -> Result<Object<T>> {
        self.chat.load_media().await?;
        match ask(&self.chat, read::<T>).await? {
            (Some(value), response) => Ok(Object { value, response }),
            (None, response) => Err(wants_tools(&response).with_partial(response)),
        }
    }

    /// Makes the call; gives the object as it grows.
    ///
    /// # Errors
    ///
    /// As [`Chat::stream`], and [`ErrorKind::InvalidRequest`] if the schema is none.
    pub async fn stream(mut self) -> Result<ObjectStream<T>> {
        self.chat.load_media().await?;
        ObjectStream::open(&self.chat).await
    }
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for ObjectCall<T> {
    type Output = Result<T>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { self.response().await.map(|object| object.value) })
    }
}

impl<T> fmt::Debug for ObjectCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectCall")
            .field("chat", &self.chat)
            .finish_non_exhaustive()
    }
}

/// An object, and the response that it came with.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Object<T> {
    /// The object.
    pub value: T,
    /// The response; [`Response::object`] is the object as JSON.
    pub response: Response,
}

/// What a JSON object means to the caller, or why it means nothing.
fn read<T: DeserializeOwned>(object: &Value) -> Result<T, String> {
    T::deserialize(object).map_err(|error| error.to_string())
}

/// The model was to give an object, and waits for tools first.
fn wants_tools(response: &Response) -> Error {
    let names: Vec<&str> = response
        .tool_calls()
        .map(|call| call.name.as_str())
        .collect();
    let message = format!(
        "the model asks for tools ({}) before it gives the object; run them with `.schema(…).run()`",
        names.join(", ")
    );
    Error::new(ErrorKind::InvalidRequest, message)
}
