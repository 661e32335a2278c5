//! Any text as the answer to what is no conversation: embeddings of each line of models, ranks, a count of tokens, a
//! guardrail's judgement, the account's lists. A number that says which, and the body.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use reqllm_core::{
    AccountModelKind, AccountPage, AccountQuery, Call, Decode, Embed, Embeddings, Guarded,
    GuardrailCheck, GuardrailSource, Model, Part, Provider, Rerank, Reranked, Result, TokenCount,
};
use reqllm_fuzz::BEDROCK;

enum Decoder {
    Embed(Arc<dyn Decode<Embeddings>>),
    Rerank(Arc<dyn Decode<Reranked>>),
    Count(Arc<dyn Decode<TokenCount>>),
    Guard(Arc<dyn Decode<Guarded>>),
    Account(Arc<dyn Decode<AccountPage>>),
}

static DECODERS: LazyLock<Vec<Decoder>> = LazyLock::new(|| {
    let model = |id: &str| Model::new("bedrock", id);
    let mut decoders = Vec::new();
    for id in [
        "amazon.titan-embed-text-v1",
        "amazon.titan-embed-text-v2:0",
        "cohere.embed-english-v3",
        "cohere.embed-v4:0",
        "amazon.nova-2-multimodal-embeddings-v1:0",
        "twelvelabs.marengo-embed-3-0-v1:0",
    ] {
        let mut request = Embed::new("Hi");
        request.options.set("region", "us-east-1");
        let tasks = BEDROCK.embed(&model(id), &request);
        let tasks = tasks.unwrap_or_else(|error| panic!("{id}: {error}"));
        decoders.extend(tasks.into_iter().map(|task| Decoder::Embed(task.decoder)));
    }
    for id in ["cohere.rerank-v3-5:0", "amazon.rerank-v1:0"] {
        let mut request = Rerank::new("Hi", ["a", "b"]);
        request.options.set("region", "us-west-2");
        let task = BEDROCK.rerank(&model(id), &request).expect("a task");
        decoders.push(Decoder::Rerank(task.decoder));
    }
    let mut call = Call::new("Hi");
    call.options.set("region", "us-east-1");
    let counted = BEDROCK.count_tokens(&model("anthropic.claude-3-haiku-20240307-v1:0"), &call);
    decoders.push(Decoder::Count(counted.expect("a task").decoder));
    let mut check =
        GuardrailCheck::new("gr-1", "1", GuardrailSource::Input, vec![Part::text("Hi")]);
    check.options.set("region", "us-east-1");
    let judged = BEDROCK.check_guardrail(&check).expect("a task");
    decoders.push(Decoder::Guard(judged.decoder));
    for kind in [AccountModelKind::Model, AccountModelKind::InferenceProfile] {
        for id in [None, Some("x")] {
            let mut query = AccountQuery::new();
            query.kind = Some(kind);
            query.id = id.map(str::to_owned);
            query.options.set("region", "us-east-1");
            if let Ok(task) = BEDROCK.account_models(&query, None) {
                decoders.push(Decoder::Account(task.decoder));
            }
        }
    }
    decoders
});

fuzz_target!(|text: &str| {
    let (which, body) = text.split_once('\n').unwrap_or(("0", text));
    let which: usize = which.parse().unwrap_or(0);
    let (head, ()) = http::Response::new(()).into_parts();
    let body = body.as_bytes();
    match &DECODERS[which % DECODERS.len()] {
        Decoder::Embed(decoder) => {
            if let Some(answer) = said(decoder.decode(&head, body)) {
                assert!(
                    answer
                        .embeddings
                        .iter()
                        .flatten()
                        .all(|number| number.is_finite())
                );
            }
        }
        Decoder::Rerank(decoder) => {
            if let Some(answer) = said(decoder.decode(&head, body)) {
                assert!(answer.results.iter().all(|it| it.index < 2));
            }
        }
        Decoder::Count(decoder) => drop(said(decoder.decode(&head, body))),
        Decoder::Guard(decoder) => drop(said(decoder.decode(&head, body))),
        Decoder::Account(decoder) => drop(said(decoder.decode(&head, body))),
    }
});

fn said<T>(read: Result<T>) -> Option<T> {
    read.inspect_err(|error| assert!(!error.message().is_empty()))
        .ok()
}
