//! The registry of this machine: the catalogue as it was last refreshed, under the overlays of the user and the project.

use std::path::Path;

use reqllm::{Client, ClientBuilder, Environment, Registry};

use crate::error::Failure;
use crate::patience::Patience;

pub(crate) fn registry() -> Result<Registry, Failure> {
    let env = Environment::process();
    // A folder that is gone has no project file; everything else still holds.
    let directory = std::env::current_dir().unwrap_or_else(|_| Path::new(".").to_owned());
    Ok(reqllm::refresh::registry(&env).layered(&env, &directory)?)
}

pub(crate) fn builder() -> Result<ClientBuilder, Failure> {
    let builder = Client::builder().registry(registry()?);
    Ok(builder.observer(Patience))
}
