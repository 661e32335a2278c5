//! OpenAI for reqllm.

use std::sync::Arc;

use reqllm_core::{Error, Provider, ProviderContext, ProviderDescriptor, Result};

/// The name of the provider, as in `openai:model`.
pub const ID: &str = "openai";

/// How it is found by name.
pub static DESCRIPTOR: ProviderDescriptor = ProviderDescriptor::new(ID, build);

reqllm_core::inventory::submit! { &DESCRIPTOR }

/// Names the descriptor, which also keeps it in programs whose linker would drop it unnamed.
pub fn register() -> &'static ProviderDescriptor {
    &DESCRIPTOR
}

fn build(_: &ProviderContext) -> Result<Arc<dyn Provider>> {
    Err(Error::config("this provider is being written"))
}
