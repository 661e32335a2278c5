"""Drives the emulator by boto3: what AWS's own client agrees with means something.

    python check.py --endpoint http://127.0.0.1:PORT

Prints one line per check and a summary; the exit status is 1 if any check fails.
"""

import datetime
import json

import botocore.auth
import botocore.exceptions
import jsonschema
from botocore.eventstream import ChecksumMismatch

from checks import check, run
from support import ACCESS_KEY, API_KEY, SESSION_TOKEN, Emulator, refused

CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA = "amazon.nova-lite-v1:0"
SONNET_4_6 = "us.anthropic.claude-sonnet-4-6"
QWEN = "qwen.qwen3-32b-v1:0"
LLAMA = "us.meta.llama3-3-70b-instruct-v1:0"
PROFILE_ARN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456"
CLAUDE_ARN = f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/{CLAUDE}"

BOOKING = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "minLength": 2, "maxLength": 12},
        "nights": {"type": "integer", "minimum": 1, "exclusiveMaximum": 30},
        "price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
        "class": {"enum": ["economy", "business"]},
        "code": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
        "day": {"type": "string", "format": "date"},
        "guests": {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"$ref": "#/$defs/guest"}},
        "payment": {
            "oneOf": [
                {"type": "object", "properties": {"card": {"type": "string"}}, "required": ["card"]},
                {"type": "null"},
            ]
        },
    },
    "required": ["city", "nights", "price", "class", "code", "day", "guests", "payment"],
    "additionalProperties": False,
    "$defs": {
        "guest": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "friend": {"anyOf": [{"$ref": "#/$defs/guest"}, {"type": "null"}]}},
            "required": ["name"],
        }
    },
}

def user(*content):
    return {"role": "user", "content": [{"text": c} if isinstance(c, str) else c for c in content]}


def assistant(*content):
    return {**user(*content), "role": "assistant"}


def tools(*names, schema=None, **config):
    schema = schema or {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    specs = [{"toolSpec": {"name": name, "description": name, "inputSchema": {"json": schema}}} for name in names]
    return {"tools": specs, **config}


def native(prompt, **extra):
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 500, "messages": [{"role": "user", "content": prompt}]}
    return json.dumps({**body, **extra})


def text_of(message):
    return "".join(block.get("text", "") for block in message["content"])


def fold(stream):
    """The message that a ConverseStream says, with its stop reason and metadata."""
    blocks, inputs, starts, stop, metadata = {}, {}, set(), None, None
    order = []
    for event in stream:
        (kind, value), = event.items()
        order.append(kind)
        if kind == "contentBlockStart":
            index = value["contentBlockIndex"]
            starts.add(index)
            blocks[index] = {"toolUse": dict(value["start"]["toolUse"])}
            inputs[index] = ""
        elif kind == "contentBlockDelta":
            index, delta = value["contentBlockIndex"], value["delta"]
            if "text" in delta:
                blocks.setdefault(index, {"text": ""})["text"] += delta["text"]
            elif "toolUse" in delta:
                inputs[index] += delta["toolUse"]["input"]
            elif "reasoningContent" in delta:
                part = delta["reasoningContent"]
                if "redactedContent" in part:
                    blocks[index] = {"reasoningContent": part}
                else:
                    reasoning = blocks.setdefault(index, {"reasoningContent": {"reasoningText": {"text": ""}}})
                    reasoning = reasoning["reasoningContent"]["reasoningText"]
                    reasoning["text"] += part.get("text", "")
                    if "signature" in part:
                        reasoning["signature"] = part["signature"]
        elif kind == "messageStop":
            stop = value["stopReason"]
        elif kind == "metadata":
            metadata = value
    for index, arguments in inputs.items():
        blocks[index]["toolUse"]["input"] = json.loads(arguments or "{}")
    assert order[0] == "messageStart" and order[-2:] == ["messageStop", "metadata"], order
    content = [blocks[index] for index in sorted(blocks)]
    return {"role": "assistant", "content": content}, stop, metadata, order


def native_events(answer):
    return [json.loads(event["chunk"]["bytes"]) for event in answer["body"]]


# The four operations.


@check
def converse(emulator):
    answer = emulator.client().converse(modelId=CLAUDE, system=[{"text": "Be brief."}], messages=[user("Why is the sky blue?")])
    text = text_of(answer["output"]["message"])
    assert 'You asked: "Why is the sky blue?"' in text and "Be brief." in text, text
    assert answer["stopReason"] == "end_turn"
    usage = answer["usage"]
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"]
    assert answer["ResponseMetadata"]["RequestId"] and answer["metrics"]["latencyMs"] > 0


@check
def converse_stream(emulator):
    client, request = emulator.client(), {"modelId": CLAUDE, "messages": [user("Why is the sky blue?")]}
    message, stop, metadata, order = fold(client.converse_stream(**request)["stream"])
    whole = client.converse(**request)
    assert message == whole["output"]["message"] and stop == whole["stopReason"]
    assert metadata["usage"] == whole["usage"]
    assert order.count("contentBlockDelta") >= 12 and "contentBlockStart" not in order, order


@check
def invoke_model(emulator):
    answer = emulator.client().invoke_model(modelId=CLAUDE, body=native("Why is the sky blue?"))
    body = json.loads(answer["body"].read())
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert body["type"] == "message" and body["id"].startswith("msg_bdrk_"), body
    assert body["model"] == "claude-sonnet-4-5-20250929" and body["stop_reason"] == "end_turn", body
    assert 'You asked: "Why is the sky blue?"' in body["content"][0]["text"]
    assert headers["x-amzn-bedrock-input-token-count"] == str(body["usage"]["input_tokens"])
    assert headers["x-amzn-bedrock-output-token-count"] == str(body["usage"]["output_tokens"])
    assert answer["contentType"] == "application/json"


@check
def invoke_model_with_response_stream(emulator):
    client, request = emulator.client(), {"modelId": CLAUDE, "body": native("Why is the sky blue?")}
    answer = client.invoke_model_with_response_stream(**request)
    assert answer["contentType"] == "application/json"
    events = native_events(answer)
    whole = json.loads(client.invoke_model(**request)["body"].read())
    text = "".join(e["delta"]["text"] for e in events if e["type"] == "content_block_delta")
    assert text == whole["content"][0]["text"]
    kinds = [e["type"] for e in events]
    assert kinds[:2] == ["message_start", "content_block_start"], kinds
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"], kinds
    assert events[-1]["amazon-bedrock-invocationMetrics"]["outputTokenCount"] == whole["usage"]["output_tokens"]


# Who is calling.


@check
def signature_is_recorded(emulator):
    emulator.client().converse(modelId=CLAUDE, messages=[user("hi")])
    request = emulator.last_request()
    assert request["authentication"] == {"kind": "sigv4", "access_key": ACCESS_KEY, "region": "us-east-1", "session_token": False}
    assert request["path"].endswith("v1%3A0/converse") and request["headers"]["authorization"] == "****"


@check
def session_token(emulator):
    emulator.client(token=SESSION_TOKEN).converse(modelId=CLAUDE, messages=[user("hi")])
    assert emulator.last_request()["authentication"]["session_token"] is True


@check
def wrong_session_token(emulator):
    with refused("UnrecognizedClientException", 403, "The security token included in the request is invalid."):
        emulator.client(token="OTHER").converse(modelId=CLAUDE, messages=[user("hi")])


@check
def wrong_secret(emulator):
    with refused("InvalidSignatureException", 403, "does not match the signature you provided"):
        emulator.client(secret_key="wrong").converse(modelId=CLAUDE, messages=[user("hi")])


@check
def unknown_key(emulator):
    with refused("UnrecognizedClientException", 403, "The security token included in the request is invalid."):
        emulator.client(access_key="AKIDOTHER").converse(modelId=CLAUDE, messages=[user("hi")])


def at_shifted_time(emulator, minutes):
    real = botocore.auth.get_current_datetime
    shift = datetime.timedelta(minutes=minutes)
    botocore.auth.get_current_datetime = lambda *args, **kwargs: real(*args, **kwargs) + shift
    try:
        emulator.client().converse(modelId=CLAUDE, messages=[user("hi")])
    finally:
        botocore.auth.get_current_datetime = real


@check
def clock_that_is_slow(emulator):
    with refused("InvalidSignatureException", 403, "Signature expired: "):
        at_shifted_time(emulator, -6)


@check
def clock_that_is_fast(emulator):
    with refused("InvalidSignatureException", 403, "Signature not yet current: "):
        at_shifted_time(emulator, 6)


@check
def clock_that_is_nearly_right(emulator):
    at_shifted_time(emulator, -4)
    at_shifted_time(emulator, 4)


@check
def api_key(emulator):
    with emulator.bearer(API_KEY) as client:
        client.converse(modelId=CLAUDE, messages=[user("hi")])
    assert emulator.last_request()["authentication"] == {"kind": "api_key"}


@check
def wrong_api_key(emulator):
    with refused("AccessDeniedException", 403, "Please make sure your API Key is valid."):
        with emulator.bearer("nonsense") as client:
            client.converse(modelId=CLAUDE, messages=[user("hi")])


# Model ids.


@check
def arns_on_all_operations(emulator):
    client = emulator.client()
    client.converse(modelId=PROFILE_ARN, messages=[user("hi")])
    assert "application-inference-profile%2Fabc123def456/converse" in emulator.last_request()["path"]
    fold(client.converse_stream(modelId=CLAUDE_ARN, messages=[user("hi")])["stream"])
    client.invoke_model(modelId=CLAUDE_ARN, body=native("hi"))
    native_events(client.invoke_model_with_response_stream(modelId=PROFILE_ARN, body=native("hi")))


@check
def invalid_model_id(emulator):
    with refused("ValidationException", 400, "The provided model identifier is invalid."):
        emulator.client().converse(modelId="does-not-exist", messages=[user("hi")])


@check
def native_body_of_another_vendor(emulator):
    with refused("ValidationException", 400, "extraneous key [anthropic_version]"):
        emulator.client().invoke_model(modelId=NOVA, body=native("hi"))


# Tools.


@check
def tool_arguments_fit_their_schema(emulator):
    request = {
        "modelId": CLAUDE,
        "messages": [user("Book a business room in Lyon for 3 nights")],
        "toolConfig": tools("book", schema=BOOKING, toolChoice={"any": {}}),
    }
    answer = emulator.client().converse(**request)
    call = answer["output"]["message"]["content"][0]["toolUse"]
    jsonschema.validate(call["input"], BOOKING, format_checker=jsonschema.FormatChecker())
    assert answer["stopReason"] == "tool_use" and call["toolUseId"].startswith("tooluse_")
    assert call["input"]["city"] == "Lyon" and call["input"]["nights"] == 3 and call["input"]["class"] == "business"
    message, stop, _, order = fold(emulator.client().converse_stream(**request)["stream"])
    assert message == answer["output"]["message"] and stop == "tool_use"
    assert order.count("contentBlockStart") == 1 and order.count("contentBlockDelta") > 3


@check
def native_tool_arguments_fit_their_schema(emulator):
    tool = {"name": "book", "description": "Books", "input_schema": BOOKING}
    request = {"modelId": CLAUDE, "body": native("Please book in Lyon", tools=[tool])}
    body = json.loads(emulator.client().invoke_model(**request)["body"].read())
    call = body["content"][1]
    assert call["type"] == "tool_use" and call["id"].startswith("toolu_bdrk_") and body["stop_reason"] == "tool_use"
    jsonschema.validate(call["input"], BOOKING, format_checker=jsonschema.FormatChecker())
    events = native_events(emulator.client().invoke_model_with_response_stream(**request))
    arguments = "".join(e["delta"]["partial_json"] for e in events if e.get("delta", {}).get("type") == "input_json_delta")
    assert json.loads(arguments) == call["input"]


@check
def parallel_calls_and_results(emulator):
    client, config = emulator.client(), tools("get_weather", "get_time")
    question = user("Get the weather and the time in Lyon")
    first = client.converse(modelId=CLAUDE, messages=[question], toolConfig=config)
    message = first["output"]["message"]
    calls = [block["toolUse"] for block in message["content"] if "toolUse" in block]
    assert [call["name"] for call in calls] == ["get_weather", "get_time"], message
    results = [
        {"toolResult": {"toolUseId": calls[0]["toolUseId"], "content": [{"json": {"degrees": 21}}]}},
        {"toolResult": {"toolUseId": calls[1]["toolUseId"], "content": [{"text": "noon"}], "status": "error"}},
    ]
    second = client.converse(modelId=CLAUDE, messages=[question, message, user(*results)], toolConfig=config)
    text = text_of(second["output"]["message"])
    assert 'get_weather returned: {"degrees":21}' in text and "get_time failed: noon" in text, text
    assert second["stopReason"] == "end_turn"
    with refused("ValidationException", 400, "Expected toolResult blocks at messages.2.content for the following Ids: tooluse_"):
        client.converse(modelId=CLAUDE, messages=[question, message, user(results[0])], toolConfig=config)
    with refused("ValidationException", 400, "exceeds the number of toolUse blocks of previous turn"):
        client.converse(modelId=CLAUDE, messages=[user(results[0])], toolConfig=config)


@check
def tool_without_arguments(emulator):
    config = tools("now", schema={"type": "object", "properties": {}}, toolChoice={"tool": {"name": "now"}})
    answer = emulator.client().converse_stream(modelId=CLAUDE, messages=[user("hi")], toolConfig=config)
    message, stop, _, order = fold(answer["stream"])
    assert message["content"][0]["toolUse"]["input"] == {} and stop == "tool_use"
    assert "contentBlockDelta" not in order


# Reasoning, stopping, caching, guardrails, structured output.


@check
def reasoning(emulator):
    client = emulator.client()
    request = {"modelId": CLAUDE, "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 1024}}}
    question = user("What is 17 times 23?")
    first = client.converse(messages=[question], **request)
    message = first["output"]["message"]
    thought = message["content"][0]["reasoningContent"]["reasoningText"]
    assert thought["text"] and thought["signature"] and "text" in message["content"][1]
    streamed, _, _, _ = fold(client.converse_stream(messages=[question], **request)["stream"])
    assert streamed == message
    client.converse(messages=[question, message, user("Go on")], **request)
    thought["text"] += "!"
    with refused("ValidationException", 400, "messages.1.content.0: Invalid `signature` in `thinking` block"):
        client.converse(messages=[question, message, user("Go on")], **request)


@check
def redacted_reasoning(emulator):
    client = emulator.client()
    request = {"modelId": SONNET_4_6, "additionalModelRequestFields": {"thinking": {"type": "adaptive"}}}
    question = user("Think of [redacted] things")
    message = client.converse(messages=[question], **request)["output"]["message"]
    assert message["content"][0]["reasoningContent"]["redactedContent"]
    streamed, _, _, _ = fold(client.converse_stream(messages=[question], **request)["stream"])
    assert streamed == message
    client.converse(messages=[question, message, user("Go on")], **request)


@check
def native_reasoning(emulator):
    client, options = emulator.client(), {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 2000}
    body = json.loads(client.invoke_model(modelId=CLAUDE, body=native("hm", **options))["body"].read())
    thought = body["content"][0]
    assert thought["type"] == "thinking" and thought["signature"]
    events = native_events(client.invoke_model_with_response_stream(modelId=CLAUDE, body=native("hm", **options)))
    deltas = [e["delta"] for e in events if e["type"] == "content_block_delta" and e["index"] == 0]
    assert "".join(d.get("thinking", "") for d in deltas) == thought["thinking"]
    assert deltas[-1] == {"type": "signature_delta", "signature": thought["signature"]}
    with refused("ValidationException", 400, "max_tokens"):
        client.invoke_model(modelId=CLAUDE, body=native("hm", **{**options, "max_tokens": 500}))


@check
def token_limit_and_stop_sequence(emulator):
    client, messages = emulator.client(), [user("Why is the sky blue?")]
    short = client.converse(modelId=CLAUDE, messages=messages, inferenceConfig={"maxTokens": 4})
    assert short["stopReason"] == "max_tokens" and short["usage"]["outputTokens"] == 4
    stopped = client.converse(
        modelId=CLAUDE,
        messages=messages,
        inferenceConfig={"stopSequences": ["blue"]},
        additionalModelResponseFieldPaths=["/stop_sequence"],
    )
    assert stopped["stopReason"] == "stop_sequence" and "blue" not in text_of(stopped["output"]["message"])
    assert stopped["additionalModelResponseFields"] == {"stop_sequence": "blue"}
    body = native("Why is the sky blue?", stop_sequences=["sky"])
    body = json.loads(client.invoke_model(modelId=CLAUDE, body=body)["body"].read())
    assert (body["stop_reason"], body["stop_sequence"]) == ("stop_sequence", "sky")


@check
def prompt_cache(emulator):
    client = emulator.client()
    # A prefix that no earlier run against the same emulator has seen.
    prefix = f"Known facts, as of {datetime.datetime.now(datetime.timezone.utc).isoformat()}."
    system = [{"text": prefix}, {"cachePoint": {"type": "default", "ttl": "1h"}}]
    first = client.converse(modelId=CLAUDE, system=system, messages=[user("one")])["usage"]
    again = client.converse(modelId=CLAUDE, system=system, messages=[user("two")])["usage"]
    assert first["cacheWriteInputTokens"] > 0 and first["cacheReadInputTokens"] == 0, first
    assert first["cacheDetails"] == [{"ttl": "1h", "inputTokens": first["cacheWriteInputTokens"]}]
    assert again["cacheReadInputTokens"] == first["cacheWriteInputTokens"] and again["cacheWriteInputTokens"] == 0, again
    total = sum(again[key] for key in ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"))
    assert again["totalTokens"] == total


@check
def guardrail(emulator):
    config = {"guardrailIdentifier": "gr1", "guardrailVersion": "1", "trace": "enabled"}
    answer = emulator.client().converse(modelId=CLAUDE, messages=[user("please blockme now")], guardrailConfig=config)
    assert answer["stopReason"] == "guardrail_intervened"
    topic = answer["trace"]["guardrail"]["inputAssessment"]["gr1"]["topicPolicy"]["topics"][0]
    assert topic["action"] == "BLOCKED"
    answer = emulator.client().invoke_model(
        modelId=CLAUDE, body=native("please blockme now"), guardrailIdentifier="gr1", guardrailVersion="1", trace="ENABLED"
    )
    body = json.loads(answer["body"].read())
    assert body["amazon-bedrock-guardrailAction"] == "INTERVENED" and body["amazon-bedrock-trace"]["guardrail"]


@check
def structured_output(emulator):
    structure = {"jsonSchema": {"schema": json.dumps(BOOKING), "name": "booking"}}
    config = {"textFormat": {"type": "json_schema", "structure": structure}}
    request = {"messages": [user("Lyon, 3 nights")], "outputConfig": config}
    answer = emulator.client().converse(modelId=QWEN, **request)
    jsonschema.validate(json.loads(text_of(answer["output"]["message"])), BOOKING)
    with refused("ValidationException", 400, "properties exclusiveMaximum, minimum are not supported"):
        emulator.client().converse(modelId=CLAUDE, **request)


@check
def attachments_tier_and_latency(emulator):
    document = {"document": {"format": "pdf", "name": "report", "source": {"bytes": b"%PDF-1.7"}}}
    image = {"image": {"format": "png", "source": {"bytes": b"\x89PNG\r\n\x1a\n"}}}
    answer = emulator.client().converse(
        modelId=NOVA,
        messages=[user("Look", document, image)],
        serviceTier={"type": "flex"},
        performanceConfig={"latency": "optimized"},
    )
    text = text_of(answer["output"]["message"])
    assert 'document "report" (pdf, 8 bytes); image (png, 8 bytes)' in text, text
    assert answer["serviceTier"] == {"type": "flex"} and answer["performanceConfig"] == {"latency": "optimized"}


@check
def turns_that_only_some_refuse(emulator):
    client = emulator.client()
    client.converse(modelId=NOVA, messages=[user("a"), user("b")])
    client.converse(modelId=CLAUDE, messages=[assistant("hi"), user("hi")])


@check
def tools_of_llama_come_whole(emulator):
    request = {"modelId": LLAMA, "messages": [user("What is the time now?")], "toolConfig": tools("now")}
    assert emulator.client().converse(**request)["stopReason"] == "tool_use"
    with refused("ValidationException", 400, "This model doesn't support tool use in streaming mode."):
        emulator.client().converse_stream(**request)


@check
def an_image_that_is_none_ends_a_stream(emulator):
    image = {"image": {"format": "png", "source": {"bytes": b"not an image"}}}
    answer = emulator.client().converse_stream(modelId=NOVA, messages=[user("Look", image)])
    try:
        list(answer["stream"])
    except botocore.exceptions.EventStreamError as error:
        said = error.response["Error"]
        assert said["Code"] == "validationException", said
        assert "does not match the expected type image/png" in said["Message"], said
    else:
        raise AssertionError("no EventStreamError")


@check
def citations(emulator):
    text = "Employees get 20 days. Ask your manager."
    document = {"document": {"format": "txt", "name": "policy", "source": {"text": text}, "citations": {"enabled": True}}}
    request = {"modelId": CLAUDE, "messages": [user("How many days?", document)]}
    content = emulator.client().converse(**request)["output"]["message"]["content"]
    cited = content[1]["citationsContent"]
    location = cited["citations"][0]["location"]["documentChar"]
    assert text[location["start"] : location["end"]] == cited["content"][0]["text"], cited
    deltas = [e["contentBlockDelta"] for e in emulator.client().converse_stream(**request)["stream"] if "contentBlockDelta" in e]
    of_block = [delta["delta"] for delta in deltas if delta["contentBlockIndex"] == 1]
    assert of_block[0]["citation"] == cited["citations"][0]
    assert "".join(delta["text"] for delta in of_block[1:]) == cited["content"][0]["text"]


@check
def a_refusal_and_an_empty_answer(emulator):
    answer = emulator.client().converse(modelId=CLAUDE, messages=[user("refuseme")])
    assert answer["stopReason"] == "content_filtered"
    answer = emulator.client().converse(modelId=CLAUDE, messages=[user("emptyanswer")])
    assert answer["stopReason"] == "end_turn" and answer["output"]["message"]["content"] == []


# What is refused.


def is_refused(name, fragment, code="ValidationException", **request):
    def run(emulator):
        with refused(code, 400, fragment):
            emulator.client(parameter_validation=False).converse(**{"modelId": CLAUDE, **request})

    run.__name__ = name
    check(run)


RESULT = {"toolResult": {"toolUseId": "a", "content": [{"text": "x"}]}}
CALL = {"toolUse": {"toolUseId": "a", "name": "t", "input": {}}}
is_refused("blank_text", "The text field in the ContentBlock object at messages.0.content.0 is blank.", messages=[user(" ")])
is_refused("missing_tool_config", "The toolConfig field must be defined", messages=[user("hi"), assistant(CALL), user(RESULT)])
is_refused(
    "assistant_first_by_nova",
    "A conversation must start with a user message",
    modelId=NOVA,
    messages=[assistant("hi"), user("hi")],
)
is_refused("empty_content", "The content field in the Message object at messages.0 is empty", messages=[user()])
is_refused("unknown_role", "Member must satisfy enum value set: [user, assistant, system]", messages=[{**user("a"), "role": "tool"}])
is_refused("temperature_out_of_range", "less than or equal to 1", messages=[user("a")], inferenceConfig={"temperature": 1.5})
is_refused("document_without_text", "A text block must be included when using documents", messages=[
    user({"document": {"format": "txt", "name": "a", "source": {"bytes": b"x"}}})])
is_refused("empty_union", "must set at least one of the following keys", messages=[user({})])
is_refused("wrong_type", "can not be converted to a String", code="SerializationException", messages=[user({"text": "a"})],
           system=[{"text": "x"}], toolConfig={"tools": [{"toolSpec": {"name": "t", "description": "d",
           "inputSchema": {"json": {"type": "object"}}}}], "toolChoice": {"tool": {"name": []}}})


@check
def unknown_member(emulator):
    # boto3 leaves out what its model does not know, so the member has to be put into the body.
    client = emulator.client()

    def add_member(request, **_):
        request.data = json.dumps({**json.loads(request.data), "inferenceConfig": {"topK": 3}})
        request.headers["Content-Length"] = str(len(request.data))

    client.meta.events.register_first("before-sign.bedrock-runtime.Converse", add_member)
    with refused("ValidationException", 400, "extraneous key [topK] is not permitted"):
        client.converse(modelId=CLAUDE, messages=[user("hi")])


@check
def native_refusals(emulator):
    client = emulator.client()
    for fragment, body in [
        ("model: Extra inputs are not permitted", native("hi", model="x")),
        ("stream: Extra inputs are not permitted", native("hi", stream=True)),
        ("anthropic_version", json.dumps({"max_tokens": 1, "messages": [{"role": "user", "content": "x"}]})),
        ("messages: text content blocks must be non-empty", native("")),
        ("Malformed input request", "{"),
    ]:
        with refused("ValidationException", 400, fragment):
            client.invoke_model(modelId=CLAUDE, body=body)


# Faults.


@check
def throttled(emulator):
    emulator.fault(error={"status": 429, "code": "ThrottlingException", "message": "Slow down"})
    with refused("ThrottlingException", 429, "Slow down"):
        emulator.client().converse(modelId=CLAUDE, messages=[user("hi")])
    emulator.client().converse(modelId=CLAUDE, messages=[user("hi")])


@check
def throttled_and_retried(emulator):
    emulator.fault(error={"status": 503, "code": "ServiceUnavailableException", "message": "Busy"}, times=2)
    client = emulator.client(retries={"total_max_attempts": 3, "mode": "standard"})
    answer = client.converse(modelId=CLAUDE, messages=[user("hi")])
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2


@check
def exception_in_mid_stream(emulator):
    emulator.fault(exception={"after_events": 3, "exception": "throttlingException", "message": "Slow down"})
    stream = emulator.client().converse_stream(modelId=CLAUDE, messages=[user("hi")])["stream"]
    seen = []
    try:
        for event in stream:
            seen.append(event)
    except botocore.exceptions.EventStreamError as error:
        assert error.response["Error"] == {"Code": "throttlingException", "Message": "Slow down"}, error.response
    else:
        raise AssertionError("no EventStreamError")
    assert len(seen) == 3, seen


@check
def error_message_in_mid_stream(emulator):
    emulator.fault(error_frame={"after_events": 1, "code": "InternalError", "message": "oops"})
    stream = emulator.client().invoke_model_with_response_stream(modelId=CLAUDE, body=native("hi"))["body"]
    try:
        list(stream)
    except botocore.exceptions.EventStreamError as error:
        assert error.response["Error"] == {"Code": "InternalError", "Message": "oops"}, error.response
    else:
        raise AssertionError("no EventStreamError")


@check
def damaged_checksums(emulator):
    for crc in ("prelude", "message"):
        emulator.fault(corrupt={"event": 2, "crc": crc})
        stream = emulator.client().converse_stream(modelId=CLAUDE, messages=[user("hi")])["stream"]
        try:
            list(stream)
        except ChecksumMismatch:
            continue
        raise AssertionError(f"no ChecksumMismatch for the {crc}")


@check
def truncated_stream(emulator):
    emulator.fault(truncate={"after_events": 4})
    stream = emulator.client().converse_stream(modelId=CLAUDE, messages=[user("hi")])["stream"]
    assert len(list(stream)) == 4


@check
def stream_cut_into_single_bytes(emulator):
    request = {"modelId": CLAUDE, "messages": [user("hi")]}
    plain = list(emulator.client().converse_stream(**request)["stream"])
    emulator.fault(chunks=1)
    assert list(emulator.client().converse_stream(**request)["stream"]) == plain


@check
def connection_reset(emulator):
    for reset in ("before_head", {"after_bytes": 100}):
        emulator.fault(reset=reset)
        try:
            list(emulator.client().converse_stream(modelId=CLAUDE, messages=[user("hi")])["stream"])
        except (botocore.exceptions.HTTPClientError, botocore.exceptions.ResponseStreamingError, OSError):
            continue
        except Exception as error:  # urllib3 reports a reset in the body by its own class
            assert "rotocol" in type(error).__name__, type(error)
            continue
        raise AssertionError(f"{reset}: nothing was noticed")


@check
def replayed_answer(emulator):
    emulator.fault(replay={"status": 502, "headers": {"content-type": "text/html"}, "text": "<html>Bad gateway</html>"})
    with refused("502", 502):
        emulator.client().converse(modelId=CLAUDE, messages=[user("hi")])


# The operations beside conversations register themselves.
import operations  # noqa: E402, F401


if __name__ == "__main__":
    run(Emulator)
