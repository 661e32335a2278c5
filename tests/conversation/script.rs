//! A provider of our own, and a server behind it that answers by a script.
//!
//! The request's body is the call as far as a model sees it. The answer's body is a list of things to tell the fold, one JSON
//! object a line.

use std::sync::{Arc, Mutex};

use reqllm::{
    Answer, Authorize, Bytes, Call, Client, ClientBuilder, Clock, Delivery, Error, ErrorKind,
    Exchange, FinishReason, Fold, LanguageModel, Model, ObjectForm, Provider, Reader, Result,
    Route, Usage,
};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A model and its script.
pub(crate) struct Script {
    requests: Arc<Mutex<Vec<Value>>>,
    url: String,
    form: ObjectForm,
    task: JoinHandle<()>,
}

impl Script {
    /// Each turn is a list of things to tell the fold.
    pub(crate) async fn start(turns: impl IntoIterator<Item = Vec<Value>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&requests);
        let turns: Vec<Vec<Value>> = turns.into_iter().collect();
        let task = tokio::spawn(async move {
            for turn in turns {
                let (mut socket, _) = listener.accept().await.unwrap();
                let request = read(&mut socket).await;
                heard.lock().unwrap().push(request);
                let head = match turn.first().and_then(|first| first["refuse"].as_u64()) {
                    Some(status) => format!("HTTP/1.1 {status} No\r\nconnection: close\r\n\r\n"),
                    None => "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_owned(),
                };
                let lines = turn.iter().map(|line| format!("{line}\n"));
                let answer = std::iter::once(head).chain(lines).collect::<String>();
                socket.write_all(answer.as_bytes()).await.unwrap();
                socket.shutdown().await.ok();
            }
        });
        Self {
            requests,
            url,
            form: ObjectForm::Native,
            task,
        }
    }

    /// How the provider asks for objects.
    pub(crate) fn form(mut self, form: ObjectForm) -> Self {
        self.form = form;
        self
    }

    pub(crate) fn model(&self) -> LanguageModel {
        self.model_of(Client::builder())
    }

    pub(crate) fn model_of(&self, builder: ClientBuilder) -> LanguageModel {
        let provider = Scripted {
            url: self.url.clone(),
            form: self.form.clone(),
        };
        let json = json!({
            "provider": "script", "id": "parrot", "cost": {"input": "1", "output": "2"},
        });
        let client = builder.provider(provider).build().unwrap();
        client
            .model(Model::from_json(&json.to_string()).unwrap())
            .unwrap()
    }

    /// What the model was asked, each time.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(socket: &mut TcpStream) -> Value {
    let mut socket = BufReader::new(socket);
    let mut length = 0;
    loop {
        let mut line = String::new();
        socket.read_line(&mut line).await.unwrap();
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// What a turn may say.
pub(crate) fn text(text: &str) -> Value {
    json!({ "text": text })
}

pub(crate) fn tool(id: &str, name: &str, arguments: Value) -> Value {
    let arguments = match arguments {
        Value::String(text) => text,
        other => other.to_string(),
    };
    json!({"tool": {"id": id, "name": name, "arguments": arguments}})
}

pub(crate) fn stop(reason: FinishReason) -> Value {
    json!({ "stop": reason })
}

/// The answer breaks off here.
pub(crate) fn break_off() -> Value {
    json!({ "break": true })
}

pub(crate) fn refuse(status: u16) -> Value {
    json!({ "refuse": status })
}

#[derive(Debug)]
struct Scripted {
    url: String,
    form: ObjectForm,
}

impl Provider for Scripted {
    fn id(&self) -> &str {
        "script"
    }

    /// Like many, it fetches nothing.
    fn takes_url(&self, url: &str) -> bool {
        url.starts_with("s3://")
    }

    fn prepare(&self, _: &Model, call: &Call, _: Delivery) -> Result<Exchange> {
        let choice = call
            .tool_choice
            .as_ref()
            .map(|choice| format!("{choice:?}"));
        let body = json!({
            "messages": call.messages, "tools": call.tools, "tool_choice": choice, "object": call.object,
        });
        let request = http::Request::post(&self.url).body(Bytes::from(body.to_string()));
        let route = Route::new("Say", "there is no other");
        let mut exchange =
            Exchange::new(request.unwrap(), route, Arc::new(Nobody), Arc::new(Spoken));
        exchange.expectation.object = call.object.as_ref().map(|_| self.form.clone());
        Ok(exchange)
    }
}

#[derive(Debug)]
struct Nobody;

#[async_trait::async_trait]
impl Authorize for Nobody {
    async fn authorize(&self, _: &mut http::Request<Bytes>, _: &Clock) -> Result<()> {
        Ok(())
    }

    fn scheme(&self) -> Option<&'static str> {
        None
    }
}

#[derive(Debug)]
struct Spoken;

impl Answer for Spoken {
    fn open(&self, _: &http::response::Parts) -> Result<Box<dyn Reader>> {
        Ok(Box::new(Lines {
            open: Vec::new(),
            index: 0,
        }))
    }

    fn refuse(&self, head: &http::response::Parts, _: &[u8]) -> Error {
        Error::new(ErrorKind::Permission, "the script refuses").with_status(head.status.as_u16())
    }
}

struct Lines {
    open: Vec<u8>,
    index: u32,
}

impl Reader for Lines {
    fn read(&mut self, chunk: Bytes, fold: &mut Fold) -> Result<()> {
        for byte in chunk {
            if byte != b'\n' {
                self.open.push(byte);
                continue;
            }
            let line: Value = serde_json::from_slice(&std::mem::take(&mut self.open)).unwrap();
            if line.get("break").is_some() {
                return Err(Error::stream("the script breaks off"));
            }
            self.tell(&line, fold);
        }
        Ok(())
    }

    /// Every answer takes the same number of tokens.
    fn end(&mut self, fold: &mut Fold) -> Result<()> {
        let mut usage = Usage::default();
        usage.input_tokens = Some(10);
        usage.output_tokens = Some(5);
        fold.usage(usage);
        Ok(())
    }
}

impl Lines {
    fn tell(&mut self, line: &Value, fold: &mut Fold) {
        let field = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
        if let Some(text) = line["text"].as_str() {
            fold.text(self.index, text);
        } else if let Some(tool) = line.get("tool") {
            self.index += 1;
            fold.tool_call_start(self.index, field(tool, "id"), field(tool, "name"));
            fold.tool_call_arguments(self.index, field(tool, "arguments"));
            fold.end_block(self.index);
            self.index += 1;
        } else {
            let reason: FinishReason = serde_json::from_value(line["stop"].clone()).unwrap();
            fold.stop(reason, field(line, "stop"));
        }
    }
}
