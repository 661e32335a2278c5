//! The calls that are disturbed, and what they are answered with when nobody disturbs them.

use std::fmt;
use std::ops::Range;

use reqllm::{Client, Delivery};
use reqllm_emulator::Emulator;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::job::{Given, Job};
use crate::route::Route;

/// An answer that nobody has disturbed.
pub(crate) struct Truth {
    pub(crate) route: &'static Route,
    pub(crate) delivery: Delivery,
    /// The body, byte by byte.
    pub(crate) body: Vec<u8>,
    /// The body of the same answer where no stream is asked for.
    pub(crate) in_one_piece: Vec<u8>,
    /// Where its frames or events are; none if it is no stream.
    pub(crate) frames: Vec<Range<usize>>,
    /// Where each of them has said all that it says.
    said: Vec<usize>,
    /// The text that the first so many frames bring.
    texts: Vec<String>,
    silent: usize,
    ends: usize,
    /// What the library makes of it.
    pub(crate) given: Given,
}

impl Truth {
    /// What the emulator answers to the call.
    pub(crate) async fn of(route: &'static Route, delivery: Delivery) -> Self {
        let job = |client: &Client| Some(route.job(client));
        Self::told(route, delivery, job).await.unwrap()
    }

    /// The same, with a call of a tool in the answer; none where there are no tools.
    pub(crate) async fn with_tool(route: &'static Route, delivery: Delivery) -> Option<Self> {
        Self::told(route, delivery, |client| route.job_with_tool(client)).await
    }

    async fn told(
        route: &'static Route,
        delivery: Delivery,
        job: impl Fn(&Client) -> Option<Job>,
    ) -> Option<Self> {
        let emulator = Emulator::start().await.unwrap();
        let client = route.client(&emulator.endpoint()).build().unwrap();
        let job = job(&client)?;
        let body = post(&emulator, route, &job, delivery).await;
        let in_one_piece = post(&emulator, route, &job, Delivery::Whole).await;
        let given = job.made(delivery).await.unwrap().result;
        let given = given.unwrap_or_else(|error| panic!("{route:?}: {error}"));
        let column = route.column;
        let (mut frames, mut said, mut texts) = (Vec::new(), Vec::new(), vec![String::new()]);
        let (mut silent, mut ends) = (0, 0);
        if delivery == Delivery::Stream {
            let pieces = column.pieces(&body);
            silent = pieces.iter().position(|it| !column.is_silent(it)).unwrap();
            ends = match pieces.iter().position(|it| column.ends(it)) {
                Some(last) => last + 1,
                None => pieces.len(),
            };
            for piece in pieces {
                texts.push(texts.last().unwrap().clone() + column.text(&piece));
                said.push(piece.said);
                frames.push(piece.place);
            }
            assert_eq!(texts.last().unwrap(), &given.text(), "{route:?}");
        }
        Some(Self {
            route,
            delivery,
            body,
            in_one_piece,
            frames,
            said,
            texts,
            silent,
            ends,
            given,
        })
    }

    /// The content type of the answer.
    pub(crate) fn content_type(&self) -> &'static str {
        self.route.column.content_type(self.delivery)
    }

    /// How many frames say no more than that an answer begins.
    pub(crate) fn silent(&self) -> usize {
        self.silent
    }

    /// How many frames make the answer whole; what follows them are counts, and words of farewell.
    pub(crate) fn ends(&self) -> usize {
        self.ends
    }

    /// The text of the first `count` frames.
    pub(crate) fn text_of(&self, count: usize) -> &str {
        &self.texts[count]
    }

    /// How many frames have said what they say in the first `length` bytes.
    pub(crate) fn said_in(&self, length: usize) -> usize {
        self.said.iter().filter(|said| **said <= length).count()
    }

    /// How many frames come before half of the text has come.
    pub(crate) fn middle(&self) -> usize {
        let half = self.given.text().len() / 2;
        let count = self.texts.iter().position(|text| text.len() >= half);
        count.unwrap()
    }

    /// How many bytes these frames and half of the next one have; half of a body without frames.
    pub(crate) fn bytes_into(&self, count: usize) -> usize {
        match self.frames.get(count) {
            Some(next) => next.start + next.len() / 2,
            None => self.body.len() / 2,
        }
    }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (column, title) = (self.route.column.title(), self.route.title);
        write!(f, "{column} ({title}) · {:?}", self.delivery)
    }
}

/// The body of the emulator's answer, over a bare connection. HTTP/1.0 has no chunks.
async fn post(emulator: &Emulator, route: &Route, job: &Job, delivery: Delivery) -> Vec<u8> {
    let (url, headers, body) = job.request(delivery);
    let path = url.strip_prefix(&emulator.endpoint()).unwrap();
    let body = body.to_string();
    let mut socket = tokio::net::TcpStream::connect(emulator.addr())
        .await
        .unwrap();
    let head = format!(
        "POST {path} HTTP/1.0\r\n{headers}{}content-length: {}\r\n\r\n",
        route.key_header(),
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer);
    assert!(
        answer.starts_with(b"HTTP/1.0 200 OK\r\n"),
        "{route:?}: {text}"
    );
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    answer.split_off(end + 4)
}
