//! Bodies of Command and Command R, and what comes back.

use super::super::testing::{
    chunks, content, keys, refused, send, stream, survives_wrong_values, whole, with,
};
use serde_json::{Value, json};

const R: &str = "cohere.command-r-plus-v1:0";
const OLD: &str = "cohere.command-light-text-v14";

fn good() -> Value {
    json!({"message": "Hi"})
}

fn weather() -> Value {
    json!([{"name": "get_weather", "description": "Weather", "parameter_definitions": {
        "city": {"type": "str", "description": "City", "required": true},
        "days": {"type": "int", "required": true},
    }}])
}

#[test]
fn a_whole_answer_of_command_r() {
    let body = with(
        &good(),
        &json!({
            "preamble": "Be brief.",
            "chat_history": [{"role": "USER", "message": "One"}, {"role": "CHATBOT", "message": "1"}],
        }),
    );
    let answer = whole(R, &body);
    assert_eq!(
        keys(&answer),
        [
            "response_id",
            "text",
            "generation_id",
            "chat_history",
            "finish_reason"
        ]
    );
    let text = answer["text"].as_str().unwrap();
    assert!(
        text.starts_with(
            "You asked: \"Hi\"\nMy instructions are: \"Be brief.\"\nEarlier messages: 2."
        ),
        "{text}"
    );
    assert_eq!(answer["chat_history"].as_array().unwrap().len(), 4);
    assert_eq!(
        answer["chat_history"][2],
        json!({"role": "USER", "message": "Hi"})
    );
    assert_eq!(answer["chat_history"][3]["message"], answer["text"]);
    assert_eq!(answer["finish_reason"], "COMPLETE");
    for (extra, text, reason) in [
        (json!({"max_tokens": 2}), "You asked:", "MAX_TOKENS"),
        (
            json!({"stop_sequences": ["\""]}),
            "You asked: ",
            "STOP_SEQUENCE",
        ),
    ] {
        let answer = whole(R, &with(&good(), &extra));
        assert_eq!(
            (&answer["text"], &answer["finish_reason"]),
            (&json!(text), &json!(reason))
        );
    }
}

#[test]
fn a_stream_of_command_r_ends_with_the_whole_answer() {
    let (answer, events) = (whole(R, &good()), stream(R, &good()));
    let (end, said) = events.split_last().unwrap();
    assert!(
        said.iter()
            .all(|event| event["event_type"] == "text-generation" && event["is_finished"] == false)
    );
    let text: String = said
        .iter()
        .map(|event| event["text"].as_str().unwrap())
        .collect();
    assert_eq!(text, answer["text"]);
    assert_eq!(
        (&end["event_type"], &end["is_finished"]),
        (&json!("stream-end"), &json!(true))
    );
    assert_eq!(
        (&end["finish_reason"], &end["response"]["text"]),
        (&json!("COMPLETE"), &answer["text"])
    );
    let billed = &end["response"]["meta"]["billed_units"];
    let metrics = &end["amazon-bedrock-invocationMetrics"];
    assert_eq!(
        (&billed["input_tokens"], &billed["output_tokens"]),
        (&metrics["inputTokenCount"], &metrics["outputTokenCount"])
    );
}

#[test]
fn tools_are_called_without_ids() {
    let body = json!({"message": "get the weather of Lyon for 3 days", "tools": weather()});
    let answer = whole(R, &body);
    let call = json!({"name": "get_weather", "parameters": {"city": "Lyon", "days": 3}});
    assert_eq!(answer["tool_calls"], json!([call]));
    assert_eq!(
        (&answer["text"], &answer["finish_reason"]),
        (&json!("I will call get_weather."), &json!("COMPLETE"))
    );
    let events = stream(R, &body);
    let calls: Vec<&Value> = events
        .iter()
        .filter(|event| event["event_type"] == "tool-calls-generation")
        .collect();
    assert_eq!((calls.len(), &calls[0]["tool_calls"]), (1, &json!([call])));
    assert_eq!(
        events[events.len() - 1]["response"]["tool_calls"],
        json!([call])
    );

    let results = json!([{"call": call, "outputs": [{"degrees": 21}]}]);
    let text = whole(R, &with(&body, &json!({"tool_results": results})))["text"].to_string();
    assert!(
        text.contains("get_weather returned: {\\\"degrees\\\":21}"),
        "{text}"
    );
    // The same, as Cohere's API has it in several steps.
    let steps = json!({"message": "", "tools": weather(), "tool_results": results, "chat_history": [
        {"role": "USER", "message": "weather?"}, {"role": "CHATBOT", "message": "", "tool_calls": [call]},
        {"role": "TOOL", "tool_results": results}]});
    assert!(
        whole(R, &steps)["text"]
            .to_string()
            .contains("get_weather returned")
    );
}

#[test]
fn documents_are_cited_by_character() {
    let body = json!({"message": "Wer ist groß?", "documents": [
        {"title": "Große Tiere", "snippet": "Wale sind groß."}, {"id": "mine", "title": "Kleine Tiere", "snippet": "x"}]});
    let answer = whole(R, &body);
    let text: Vec<char> = answer["text"].as_str().unwrap().chars().collect();
    let citations = answer["citations"].as_array().unwrap();
    assert_eq!(citations.len(), 2);
    for (citation, id) in citations.iter().zip(["doc_0", "mine"]) {
        let at = |key: &str| usize::try_from(citation[key].as_u64().unwrap()).unwrap();
        let cited: String = text[at("start")..at("end")].iter().collect();
        assert_eq!(
            (&json!(cited), &citation["document_ids"]),
            (&citation["text"], &json!([id]))
        );
    }
    assert_eq!(answer["documents"][0]["id"], "doc_0");
    let events = stream(R, &body);
    let cited = events
        .iter()
        .find(|event| event["event_type"] == "citation-generation")
        .unwrap();
    assert_eq!(cited["citations"], answer["citations"]);
    assert!(whole(R, &good()).get("citations").is_none());
}

#[test]
fn queries_can_be_all_that_is_asked_for() {
    let body = with(&good(), &json!({"search_queries_only": true}));
    let answer = whole(R, &body);
    assert_eq!(
        (&answer["search_queries"][0]["text"], &answer["text"]),
        (&json!("Hi"), &json!(""))
    );
    assert_eq!(
        stream(R, &body)[0]["event_type"],
        "search-queries-generation"
    );
    assert_eq!(
        whole(R, &with(&good(), &json!({"return_prompt": true})))["prompt"],
        "Hi"
    );
}

#[test]
fn a_guardrail_speaks_in_place_of_command_r() {
    let guard = [("x-amzn-bedrock-guardrailidentifier", "gr1")];
    let body = json!({"message": "blockme"});
    let answer = content(send(R, &guard, &body, false).unwrap());
    assert_eq!(answer["amazon-bedrock-guardrailAction"], "INTERVENED");
    assert!(answer.get("finish_reason").is_none() && answer.get("amazon-bedrock-trace").is_none());
    let events = chunks(send(R, &guard, &body, true).unwrap());
    assert_eq!(events[0]["text"], answer["text"]);
    assert_eq!(events[1]["amazon-bedrock-guardrailAction"], "INTERVENED");
}

#[test]
fn bodies_of_command_r_are_checked() {
    let call = json!({"name": "other", "parameters": {}});
    for (extra, what) in [
        (
            json!({"message": ""}),
            "#/message: expected minLength: 1, actual: 0",
        ),
        (
            json!({"prompt": "Hi"}),
            "#: extraneous key [prompt] is not permitted",
        ),
        (
            json!({"stream": true}),
            "#: extraneous key [stream] is not permitted",
        ),
        (json!({"p": 1}), "#/p: 1 is not less or equal to 0.99"),
        (json!({"k": 501}), "#/k: 501 is not less or equal to 500"),
        (
            json!({"chat_history": [{"role": "user", "message": "x"}]}),
            "#/chat_history/0/role: user is not a valid enum value",
        ),
        (
            json!({"chat_history": [{"role": "USER"}]}),
            "#/chat_history/0: required key [message] not found",
        ),
        (
            json!({"chat_history": [{"role": "USER", "message": "x", "tool_calls": [call]}]}),
            "#/chat_history/0: tool_calls are of CHATBOT and tool_results of TOOL",
        ),
        (
            json!({"tools": [{"name": "t"}]}),
            "#/tools/0: required key [description] not found",
        ),
        (
            json!({"tools": weather(), "tool_results": [{"call": call, "outputs": [{}]}]}),
            "#/tool_results/0/call/name: there is no tool [other]",
        ),
        (
            json!({"tool_results": [{"call": call, "outputs": [{}]}]}),
            "#/tool_results: tool_results need the tools that were called",
        ),
    ] {
        let message = refused(R, &with(&good(), &extra));
        assert_eq!(
            message,
            format!("Malformed input request: {what}, please reformat your input and try again.")
        );
    }
    let call = json!({"name": "get_weather", "parameters": {"city": "x"}});
    survives_wrong_values(
        R,
        &json!({
            "message": "get weather", "tools": weather(), "documents": [{"title": "t"}], "k": 1, "p": 0.5,
            "chat_history": [{"role": "USER", "message": "x"}, {"role": "CHATBOT", "tool_calls": [call]},
                {"role": "TOOL", "tool_results": [{"call": call, "outputs": [{"a": 1}]}]}],
            "stop_sequences": ["x"], "max_tokens": 50,
        }),
    );
}

#[test]
fn old_command_generates_as_often_as_asked() {
    let body = json!({"prompt": "one two", "num_generations": 2});
    let reply = send(OLD, &[], &body, false).unwrap();
    assert_eq!(reply.headers["x-amzn-bedrock-input-token-count"], "4");
    let answer = content(reply);
    assert_eq!(
        (keys(&answer), &answer["prompt"]),
        (vec!["id", "generations", "prompt"], &json!("one two"))
    );
    let generations = answer["generations"].as_array().unwrap();
    assert_eq!(
        (generations.len(), &generations[0]["finish_reason"]),
        (2, &json!("COMPLETE"))
    );
    assert_ne!(generations[0]["id"], generations[1]["id"]);
    let cut = whole(OLD, &json!({"prompt": "x", "max_tokens": 2}));
    assert_eq!(
        (
            &cut["generations"][0]["text"],
            &cut["generations"][0]["finish_reason"]
        ),
        (&json!("You asked:"), &json!("MAX_TOKENS"))
    );
}

#[test]
fn old_command_streams_only_if_the_body_says_so() {
    let body = json!({"prompt": "Hi"});
    let answer = whole(OLD, &body);
    let mut events = stream(OLD, &body);
    assert_eq!(events.len(), 1);
    let metrics = events[0]
        .as_object_mut()
        .unwrap()
        .shift_remove("amazon-bedrock-invocationMetrics");
    assert_eq!(
        (metrics.unwrap()["inputTokenCount"].clone(), &events[0]),
        (json!(1), &answer)
    );

    let events = stream(
        OLD,
        &with(&body, &json!({"stream": true, "num_generations": 2})),
    );
    let (end, said) = events.split_last().unwrap();
    let second: String = said
        .iter()
        .filter(|event| event["index"] == 1)
        .map(|event| event["text"].as_str().unwrap())
        .collect();
    assert_eq!(second, answer["generations"][0]["text"]);
    assert_eq!(
        (&end["finish_reason"], &end["is_finished"]),
        (&json!("COMPLETE"), &json!(true))
    );
    let events = stream(OLD, &with(&body, &json!({"stream": true})));
    assert!(events[0].get("index").is_none());
}

#[test]
fn bodies_of_old_command_are_checked() {
    let good = json!({"prompt": "Hi"});
    for (extra, what) in [
        (
            json!({"prompt": ""}),
            "#/prompt: expected minLength: 1, actual: 0",
        ),
        (
            json!({"message": "x"}),
            "#: extraneous key [message] is not permitted",
        ),
        (
            json!({"num_generations": 6}),
            "#/num_generations: 6 is not less or equal to 5",
        ),
        (
            json!({"truncate": "LEFT"}),
            "#/truncate: LEFT is not a valid enum value",
        ),
    ] {
        let message = refused(OLD, &with(&good, &extra));
        assert_eq!(
            message,
            format!("Malformed input request: {what}, please reformat your input and try again.")
        );
    }
    survives_wrong_values(
        OLD,
        &json!({
            "prompt": "Hi", "num_generations": 2, "stream": true, "stop_sequences": ["x"], "max_tokens": 5, "p": 1, "k": 0,
        }),
    );
}
