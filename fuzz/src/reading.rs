//! Reading, and what must hold of it.

use bytes::Bytes;
use http::response::Parts;
use reqllm_core::{
    Answer, Event, FinishReason, Fold, Identity, Message, Model, Part, Pricing, Response,
};

/// What came of reading.
#[derive(Debug)]
pub struct Outcome {
    /// The error's kind and message, if it went wrong.
    pub error: Option<String>,
    /// The response, whole or partial.
    pub response: Response,
    /// The events on the way.
    pub events: Vec<Event>,
}

/// The head of an answer of success.
fn head() -> Parts {
    let mut response = http::Response::new(());
    let id = http::HeaderValue::from_static("r-1");
    response.headers_mut().insert("x-amzn-requestid", id);
    response.into_parts().0
}

/// Somebody whose answers have a price.
fn identity() -> Identity {
    let mut model = Model::new("bedrock", "fuzzed");
    let mut pricing = Pricing::default();
    pricing.input = Some(3.into());
    pricing.output = Some(15.into());
    pricing.cache_read = Some(1.into());
    pricing.cache_write = Some(4.into());
    model.cost = Some(pricing);
    Identity::from(&model)
}

/// Reads pieces to their end, or up to the first error.
pub fn read<'a>(answer: &dyn Answer, pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut fold = Fold::new(identity()).listened();
    let mut reader = answer
        .open(&head())
        .expect("this head promises nothing else");
    let read = pieces
        .into_iter()
        .try_for_each(|piece| reader.read(Bytes::copy_from_slice(piece), &mut fold))
        .and_then(|()| reader.end(&mut fold));
    let events = std::iter::from_fn(|| fold.next_event()).collect();
    let response = match &read {
        Ok(()) => fold.finish(),
        Err(_) => fold.abandon(),
    };
    let error = read
        .err()
        .map(|error| format!("{}: {}", error.kind().as_str(), error.message()));
    Outcome {
        error,
        response,
        events,
    }
}

/// Pieces of bytes, cut where the seed says.
pub fn cut(bytes: &[u8], seed: u8) -> Vec<&[u8]> {
    match usize::from(seed) {
        0 => vec![bytes],
        1..16 => bytes.chunks(usize::from(seed)).collect(),
        seed => {
            let (head, tail) = bytes.split_at(seed * bytes.len() / 256);
            vec![head, &[], tail]
        }
    }
}

/// What holds of every outcome, `length` bytes of input or what they were made of.
pub fn check(outcome: &Outcome, length: usize) {
    let Outcome {
        error,
        response,
        events,
    } = outcome;
    assert!(
        events.len() <= 64 + 2 * length,
        "{} events of {length} bytes",
        events.len()
    );
    // What was shown as it came is what is there at the end.
    let told = |of: fn(&Event) -> usize| events.iter().map(of).sum::<usize>();
    let held = |of: fn(&Part) -> usize| response.message.content.iter().map(of).sum::<usize>();
    let text = |event: &Event| match event {
        Event::Text(delta) => delta.text.len(),
        _ => 0,
    };
    let kept = |part: &Part| match part {
        Part::Text(part) => part.text.len(),
        _ => 0,
    };
    assert_eq!(told(text), held(kept), "text is lost or made up");
    let thought = |event: &Event| match event {
        Event::Reasoning(delta) => delta.text.as_ref().map_or(0, String::len),
        _ => 0,
    };
    let kept = |part: &Part| match part {
        Part::Reasoning(part) => part.text.len(),
        _ => 0,
    };
    assert_eq!(told(thought), held(kept), "thoughts are lost or made up");
    for part in &response.message.content {
        let Part::Text(text) = part else { continue };
        let length = text.text.chars().count();
        for citation in &text.citations {
            assert!(citation.start <= citation.end && citation.end <= length);
        }
    }
    if error.is_some() {
        assert_eq!(response.finish_reason, FinishReason::Error);
    }
    // What came can be said again.
    let json = serde_json::to_value(&response.message).expect("a message is JSON");
    let again: Message = serde_json::from_value(json).expect("and can be read again");
    assert_eq!(again, response.message);
}

impl Outcome {
    /// Panics unless another way to cut the same bytes had the same outcome.
    pub fn assert_same(&self, other: &Self) {
        assert_eq!(self.error, other.error);
        assert_eq!(self.response, other.response);
        assert_eq!(self.events, other.events);
    }
}
