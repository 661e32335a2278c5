"""Bedrock's doors to the Messages API, and InvokeModel by the same vendor's client."""

import json

import anthropic

from checks import check
from support import (
    API_KEY,
    BEDROCK_KEY,
    HAIKU,
    INVOKE,
    KEYS,
    MANTLE,
    PROFILE,
    WEATHER,
    ask,
    refused,
    text_of,
    user,
)


@check
def mantle_by_key(emulator):
    answer = ask(emulator.mantle(), "Good morning", model=MANTLE)
    assert "Good morning" in text_of(answer) and answer.id.startswith("msg_bdrk_"), answer
    assert answer.model == "claude-haiku-4-5-20251001", answer
    assert emulator.last_request()["authentication"] == {"kind": "api_key"}


@check
def mantle_by_signature(emulator):
    client = emulator.mantle(**KEYS)
    call = ask(client, "get weather", model=MANTLE, tools=[{**WEATHER, "strict": True}])
    assert call.content[-1].id.startswith("toolu_bdrk_"), call
    seen = emulator.last_request()
    assert seen["path"] == "/anthropic/v1/messages" and seen["authentication"]["kind"] == "sigv4", seen
    with refused(anthropic.PermissionDeniedError, "signature we calculated does not match", "permission_error"):
        ask(emulator.mantle(**{**KEYS, "aws_secret_key": "wrong"}), model=MANTLE)


@check
def mantle_streams(emulator):
    with emulator.mantle(**KEYS).messages.stream(model=MANTLE, max_tokens=200, messages=[user("Hello")]) as stream:
        text = "".join(stream.text_stream)
    assert text == text_of(ask(emulator.mantle(), "Hello", model=MANTLE, max_tokens=200)), text


@check
def mantle_counts_tokens(emulator):
    counted = emulator.mantle().messages.count_tokens(model=MANTLE, messages=[user("one two three")])
    assert counted.input_tokens == 3, counted


@check
def mantle_has_ids_of_its_own(emulator):
    for model in (HAIKU, "anthropic.claude-9"):
        with refused(anthropic.NotFoundError, model):
            ask(emulator.mantle(), model=model)
    with refused(anthropic.NotFoundError, PROFILE):
        ask(emulator.mantle(**KEYS), model=PROFILE)


@check
def the_ordinary_client_at_a_door(emulator):
    for options in ({"api_key": BEDROCK_KEY}, {"auth_token": BEDROCK_KEY, "api_key": None}):
        assert "Hello" in text_of(ask(emulator.door(**options), model=MANTLE))
    with refused(anthropic.AuthenticationError, "Please make sure your API Key is valid", "authentication_error"):
        ask(emulator.door(api_key=API_KEY), model=MANTLE)


@check
def the_runtime_is_older(emulator):
    client = emulator.door(api_key=BEDROCK_KEY)
    assert "Hello" in text_of(ask(client, model=PROFILE, metadata={"user_id": "u-1"}))
    with refused(anthropic.BadRequestError, "tools.0.custom.strict: Extra inputs are not permitted"):
        ask(client, model=PROFILE, tools=[{**WEATHER, "strict": True}])
    with refused(anthropic.BadRequestError, "metadata.user_id"):
        ask(client, model=PROFILE, metadata={"user_id": "Ann Other"})
    with refused(anthropic.NotFoundError):
        client.messages.count_tokens(model=PROFILE, messages=[user("Hi")])


@check
def betas_at_a_door(emulator):
    client = emulator.mantle()
    with refused(anthropic.BadRequestError, "invalid beta flag"):
        client.beta.messages.create(model=MANTLE, max_tokens=10, messages=[user("Hi")], betas=["made-up"])


@check
def invoke_model_by_anthropics_client(emulator):
    answer = ask(emulator.bedrock(), "Good morning", model=PROFILE, extra_body=INVOKE)
    assert "Good morning" in text_of(answer) and answer.id.startswith("msg_bdrk_"), answer
    seen = emulator.last_request()
    assert seen["path"].endswith("/invoke") and seen["authentication"]["kind"] == "sigv4", seen
    assert "Hello" in text_of(ask(emulator.bedrock(api_key=BEDROCK_KEY), model=PROFILE, extra_body=INVOKE))


@check
def invoke_model_streams_by_anthropics_client(emulator):
    client = emulator.bedrock()
    options = {"model": PROFILE, "tools": [WEATHER], "extra_body": INVOKE}
    events = list(ask(client, "get weather", stream=True, **options))
    assert events[0].type == "message_start" and events[-1].type == "message_stop", events
    deltas = [event.delta for event in events if event.type == "content_block_delta"]
    partial = "".join(delta.partial_json for delta in deltas if delta.type == "input_json_delta")
    assert json.loads(partial) == ask(client, "get weather", **options).content[-1].input, partial


@check
def invoke_model_thinks_by_anthropics_client(emulator):
    client = emulator.bedrock()
    thinking = {"type": "enabled", "budget_tokens": 1024}
    options = {"model": PROFILE, "max_tokens": 3000, "thinking": thinking, "extra_body": INVOKE}
    first = ask(client, "Hi", **options)
    assert first.content[0].type == "thinking", first
    ask(client, messages=[user("Hi"), first.to_param(), user("and?")], **options)
