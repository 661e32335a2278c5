//! Connections of hyper, kept in a list.

use std::sync::Mutex;

use bytes::Bytes;
use driver::{OnText, Prompt, Result, Wire};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Level;
use crate::frames::Frames;
use crate::request::{Made, body};
use crate::response::text_length;
use crate::sign::Signer;

pub(crate) struct HyperClient {
    address: String,
    level: Level,
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
    made: Made,
    signer: Signer,
}

impl HyperClient {
    pub(crate) fn new(address: String, level: Level) -> Self {
        Self {
            address,
            level,
            idle: Mutex::default(),
            made: Made::default(),
            signer: Signer::new(),
        }
    }

    pub(crate) async fn call(&self, path: &str, prompt: &Prompt, wire: Wire) -> Result<usize> {
        let (response, connection) = self.send(path, prompt, wire).await?;
        let body = response.into_body().collect().await?.to_bytes();
        self.keep(connection)?;
        text_length(self.level, wire, &body)
    }

    pub(crate) async fn stream(
        &self,
        path: &str,
        prompt: &Prompt,
        wire: Wire,
        text: OnText<'_>,
    ) -> Result<()> {
        let (response, connection) = self.send(path, prompt, wire).await?;
        let mut frames = Frames::new(self.level, wire);
        let mut body = response.into_body();
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame?.into_data() {
                frames.read(&data, text)?;
            }
        }
        self.keep(connection)
    }

    async fn send(
        &self,
        path: &str,
        prompt: &Prompt,
        wire: Wire,
    ) -> Result<(Response<Incoming>, SendRequest<Full<Bytes>>)> {
        let mut connection = self.connection().await?;
        let request = Request::post(path)
            .header("host", &self.address)
            .header("content-type", "application/json");
        let request = match self.level.signs() {
            true => {
                let body = body(prompt, wire)?;
                let signed = self.signer.sign(&self.address, path, &body)?;
                request
                    .header("accept", "application/json")
                    .header("x-amz-date", signed.date)
                    .header("authorization", signed.authorization)
                    .body(Full::new(body))?
            }
            false => request.body(Full::new(self.made.body(prompt, wire)?))?,
        };
        let response = connection.send_request(request).await?;
        match response.status().is_success() {
            true => Ok((response, connection)),
            false => Err(format!("the server answers {}", response.status()).into()),
        }
    }

    async fn connection(&self) -> Result<SendRequest<Full<Bytes>>> {
        let idle = self.idle.lock().map_err(|_| "a call panicked")?.pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => {
                let socket = TcpStream::connect(&self.address).await?;
                socket.set_nodelay(true)?;
                let (sender, connection) = handshake(TokioIo::new(socket)).await?;
                // Its end shows in the requests that are sent over it.
                tokio::spawn(async move { connection.await.ok() });
                sender
            }
        };
        connection.ready().await?;
        Ok(connection)
    }

    fn keep(&self, connection: SendRequest<Full<Bytes>>) -> Result<()> {
        let mut idle = self.idle.lock().map_err(|_| "a call panicked")?;
        idle.push(connection);
        Ok(())
    }
}
