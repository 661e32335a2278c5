//! What stands beside the words of an answer.

use reqllm_core::{Call, Fold, Identity, Model, Part, Response, assistant, user};
use serde_json::{Value, json};

use super::super::{Quirks, Thoughts, encode, read};
use super::{BARE, codes, delta, last, streamed, whole};

#[test]
fn counts_are_found_wherever_servers_put_them() {
    let usage = |body: Value| {
        let mut body = body;
        let choice = json!({ "message": { "content": "Hi" }, "finish_reason": "stop" });
        match body.get_mut("choices") {
            Some(choices) => choices[0]["message"] = choice["message"].clone(),
            None => body["choices"] = json!([choice]),
        }
        whole(&BARE, &body).unwrap().usage
    };
    let counts = json!({"prompt_tokens": 10, "completion_tokens": 2});
    assert_eq!(
        usage(json!({"x_groq": {"usage": counts}})).input_tokens,
        Some(10)
    );
    assert_eq!(
        usage(json!({"choices": [{"usage": counts}]})).output_tokens,
        Some(2)
    );
    // xAI counts thoughts beside the answer; the sum tells.
    let apart = usage(
        json!({"usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 17,
        "completion_tokens_details": {"reasoning_tokens": 5}}}),
    );
    assert_eq!(
        (apart.output_tokens, apart.reasoning_tokens),
        (Some(7), Some(5))
    );
    // DeepInfra's Gemini leaves them out of the sum, too: more than the whole is no part of it.
    let beside = usage(
        json!({"usage": {"prompt_tokens": 10, "completion_tokens": 84, "total_tokens": 94,
        "completion_tokens_details": {"reasoning_tokens": 1081}}}),
    );
    assert_eq!(
        (beside.output_tokens, beside.reasoning_tokens),
        (Some(1165), Some(1081))
    );
    let cached = usage(
        json!({"usage": {"prompt_tokens": 10, "completion_tokens": 2, "prompt_cache_hit_tokens": 4}}),
    );
    assert_eq!(
        (cached.input_tokens, cached.cache_read_tokens),
        (Some(6), Some(4))
    );
    let written = usage(
        json!({"usage": {"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 5}}}),
    );
    assert_eq!(
        (written.input_tokens, written.cache_write_tokens),
        (Some(2), Some(5))
    );
    assert_eq!(usage(json!({})).input_tokens, None, "no count is no zero");
}

#[test]
fn what_stands_beside_the_words_is_kept() {
    let quirks = Quirks {
        envelope: true,
        ..BARE
    };
    let token = |text: &str| json!({ "token": text, "logprob": -0.1 });
    let annotation = json!({ "type": "url_citation", "url_citation": { "start_index": 0, "end_index": 2, "title": "T", "url": "https://x.example" } });
    let body = json!({
        "service_tier": "flex", "system_fingerprint": "fp", "citations": ["https://y.example"],
        "choices": [{ "index": 0, "finish_reason": "stop", "logprobs": { "content": [token("H"), token("i")] },
            "message": { "content": "Hi", "annotations": [annotation], "audio": { "id": "a" } } }],
    });
    let whole = whole(&quirks, &body).unwrap();
    assert_eq!(
        whole.provider_metadata["logprobs"],
        json!([token("H"), token("i")])
    );
    assert_eq!(
        whole.provider_metadata["citations"],
        json!(["https://y.example"])
    );
    assert_eq!(codes(&whole.warnings), ["audio_dropped"]);
    let content = serde_json::to_value(&whole.message.content).unwrap();
    assert_eq!(
        content[0]["citations"],
        json!([{ "title": "T", "source": "https://x.example", "start": 0, "end": 2 }])
    );
    let chunk = |delta: Value, logprobs: Value, reason: Value| {
        json!({ "service_tier": "flex", "system_fingerprint": "fp", "citations": ["https://y.example"],
            "choices": [{ "index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": reason }] })
    };
    let streamed = streamed(
        &quirks,
        &[
            chunk(
                json!({ "content": "H" }),
                json!({ "content": [token("H")] }),
                Value::Null,
            ),
            chunk(
                json!({ "content": "i", "audio": {} }),
                json!({ "content": [token("i")] }),
                Value::Null,
            ),
            chunk(
                json!({ "annotations": [annotation], "audio": {} }),
                Value::Null,
                json!("stop"),
            ),
        ],
    )
    .unwrap();
    assert_eq!(streamed, whole);
}

#[test]
fn details_of_thoughts_are_sealed_for_their_maker() {
    let quirks = Quirks {
        thoughts: Thoughts::Details("acme"),
        ..BARE
    };
    let piece = |text: &str, more: Value| {
        let mut entry = json!({ "type": "reasoning.text", "index": 0, "text": text });
        entry["signature"] = more;
        entry
    };
    let secret = json!({ "type": "reasoning.encrypted", "index": 1, "data": "AA==" });
    let streamed = streamed(
        &quirks,
        &[
            delta(json!({ "reasoning": "h", "reasoning_details": [piece("h", Value::Null)] })),
            delta(json!({ "reasoning": "m", "reasoning_details": [piece("m", json!("sig"))] })),
            delta(json!({ "reasoning_details": [secret] })),
            last(json!({ "content": "Hi" }), "stop"),
        ],
    )
    .unwrap();
    let whole = whole(
        &quirks,
        &json!({ "id": "c1", "choices": [{ "finish_reason": "stop", "message": { "content": "Hi",
            "reasoning": "hm", "reasoning_details": [piece("hm", json!("sig")), secret] } }] }),
    )
    .unwrap();
    let thoughts = |response: &Response| -> Vec<(String, Value)> {
        let of = response.message.reasoning();
        of.map(|it| {
            let seal = it.signature.as_deref().unwrap();
            let (_, list) = crate::mark::of("acme", seal).unwrap();
            (it.text.clone(), serde_json::from_str(list).unwrap())
        })
        .collect()
    };
    assert_eq!(thoughts(&streamed), thoughts(&whole));
    assert_eq!(
        thoughts(&whole),
        [("hm".to_owned(), json!([piece("hm", json!("sig")), secret]))]
    );
    // The same server's seal in another form is no list of details: it stays behind.
    let dropped = |id: &str| {
        let mut thought = whole.message.reasoning().next().unwrap().clone();
        thought.signature = Some(crate::mark::put("acme", id, "[]"));
        let call = Call::new(vec![
            user("Hi"),
            assistant(vec![Part::from(thought), Part::text("Hi")]),
            user("And?"),
        ]);
        let mut warnings = Vec::new();
        encode(&quirks, &Model::new("acme", "x"), &call, &mut warnings).unwrap();
        warnings
            .into_iter()
            .map(|it| it.code.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(dropped("details"), Vec::<String>::new());
    assert_eq!(dropped("rs_1"), ["reasoning_dropped"]);
    // Who has no other word for them has them in words at least.
    let bare = self::whole(
        &BARE,
        &json!({ "choices": [{ "message": { "content": "Hi", "reasoning_details": [piece("hm", Value::Null)] } }] }),
    );
    let response = bare.unwrap();
    let thought = response.message.reasoning().next().unwrap();
    assert_eq!((&*thought.text, &thought.signature), ("hm", &None));
}

/// Gemini's, by way of OpenRouter: each call has a sealed thought of its own, under the call's id.
#[test]
fn sealed_details_of_parallel_calls_are_not_one() {
    let quirks = Quirks {
        thoughts: Thoughts::Details("acme"),
        ..BARE
    };
    let secret = |id: &str, data: &str| json!({ "type": "reasoning.encrypted", "index": 0, "id": id, "data": data });
    let response = streamed(
        &quirks,
        &[
            delta(json!({ "reasoning_details": [secret("call_a", "QQ==")] })),
            delta(json!({ "reasoning_details": [secret("call_b", "Qg==")] })),
            last(json!({ "content": "Hi" }), "stop"),
        ],
    )
    .unwrap();
    let thought = response.message.reasoning().next().unwrap();
    let (_, list) = crate::mark::of("acme", thought.signature.as_deref().unwrap()).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(list).unwrap(),
        json!([secret("call_a", "QQ=="), secret("call_b", "Qg==")])
    );
}

/// What is beside the words may be in a form that nobody has foreseen: the words count.
#[test]
fn what_is_odd_beside_the_words_costs_nothing() {
    let quirks = Quirks {
        envelope: true,
        ..BARE
    };
    let body = json!({
        "id": 5, "service_tier": 1, "object": {}, "x_groq": "new",
        "choices": [{ "index": null, "message": { "content": "Hi" }, "finish_reason": "stop", "usage": [] }],
        "usage": { "prompt_tokens": 5.0, "completion_tokens": -1, "total_tokens": "6",
                   "prompt_tokens_details": [], "completion_tokens_details": { "reasoning_tokens": {} },
                   "cost": [] },
    });
    let mut chunk = body.clone();
    let message = chunk["choices"][0]["message"].take();
    chunk["choices"][0]["delta"] = message;
    let streamed = streamed(&quirks, &[chunk]).unwrap();
    let whole = whole(&quirks, &body).unwrap();
    assert_eq!(streamed, whole);
    assert_eq!((&*whole.text(), &*whole.id), ("Hi", "5"));
    assert_eq!(
        (whole.usage.input_tokens, whole.usage.output_tokens),
        (Some(5), None)
    );
}

#[test]
fn what_it_costs_is_read_as_a_number_or_as_a_sum_with_its_parts() {
    let cost = |cost: Value| {
        let body = json!({ "choices": [{ "message": { "content": "Hi" } }],
                           "usage": { "prompt_tokens": 3, "cost": cost } });
        let response = whole(&BARE, &body).unwrap();
        assert_eq!(response.usage.input_tokens, Some(3));
        response.provider_metadata.get("provider_cost").cloned()
    };
    let parts = json!({ "input_tokens_cost": 0.001, "request_cost": 0.005, "total_cost": 0.006 });
    assert_eq!(cost(parts), Some(json!(0.006)));
    assert_eq!(cost(json!(0.25)), Some(json!(0.25)));
    assert_eq!(cost(json!(2)), Some(json!(2.0)));
    assert_eq!(cost(json!({ "new": 1 })), None);
    assert_eq!(cost(json!("free")), None);
}

/// A list is in memory once, however many entries it has.
#[test]
fn long_details_are_counted_once() {
    let quirks = Quirks {
        thoughts: Thoughts::Details("acme"),
        ..BARE
    };
    let entry =
        |n: u32| json!({ "type": "reasoning.encrypted", "index": n, "data": "A".repeat(20_000) });
    let details: Vec<Value> = (0..300).map(entry).collect();
    let body =
        json!({ "choices": [{ "message": { "content": "Hi", "reasoning_details": details } }] });
    let mut fold = Fold::new(Identity::default());
    read(&quirks, body.to_string().as_bytes(), &mut fold).unwrap();
    fold.check_bounds().unwrap();
}
