//! What observers and traces are told of a call before it is made.

use reqllm_core::{Delivery, Exchange, Identity, Provider, Task};
use reqllm_transport::{CallInfo, Observation};

use crate::{Chat, Client, LanguageModel};

/// A conversation.
pub(crate) fn chat(chat: &Chat, exchange: &Exchange, identity: &Identity) -> Observation {
    let observation = chat.model.client.transport().observe(|| {
        let mut info = of_model("chat", &chat.model).asking(exchange.request.uri());
        info.route = exchange.route.operation;
        info.streaming = exchange.delivery == Delivery::Stream;
        info.wire_id = Some(identity.wire_id.clone());
        info.settings = chat.call.settings.clone();
        info.object = chat.call.object.is_some();
        info.attributes.clone_from(&exchange.attributes);
        info
    });
    observation.input(&chat.call.messages);
    observation
}

/// An operation of a model that is no conversation. Of several tasks the first speaks for all.
pub(crate) fn task<T>(
    operation: &'static str,
    model: &LanguageModel,
    task: Option<&Task<T>>,
    more: impl FnOnce(&mut CallInfo),
) -> Observation {
    model.client.transport().observe(|| {
        let mut info = with_task(of_model(operation, model), task);
        more(&mut info);
        info
    })
}

/// An operation of a provider that takes no model.
pub(crate) fn account<T>(
    operation: &'static str,
    client: &Client,
    provider: &dyn Provider,
    task: &Task<T>,
) -> Observation {
    client
        .transport()
        .observe(|| with_task(of_provider(operation, provider), Some(task)))
}

fn of_provider(operation: &'static str, provider: &dyn Provider) -> CallInfo {
    let mut info = CallInfo::new(operation, provider.id());
    provider
        .convention_name()
        .clone_into(&mut info.provider_name);
    info
}

fn of_model(operation: &'static str, model: &LanguageModel) -> CallInfo {
    let mut info = of_provider(operation, &*model.provider);
    info.model = Some(model.model.id.clone());
    info.wire_id = Some(model.model.sent_id().to_owned());
    info
}

fn with_task<T>(info: CallInfo, task: Option<&Task<T>>) -> CallInfo {
    let Some(task) = task else { return info };
    let mut info = info.asking(task.request.uri());
    info.route = task.route.operation;
    info.attributes.clone_from(&task.attributes);
    info
}
