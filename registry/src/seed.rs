//! A small catalogue of Bedrock models, written by hand.
//!
//! Limits and abilities are facts from AWS's model cards and models.dev (MIT), as of August 2026. A price stands here only
//! where one price holds for every region and profile: AWS's price list, on-demand, per 1,000,000 tokens.

use std::sync::Arc;

use reqllm_core::{
    Capabilities, Capability, Limits, Modalities, Modality, Model, Pricing, Resolution,
};
use rust_decimal::Decimal;

use crate::Catalogue;

const BEDROCK: &str = "bedrock";

/// A model of Bedrock.
struct Row {
    id: &'static str,
    name: &'static str,
    family: &'static str,
    context: u64,
    output: u64,
    reasoning: bool,
    structured_output: Option<bool>,
    input: &'static [Modality],
    /// Thousandths of a USD for input and output.
    price: Option<(i64, i64)>,
}

const TEXT: &[Modality] = &[Modality::Text];
const TEXT_IMAGE: &[Modality] = &[Modality::Text, Modality::Image];
const TEXT_IMAGE_PDF: &[Modality] = &[Modality::Text, Modality::Image, Modality::Pdf];
const TEXT_IMAGE_VIDEO: &[Modality] = &[Modality::Text, Modality::Image, Modality::Video];

macro_rules! rows {
    ($($id:literal $name:literal $family:literal $context:literal $output:literal $reasoning:literal $structured:expr, $input:expr, $price:expr;)*) => {
        &[$(Row {
            id: $id,
            name: $name,
            family: $family,
            context: $context,
            output: $output,
            reasoning: $reasoning,
            structured_output: $structured,
            input: $input,
            price: $price,
        }),*]
    };
}

/// Ordered by id.
#[rustfmt::skip]
const ROWS: &[Row] = rows! {
    "amazon.nova-2-lite-v1:0"                   "Nova 2 Lite"        "nova"    128_000   4_096   true  None, TEXT_IMAGE_VIDEO, None;
    "amazon.nova-lite-v1:0"                     "Nova Lite"          "nova"    300_000   8_192   false None, TEXT_IMAGE_VIDEO, Some((60, 240));
    "amazon.nova-micro-v1:0"                    "Nova Micro"         "nova"    128_000   8_192   false None, TEXT, Some((35, 140));
    "amazon.nova-pro-v1:0"                      "Nova Pro"           "nova"    300_000   8_192   false None, TEXT_IMAGE_VIDEO, Some((800, 3200));
    "anthropic.claude-3-haiku-20240307-v1:0"    "Claude 3 Haiku"     "claude"  200_000   4_096   false None, TEXT_IMAGE, None;
    "anthropic.claude-haiku-4-5-20251001-v1:0"  "Claude Haiku 4.5"   "claude"  200_000  64_000   true  Some(true), TEXT_IMAGE_PDF, None;
    "anthropic.claude-opus-4-5-20251101-v1:0"   "Claude Opus 4.5"    "claude"  200_000  64_000   true  Some(true), TEXT_IMAGE_PDF, None;
    "anthropic.claude-opus-4-6-v1"              "Claude Opus 4.6"    "claude" 1_000_000 128_000  true  Some(true), TEXT_IMAGE_PDF, None;
    "anthropic.claude-sonnet-4-5-20250929-v1:0" "Claude Sonnet 4.5"  "claude"  200_000  64_000   true  Some(true), TEXT_IMAGE_PDF, None;
    "anthropic.claude-sonnet-4-6"               "Claude Sonnet 4.6"  "claude" 1_000_000 64_000   true  Some(true), TEXT_IMAGE_PDF, None;
    "cohere.command-r-plus-v1:0"                "Command R+"         "command-r" 128_000 4_096   false None, TEXT, None;
    "cohere.command-r-v1:0"                     "Command R"          "command-r" 128_000 4_096   false None, TEXT, None;
    "deepseek.r1-v1:0"                          "DeepSeek-R1"        "deepseek" 128_000 32_768   true  None, TEXT, None;
    "meta.llama3-3-70b-instruct-v1:0"           "Llama 3.3 70B Instruct" "llama" 128_000 4_096   false None, TEXT, Some((720, 720));
    "meta.llama4-maverick-17b-instruct-v1:0"    "Llama 4 Maverick 17B Instruct" "llama" 1_000_000 16_384 false None, TEXT_IMAGE, Some((240, 970));
    "mistral.mistral-large-3-675b-instruct"     "Mistral Large 3"    "mistral" 256_000   8_192   false Some(true), TEXT_IMAGE, Some((500, 1500));
    "openai.gpt-oss-120b-1:0"                   "gpt-oss-120b"       "gpt-oss" 128_000  16_384   true  Some(true), TEXT, Some((150, 600));
    "openai.gpt-oss-20b-1:0"                    "gpt-oss-20b"        "gpt-oss" 128_000  16_384   true  Some(true), TEXT, Some((70, 300));
};

/// The hand-written catalogue.
#[derive(Debug)]
pub(crate) struct Seed(Vec<Arc<Model>>);

impl Seed {
    pub(crate) fn new() -> Self {
        Self(ROWS.iter().map(|row| Arc::new(model(row))).collect())
    }
}

fn model(row: &Row) -> Model {
    let mut model = Model::new(BEDROCK, row.id).family(row.family);
    model.name = Some(row.name.to_owned());
    model.limits = Limits::new(row.context, row.output);
    let text = [Modality::Text].into_iter().collect();
    model.modalities = Modalities::new(row.input.iter().copied().collect(), text);
    let mut capabilities = Capabilities::new()
        .with(Capability::Tools, row.family != "deepseek")
        .with(Capability::Reasoning, row.reasoning)
        .with(Capability::Streaming, true);
    capabilities.set(Capability::StructuredOutput, row.structured_output);
    model.capabilities = capabilities;
    model.cost = row.price.map(|(input, output)| {
        let mut pricing = Pricing::default();
        pricing.input = Some(Decimal::new(input, 3).normalize());
        pricing.output = Some(Decimal::new(output, 3).normalize());
        pricing
    });
    model.resolution = Resolution::Exact;
    model
}

impl Catalogue for Seed {
    fn providers(&self) -> &[(&'static str, &'static [&'static str])] {
        &[(BEDROCK, &["amazon-bedrock", "aws"])]
    }

    fn model(&self, provider: &str, id: &str) -> Option<Arc<Model>> {
        if provider != BEDROCK {
            return None;
        }
        let at = self
            .0
            .binary_search_by(|model| model.id.as_str().cmp(id))
            .ok()?;
        Some(Arc::clone(&self.0[at]))
    }

    fn models(&self) -> Vec<Arc<Model>> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_ordered_and_sound() {
        assert!(ROWS.is_sorted_by(|a, b| a.id < b.id));
        for model in Seed::new().models() {
            model.check().unwrap();
            assert_eq!(Seed::new().model(BEDROCK, &model.id), Some(model));
        }
    }
}
