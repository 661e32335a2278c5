use std::sync::Arc;

use proptest::prelude::*;
use reqllm_core::{Delivery, Identity};

use super::*;
use crate::Dialect;

/// The events of a stream in these pieces.
fn events<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut events = Events::default();
    let mut seen = Vec::new();
    let mut each = |data: &[u8]| {
        seen.push(String::from_utf8_lossy(data).into_owned());
        Ok(())
    };
    for piece in pieces {
        events.push(piece, &mut each).unwrap();
    }
    events.end(&mut each).unwrap();
    seen
}

/// The standard's own examples, and what is seen in the field.
const STREAMS: &[(&str, &[&str])] = &[
    ("data: a\n\ndata: b\n\n", &["a", "b"]),
    ("data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]),
    ("data: a\r\rdata: b\r\r", &["a", "b"]),
    ("\u{feff}data: a\n\n", &["a"]),
    ("data: YHOO\ndata: +2\ndata: 10\n\n", &["YHOO\n+2\n10"]),
    (
        ": test stream\n\ndata: first event\nid: 1\n\n",
        &["first event"],
    ),
    ("data:second\nid\n\ndata:  third\n\n", &["second", " third"]),
    ("data\n\ndata\ndata\n\ndata:", &["", "\n"]),
    ("data:test\n\ndata: test\n\n", &["test", "test"]),
    ("event: error\ndata: {\"x\":1}\n\n", &["{\"x\":1}"]),
    (": OPENROUTER PROCESSING\n\ndata: [DONE]\n", &["[DONE]"]),
    ("datax: 1\n\nretry: 3\n\n", &[]),
    ("data: cut of", &[]),
    // Nothing can be missing from these but the end of the line.
    ("data: {\"a\":1}", &["{\"a\":1}"]),
    ("\u{feff}data:{} ", &["{} "]),
    ("data: a\n\ndata: [DONE]", &["a", "[DONE]"]),
    ("data: {\"a\":1", &[]),
    ("data: 12", &[]),
    ("data: a\ndata: {}", &["a"]),
    ("datax: {}", &[]),
    (
        "data: a\n\nerror: {\"code\":500}\n\n",
        &["a", "{\"error\":{\"code\":500}}"],
    ),
    ("error: no room\n\n", &["{\"error\":\"no room\"}"]),
    ("errors: 3\n\n", &[]),
    ("data: \u{1f600}\n\n", &["\u{1f600}"]),
    ("data: a\n \ndata: b\n\n", &["a\nb"]),
    ("", &[]),
];

#[test]
fn a_stream_gives_its_events_wherever_it_is_cut() {
    for (stream, expected) in STREAMS {
        let stream = stream.as_bytes();
        assert_eq!(events([stream]), *expected, "whole");
        assert_eq!(events(stream.chunks(1)), *expected, "byte by byte");
        for cut in 0..=stream.len() {
            let (head, tail) = stream.split_at(cut);
            assert_eq!(events([head, tail]), *expected, "cut at {cut}");
        }
    }
}

#[test]
fn an_object_that_is_no_text_is_not_whole() {
    let mut stream = Events::default();
    stream.push(b"data: {\"\xce\":0}", |_| Ok(())).unwrap();
    stream.end(|_| panic!("JSON is UTF-8")).unwrap();
    assert_eq!(stream.left_over(), 13);
}

proptest! {
    #[test]
    fn cuts_do_not_matter(
        stream in "(data|event|:)?(:? ?)([ab]|\r|\n|\r\n|data: x|\n\n){0,40}",
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let bytes = stream.as_bytes();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut from = 0;
        for cut in cuts {
            pieces.push(&bytes[from..cut]);
            from = cut;
        }
        pieces.push(&bytes[from..]);
        prop_assert_eq!(events([bytes]), events(pieces));
    }
}

/// What a whole body is read by.
#[derive(Debug)]
struct Whole;

impl Dialect for Whole {
    fn whole(&self, body: &[u8], _fold: &mut Fold) -> Result<()> {
        Err(Error::decode(String::from_utf8_lossy(body).into_owned()))
    }
    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(|_: &[u8], _: &mut Fold| Ok(()))
    }
    fn refusal(&self, _head: &http::response::Parts, _body: &[u8]) -> Error {
        Error::decode("refused")
    }
}

/// A server may send blanks to keep the connection, and a whole body then where a stream was to come.
#[test]
fn blanks_do_not_hide_the_form_of_a_body() {
    let read = |pieces: &[&'static str]| {
        let (head, ()) = http::Response::new(()).into_parts();
        let answer = crate::answer::read(Arc::new(Whole), Delivery::Stream);
        let mut reader = answer.open(&head).unwrap();
        let mut fold = Fold::new(Identity::default());
        let read = pieces
            .iter()
            .try_for_each(|it| reader.read(Bytes::from_static(it.as_bytes()), &mut fold));
        read.and_then(|()| reader.end(&mut fold)).unwrap_err()
    };
    let said = read(&["\n ", "\r\n", r#"{"error":"#, r#""down"}"#]);
    assert!(said.message().contains(r#"{"error":"down"}"#), "{said}");
    assert!(read(&["\n", "<html>"]).message().contains("web page"));
    assert!(
        read(&["\n", "data: {}\n\n"])
            .message()
            .contains("ended early")
    );
}

#[test]
fn an_event_that_never_ends_is_refused() {
    let mut stream = Events::default();
    let piece = vec![b'x'; MAX_EVENT / 4 + 1];
    let outcome = (0..4).try_for_each(|_| stream.push(&piece, |_| Ok(())));
    assert!(outcome.unwrap_err().message().contains("longer than"));
}
