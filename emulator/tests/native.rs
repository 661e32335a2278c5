//! Native bodies of every vendor over a real socket, whole and streamed.

#![allow(clippy::unwrap_used, reason = "a test that fails should fail loudly")]

mod wire;

use reqllm_emulator::Emulator;
use serde_json::{Value, json};
use wire::{Answer, bearer, frames, send};

/// A model, a request that asks "Hi", where a whole answer has its text, and where a chunk has it.
struct Vendor {
    model: &'static str,
    body: Value,
    whole: &'static str,
    chunk: &'static str,
}

fn vendors() -> Vec<Vendor> {
    let llama_3 = "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>\
        <|start_header_id|>assistant<|end_header_id|>\n\n";
    let chat = json!({"messages": [{"role": "user", "content": "Hi"}]});
    let blocks = json!({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]});
    let vendor = |model, body: Value, whole, chunk| Vendor {
        model,
        body,
        whole,
        chunk,
    };
    vec![
        vendor(
            "meta.llama3-1-8b-instruct-v1%3A0",
            json!({"prompt": llama_3}),
            "/generation",
            "/generation",
        ),
        vendor(
            "cohere.command-r-v1%3A0",
            json!({"message": "Hi"}),
            "/text",
            "/text",
        ),
        vendor(
            "cohere.command-text-v14",
            json!({"prompt": "Hi", "stream": true}),
            "/generations/0/text",
            "/text",
        ),
        vendor(
            "openai.gpt-oss-20b-1%3A0",
            chat.clone(),
            "/choices/0/message/content",
            "/choices/0/delta/content",
        ),
        vendor(
            "mistral.mixtral-8x7b-instruct-v0%3A1",
            json!({"prompt": "<s>[INST] Hi [/INST]"}),
            "/outputs/0/text",
            "/outputs/0/text",
        ),
        vendor(
            "mistral.mistral-large-2407-v1%3A0",
            chat.clone(),
            "/choices/0/message/content",
            "/choices/0/message/content",
        ),
        vendor(
            "mistral.ministral-3-8b-instruct",
            chat.clone(),
            "/choices/0/message/content",
            "/choices/0/delta/content",
        ),
        vendor(
            "us.amazon.nova-micro-v1%3A0",
            blocks,
            "/output/message/content/0/text",
            "/contentBlockDelta/delta/text",
        ),
        vendor(
            "amazon.titan-text-lite-v1",
            json!({"inputText": "Hi"}),
            "/results/0/outputText",
            "/outputText",
        ),
        vendor(
            "ai21.jamba-1-5-large-v1%3A0",
            chat,
            "/choices/0/message/content",
            "/choices/0/delta/content",
        ),
    ]
}

async fn invoke(emulator: &Emulator, vendor: &Vendor, operation: &str, headers: &str) -> Answer {
    let body = vendor.body.to_string();
    let path = format!("/model/{}/{operation}", vendor.model);
    let headers = format!("{}{headers}", bearer());
    send(emulator, "POST", &path, &headers, body.as_bytes())
        .await
        .unwrap()
}

fn chunks(answer: &Answer) -> Vec<Value> {
    let decode = |(name, payload): (String, Value)| {
        assert_eq!(name, "chunk");
        assert!(payload["p"].as_str().unwrap().starts_with('a'));
        serde_json::from_slice(&base64(payload["bytes"].as_str().unwrap())).unwrap()
    };
    frames(&answer.body).into_iter().map(decode).collect()
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

/// Without the tags that gpt-oss puts around each piece of reasoning.
fn plain(text: &str) -> String {
    text.replace("<reasoning>", "").replace("</reasoning>", "")
}

#[tokio::test]
async fn whole_and_streamed_answers_say_the_same() {
    let emulator = Emulator::start().await.unwrap();
    for vendor in vendors() {
        let whole = invoke(&emulator, &vendor, "invoke", "").await;
        assert_eq!(
            whole.status,
            200,
            "{} {:?}",
            vendor.model,
            String::from_utf8_lossy(&whole.body)
        );
        let text = plain(
            whole
                .json()
                .pointer(vendor.whole)
                .unwrap()
                .as_str()
                .unwrap(),
        );
        assert!(
            text.contains("You asked: \"Hi\""),
            "{} {text}",
            vendor.model
        );
        let stream = invoke(&emulator, &vendor, "invoke-with-response-stream", "").await;
        assert_eq!(
            stream.header("x-amzn-bedrock-content-type"),
            Some("application/json")
        );
        let chunks = chunks(&stream);
        let said: String = chunks
            .iter()
            .filter_map(|chunk| chunk.pointer(vendor.chunk)?.as_str())
            .collect();
        // The last chunk of Command R repeats the answer elsewhere, so nothing is heard twice.
        assert_eq!(plain(&said), text, "{}", vendor.model);

        let (last, others) = chunks.split_last().unwrap();
        let key = "amazon-bedrock-invocationMetrics";
        assert!(others.iter().all(|chunk| chunk.get(key).is_none()));
        for (header, metric) in [
            ("x-amzn-bedrock-input-token-count", "inputTokenCount"),
            ("x-amzn-bedrock-output-token-count", "outputTokenCount"),
            ("x-amzn-bedrock-invocation-latency", "invocationLatency"),
        ] {
            assert_eq!(
                whole.header(header).map(str::to_owned),
                Some(last[key][metric].to_string()),
                "{} {header}",
                vendor.model
            );
        }
    }
}

#[tokio::test]
async fn guardrails_and_tiers_work_for_all() {
    let emulator = Emulator::start().await.unwrap();
    let headers = "x-amzn-bedrock-guardrailidentifier: gr1\r\nx-amzn-bedrock-guardrailversion: 1\r\n\
        x-amzn-bedrock-trace: ENABLED\r\nx-amzn-bedrock-service-tier: priority\r\n";
    for mut vendor in vendors() {
        for (word, action) in [("Hi", "NONE"), ("blockme", "INTERVENED")] {
            vendor.body =
                serde_json::from_str(&vendor.body.to_string().replace("Hi", word)).unwrap();
            let whole = invoke(&emulator, &vendor, "invoke", headers).await;
            let stream = invoke(&emulator, &vendor, "invoke-with-response-stream", headers).await;
            let chunks = chunks(&stream);
            for (answer, body) in [
                (&whole, &whole.json()),
                (&stream, &chunks[chunks.len() - 1]),
            ] {
                assert_eq!(answer.status, 200);
                assert_eq!(
                    answer.header("x-amzn-bedrock-service-tier"),
                    Some("priority")
                );
                assert_eq!(
                    body["amazon-bedrock-guardrailAction"], action,
                    "{}",
                    vendor.model
                );
                let trace = &body["amazon-bedrock-trace"]["guardrail"]["input"]["gr1"];
                assert!(trace.is_object(), "{}", vendor.model);
            }
            let blocked = action == "INTERVENED";
            let counted = whole.header("x-amzn-bedrock-output-token-count").is_some();
            assert_eq!(counted, !blocked, "{}", vendor.model);
        }
    }
}

#[tokio::test]
async fn a_refusal_is_a_validation_exception_before_any_stream() {
    let emulator = Emulator::start().await.unwrap();
    for mut vendor in vendors() {
        vendor.body = json!({"anthropic_version": "bedrock-2023-05-31"});
        for operation in ["invoke", "invoke-with-response-stream"] {
            let answer = invoke(&emulator, &vendor, operation, "").await;
            assert_eq!(answer.status, 400, "{}", vendor.model);
            let kind = answer.header("x-amzn-errortype").unwrap();
            assert!(kind.starts_with("ValidationException:"), "{kind}");
            let message = answer.json()["message"].to_string();
            assert!(message.contains("anthropic_version"), "{message}");
        }
    }
}
