//! XML, as much of it as the Query protocol says.

use http::StatusCode;

use crate::dice::Dice;
use crate::reply::Reply;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// An element with what is in it, already written.
pub(super) struct Element {
    name: &'static str,
    inner: String,
}

impl Element {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            inner: String::new(),
        }
    }

    /// Adds an element that holds text.
    pub(super) fn with(mut self, name: &str, text: impl AsRef<str>) -> Self {
        let text = escape(text.as_ref());
        self.inner.push_str(&format!("<{name}>{text}</{name}>"));
        self
    }

    pub(super) fn holding(mut self, element: Self) -> Self {
        self.inner.push_str(&element.write());
        self
    }

    fn write(&self) -> String {
        let Self { name, inner } = self;
        format!("<{name}>{inner}</{name}>")
    }
}

/// Why STS does not.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ValidationError", message)
    }

    pub(super) fn into_reply(self) -> Reply {
        let id = request_id(&self.message);
        let error = Element::new("Error")
            .with("Type", "Sender")
            .with("Code", self.code)
            .with("Message", &self.message);
        let inner = format!("{}<RequestId>{id}</RequestId>", error.write());
        document(self.status, "ErrorResponse", &inner)
    }
}

pub(super) fn success(action: &str, result: &Element) -> Reply {
    let result = result.write();
    let id = request_id(&result);
    let inner = format!("{result}<ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata>");
    document(StatusCode::OK, &format!("{action}Response"), &inner)
}

fn document(status: StatusCode, root: &str, inner: &str) -> Reply {
    let text = format!("<{root} xmlns=\"{NAMESPACE}\">{inner}</{root}>\n");
    Reply::whole(status, "text/xml", text.into())
}

fn request_id(seed: &str) -> String {
    Dice::new(&[b"sts", seed.as_bytes()]).uuid("request", 0)
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // Everything else below a blank has no place in XML.
            c if c < ' ' && !matches!(c, '\n' | '\t' | '\r') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
