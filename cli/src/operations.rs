//! `reqllm embed`, `rerank`, `count-tokens` and `models account`.

use std::io::Write as _;

use reqllm::{AccountModel, AccountModelKind, EmbedInput, Embeddings, Warning};
use serde::Serialize;

use crate::args::{Account, CountTokens, Embed, Kind, Rerank};
use crate::error::{Failure, warn};
use crate::input::{self, Input};
use crate::reach::{Address, Reached};
use crate::settle::settle;

pub(crate) async fn embed(args: Embed) -> Result<(), Failure> {
    let mut inputs: Vec<EmbedInput> = match &args.inputs {
        Some(path) => input::json(path, "--inputs")?,
        None => Vec::new(),
    };
    let texts = match args.texts.is_empty() && args.inputs.is_none() {
        true => input::lines("text")?,
        false => args.texts,
    };
    inputs.extend(texts.into_iter().map(EmbedInput::from));
    let reached = Reached::model(Address::of(&args.common), &args.spec).await?;
    let model = reached.resolve(&args.spec)?;
    let mut call = model.embed(inputs).lossy(args.lossy);
    call = call.concurrency(args.concurrency);
    if let Some(dimensions) = args.dimensions {
        call = call.dimensions(dimensions);
    }
    if let Some(purpose) = &args.purpose {
        call = call.purpose(purpose.parse()?);
    }
    if let Some(truncate) = &args.truncate {
        call = call.truncate(truncate.parse()?);
    }
    settle!(call, &args.common);
    if args.common.dry_run {
        // One request is shown as that of any other command, several as a list.
        return match call.dry_run()?.as_slice() {
            [one] => show(one),
            all => show(&all),
        };
    }
    let answer = call.await?;
    if args.common.json {
        return write(&answer);
    }
    print_vectors(&answer)?;
    tell(&answer.warnings);
    Ok(())
}

/// A vector a line; those of other types behind the name of the type.
fn print_vectors(answer: &Embeddings) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for vector in &answer.embeddings {
        serde_json::to_writer(&mut out, vector)?;
        writeln!(out)?;
    }
    for (name, vectors) in &answer.by_type {
        for vector in vectors {
            writeln!(out, "{name} {vector}")?;
        }
    }
    Ok(())
}

pub(crate) async fn rerank(args: Rerank) -> Result<(), Failure> {
    let documents = match args.documents.is_empty() {
        true => input::lines("document")?,
        false => args.documents,
    };
    let reached = Reached::model(Address::of(&args.common), &args.spec).await?;
    let model = reached.resolve(&args.spec)?;
    let mut call = model.rerank(&args.query, documents);
    if let Some(documents) = args.top_n {
        call = call.top_n(documents);
    }
    settle!(call, &args.common);
    if args.common.dry_run {
        return show(&call.dry_run()?);
    }
    let answer = call.await?;
    if args.common.json {
        return write(&answer);
    }
    let mut out = std::io::stdout().lock();
    for result in &answer.results {
        let document = result.document.replace(['\n', '\r'], " ");
        writeln!(
            out,
            "{}\t{:.6}\t{document}",
            result.index, result.relevance_score
        )?;
    }
    tell(&answer.warnings);
    Ok(())
}

pub(crate) async fn count_tokens(args: CountTokens) -> Result<(), Failure> {
    let input = Input::of(&args.prompt, &args.messages, &args.tools)?;
    let reached = Reached::model(Address::of(&args.common), &args.spec).await?;
    let model = reached.resolve(&args.spec)?;
    let mut call = model.count_tokens(input.messages).tools(input.tools);
    call = call.lossy(args.lossy);
    if let Some(text) = &args.system {
        call = call.system(text);
    }
    settle!(call, &args.common);
    if args.common.dry_run {
        return show(&call.dry_run()?);
    }
    let count = call.await?;
    if args.common.json {
        return write(&count);
    }
    writeln!(std::io::stdout(), "{}", count.input_tokens)?;
    tell(&count.warnings);
    Ok(())
}

pub(crate) async fn account(args: Account) -> Result<(), Failure> {
    let common = &args.common;
    let is_bedrock = crate::registry::registry()?.provider(&args.provider) == Some("bedrock");
    // Bedrock's address is that of its control plane here, which is another one than that of its models.
    let elsewhere = (!is_bedrock).then_some(args.provider.as_str());
    let reached = Reached::provider(Address::of(common), elsewhere).await?;
    let mut call = reached.client.account_models(&args.provider);
    if let Some(url) = common.endpoint_url.as_ref().filter(|_| is_bedrock) {
        call = call.option("control_endpoint_url", url.as_str());
    }
    if let Some(kind) = args.kind {
        call = call.kind(match kind {
            Kind::Model => AccountModelKind::Model,
            Kind::InferenceProfile => AccountModelKind::InferenceProfile,
        });
    }
    if let Some(id) = &args.id {
        call = call.id(id);
    }
    settle!(call, common);
    if common.dry_run {
        return show(&call.dry_run()?);
    }
    let all = call.await?;
    if common.json {
        return write(&all);
    }
    let mut out = std::io::stdout().lock();
    for model in &all.models {
        writeln!(out, "{}", line(model))?;
    }
    tell(&all.warnings);
    Ok(())
}

/// What the models of an account are, one a line.
fn line(model: &AccountModel) -> String {
    let status = model.status.as_deref().unwrap_or("status not known");
    match model.base_models.as_slice() {
        [] => format!("{}\t{status}", model.id),
        bases => format!("{}\t{status}\t{}", model.id, bases.join(", ")),
    }
}

fn show(shown: &impl Serialize) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, shown)?;
    Ok(writeln!(out)?)
}

fn write(answer: &impl Serialize) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, answer)?;
    Ok(writeln!(out)?)
}

fn tell(warnings: &[Warning]) {
    for warning in warnings {
        warn(&warning.message);
    }
}
