//! A reqwest client.

use driver::{OnText, Prompt, Result, Wire};
use reqwest::{Client, Response};

use crate::Level;
use crate::frames::Frames;
use crate::request::Made;

pub(crate) struct ReqwestClient {
    address: String,
    client: Client,
    made: Made,
}

impl ReqwestClient {
    pub(crate) fn new(address: String) -> Result<Self> {
        Ok(Self {
            address,
            client: Client::builder().build()?,
            made: Made::default(),
        })
    }

    pub(crate) async fn call(&self, path: &str, prompt: &Prompt, wire: Wire) -> Result<usize> {
        let response = self.send(path, prompt, wire).await?;
        Ok(response.bytes().await?.len())
    }

    pub(crate) async fn stream(
        &self,
        path: &str,
        prompt: &Prompt,
        wire: Wire,
        text: OnText<'_>,
    ) -> Result<()> {
        let mut response = self.send(path, prompt, wire).await?;
        let mut frames = Frames::new(Level::Reqwest, wire);
        while let Some(data) = response.chunk().await? {
            frames.read(&data, text)?;
        }
        Ok(())
    }

    async fn send(&self, path: &str, prompt: &Prompt, wire: Wire) -> Result<Response> {
        let request = self
            .client
            .post(format!("http://{}{path}", self.address))
            .header("content-type", "application/json")
            .body(self.made.body(prompt, wire)?);
        Ok(request.send().await?.error_for_status()?)
    }
}
