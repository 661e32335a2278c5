//! An object as it grows.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use reqllm_core::{Error, Event, Response, Result};
use reqllm_transport::EventStream;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::partial::{Partial, extends};
use super::{Object, read, verify, wants_tools};
use crate::Chat;

/// What there is of an object, again and again until it is whole.
///
/// Each value has everything that the one before had, and more: texts grow, lists get longer, objects get fields; numbers
/// and words such as `true` come when they are whole. The longer it is, the more has to come before it is given again. A
/// model that breaks off and writes another object begins anew, and so do the values.
///
/// Only the last value, which comes in any case, has been held to the schema: fields that are required may be missing
/// before, and the object that counts may be another one than that which grew. An answer that does not satisfy the schema
/// ends the stream with an error that carries the answer; a stream is not asked for again, because what has been shown
/// cannot be taken back.
///
/// ```no_run
/// # use reqllm::ObjectSchema;
/// # async fn run(schema: ObjectSchema) -> reqllm::Result<()> {
/// let model = reqllm::model("bedrock:amazon.nova-lite-v1:0")?;
/// let mut stream = model.chat("Ten cities and why.").object_schema(schema).stream().await?;
/// while let Some(so_far) = stream.try_next().await? {
///     println!("{so_far}");
/// }
/// let whole = stream.finish().await?.value;
/// # Ok(())
/// # }
/// ```
pub struct ObjectStream<T> {
    events: EventStream,
    partial: Partial,
    /// Where the object begins that is shown, and what was shown of it.
    shown: Option<(usize, Value)>,
    response: Option<Arc<Response>>,
    object: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> ObjectStream<T> {
    pub(super) async fn open(chat: &Chat) -> Result<Self> {
        let check = chat.check()?;
        let events = chat.raw_events().await?;
        let events = events.checked(move |response| {
            let value = match &check {
                Some(check) => verify(check, response, read::<T>)?,
                None => None,
            };
            match value {
                Some(_) => Ok(()),
                None => Err(wants_tools(response)),
            }
        });
        Ok(Self {
            events,
            partial: Partial::default(),
            shown: None,
            response: None,
            object: PhantomData,
        })
    }

    /// What there is of the object now; none after the whole one.
    ///
    /// # Errors
    ///
    /// As [`ObjectCall::response`](crate::ObjectCall::response). Nothing comes after it.
    pub async fn try_next(&mut self) -> Result<Option<Value>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context))
            .await
            .transpose()
    }

    /// Reads to the end; gives the whole object, whatever of it was taken before.
    ///
    /// # Errors
    ///
    /// As [`ObjectStream::try_next`].
    pub async fn finish(mut self) -> Result<Object<T>> {
        // Nobody looks at what there is on the way.
        while let Some(event) = self.events.try_next().await? {
            if let Event::Finish { response } = event {
                self.response = Some(response);
            }
        }
        let Some(response) = self.response else {
            // The error was given before.
            return Err(Error::stream(
                "the stream has failed before; the error was given then",
            ));
        };
        let response = Arc::unwrap_or_clone(response);
        let object = response.object.as_ref().unwrap_or(&Value::Null);
        match read(object) {
            Ok(value) => Ok(Object { value, response }),
            Err(error) => Err(Error::decode(error).with_partial(response)),
        }
    }

    /// What an event adds to the object, if it does.
    fn take(&mut self, event: Event) -> Option<Value> {
        match event {
            Event::Text(delta) if self.events.holds_object(delta.index) => {
                self.partial.push(&delta.text);
                let (begin, value) = self.partial.grown()?;
                let shown = self.shown.as_ref().filter(|(at, _)| *at == begin);
                if shown.is_some_and(|(_, shown)| *shown == value || !extends(shown, &value)) {
                    return None;
                }
                self.shown = Some((begin, value.clone()));
                Some(value)
            }
            Event::Finish { response } => {
                let value = response.object.clone();
                self.response = Some(response);
                value
            }
            _ => None,
        }
    }
}

impl<T: DeserializeOwned> Stream for ObjectStream<T> {
    type Item = Result<Value>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(Pin::new(&mut self.events).poll_next(context)) {
                Some(Ok(event)) => {
                    if let Some(value) = self.take(event) {
                        return Poll::Ready(Some(Ok(value)));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> fmt::Debug for ObjectStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStream").finish_non_exhaustive()
    }
}
