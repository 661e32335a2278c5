"""Drives the emulator's Messages API by Anthropic's own client: what it agrees with means something.

    PYTHONPATH=../python python check.py --endpoint http://127.0.0.1:PORT
"""

import anthropic
import pydantic

from checks import check, run
from support import FIRST, HAIKU, OPUS, SONNET, SONNET_4_6, WEATHER, Emulator, ask, is_json, refused, text_of, user


# Answers


@check
def a_message(emulator):
    answer = ask(emulator.client(), "Good morning", system="Be brief.")
    assert answer.type == "message" and answer.role == "assistant", answer
    assert answer.id.startswith("msg_01") and answer.model == "claude-haiku-4-5-20251001", answer
    assert "Good morning" in text_of(answer) and "Be brief." in text_of(answer), answer
    assert answer.stop_reason == "end_turn" and answer.stop_sequence is None, answer
    assert answer.usage.input_tokens == 4 and answer.usage.output_tokens > 0, answer.usage
    assert answer.usage.service_tier == "standard", answer.usage


@check
def the_same_request_gets_the_same_answer(emulator):
    first, second = (ask(emulator.client(), "Same") for _ in range(2))
    assert first == second and first.id == second.id
    assert ask(emulator.client(), "Other").id != first.id


@check
def a_conversation(emulator):
    messages = [user("First"), {"role": "assistant", "content": "Yes."}, user("Second")]
    answer = ask(emulator.client(), messages=messages)
    assert "Second" in text_of(answer) and "Earlier messages: 2" in text_of(answer), answer


@check
def ids_of_requests_are_in_a_header(emulator):
    raw = emulator.client().messages.with_raw_response.create(
        model=HAIKU, max_tokens=10, messages=[user("Hello")]
    )
    assert raw.headers["request-id"].startswith("req_"), raw.headers
    assert raw.headers["anthropic-ratelimit-requests-limit"] == "4000", raw.headers
    assert raw.parse()._request_id == raw.headers["request-id"]


@check
def limits_and_stop_sequences(emulator):
    short = ask(emulator.client(), "Hello", max_tokens=3)
    assert short.stop_reason == "max_tokens" and short.usage.output_tokens == 3, short
    stopped = ask(emulator.client(), "Hello", stop_sequences=["emulator"])
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "emulator"), stopped
    assert "emulator" not in text_of(stopped), stopped


@check
def a_refusal(emulator):
    answer = ask(emulator.client(), "refuseme")
    assert answer.stop_reason == "refusal" and answer.stop_details.type == "refusal", answer


@check
def harmless_options(emulator):
    answer = ask(
        emulator.client(),
        metadata={"user_id": "u-1"},
        service_tier="standard_only",
        inference_geo="us",
        extra_headers=FIRST,
        extra_body={"temperature": 0.5, "top_k": 5},
    )
    assert answer.usage.inference_geo == "us", answer.usage


# Streams


@check
def the_helper_for_streams(emulator):
    client = emulator.client()
    with client.messages.stream(model=HAIKU, max_tokens=500, messages=[user("Good morning")]) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    whole = ask(client, "Good morning", max_tokens=500)
    assert text == text_of(final) == text_of(whole)
    assert final.usage.output_tokens == whole.usage.output_tokens, final.usage
    assert final.usage.input_tokens == whole.usage.input_tokens, final.usage
    assert final.stop_reason == "end_turn", final


@check
def the_events_of_a_stream(emulator):
    stream = ask(emulator.client(), "Good morning", stream=True)
    events = [event.type for event in stream]
    assert events[:2] == ["message_start", "content_block_start"], events
    assert events[-3:] == ["content_block_stop", "message_delta", "message_stop"], events
    assert events.count("content_block_delta") > 3, events


@check
def pings_are_on_the_wire(emulator):
    client = emulator.client()
    with client.messages.with_streaming_response.create(
        model=HAIKU, max_tokens=50, messages=[user("Hi")], stream=True
    ) as raw:
        assert raw.headers["content-type"].startswith("text/event-stream"), raw.headers
        lines = list(raw.iter_lines())
    assert 'event: ping' in lines and 'data: {"type":"ping"}' in lines, lines


@check
def tool_input_in_a_stream(emulator):
    client = emulator.client()
    with client.messages.stream(
        model=HAIKU, max_tokens=500, tools=[WEATHER], messages=[user("get weather in Rome")]
    ) as stream:
        partial = [event.partial_json for event in stream if event.type == "input_json"]
        final = stream.get_final_message()
    call = final.content[-1]
    assert call.type == "tool_use" and final.stop_reason == "tool_use", final
    assert len(partial) > 2 and partial[0] == "", partial
    is_json("".join(partial), WEATHER["input_schema"])
    whole = ask(client, "get weather in Rome", max_tokens=500, tools=[WEATHER])
    assert whole.content[-1].input == call.input, (whole, final)


@check
def thinking_in_a_stream(emulator):
    client = emulator.client()
    with client.messages.stream(
        model=SONNET, max_tokens=3000, thinking={"type": "enabled", "budget_tokens": 1024}, messages=[user("Hi")]
    ) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_message()
    assert "thinking" in kinds and "signature" in kinds, kinds
    assert final.content[0].thinking and final.content[0].signature, final


@check
def delivery_in_small_pieces(emulator):
    whole = list(ask(emulator.client(), stream=True))
    emulator.fault(chunks=1)
    assert list(ask(emulator.client(), stream=True)) == whole


# Tools


@check
def a_tool_is_called_and_its_result_read(emulator):
    client = emulator.client()
    question = user("What does get weather say?")
    call = ask(client, tools=[WEATHER], messages=[question])
    use = call.content[-1]
    assert use.name == "get_weather" and use.id.startswith("toolu_01"), use
    result = {"type": "tool_result", "tool_use_id": use.id, "content": "17 degrees"}
    answer = ask(client, tools=[WEATHER], messages=[question, call.to_param(), user(result)])
    assert "get_weather returned: 17 degrees" in text_of(answer), answer
    assert answer.stop_reason == "end_turn", answer


@check
def parallel_calls_and_one_at_a_time(emulator):
    tools = [{**WEATHER, "name": name} for name in ("red", "blue")]

    def calls(choice):
        answer = ask(emulator.client(), "red and blue", tools=tools, tool_choice=choice)
        return [block.name for block in answer.content if block.type == "tool_use"]

    assert calls({"type": "any"}) == ["red", "blue"]
    assert calls({"type": "any", "disable_parallel_tool_use": True}) == ["red"]
    assert calls({"type": "auto", "disable_parallel_tool_use": True}) == ["red"]
    assert calls({"type": "tool", "name": "blue"}) == ["blue"]
    assert calls({"type": "none"}) == []


@check
def strict_tools_need_closed_schemas(emulator):
    strict = {**WEATHER, "strict": True}
    call = ask(emulator.client(), "x", tools=[strict], tool_choice={"type": "tool", "name": "get_weather"})
    assert call.content[0].type == "tool_use", call
    loose = {**strict, "input_schema": {"type": "object", "properties": {}}}
    with refused(anthropic.BadRequestError, "'additionalProperties' must be explicitly set to false"):
        ask(emulator.client(), "x", tools=[loose])


@check
def calls_without_results_are_refused(emulator):
    use = {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "get_weather", "input": {}}]}
    with refused(anthropic.BadRequestError, "`tool_use` ids were found without `tool_result` blocks"):
        ask(emulator.client(), tools=[WEATHER], messages=[user("q"), use, user("and?")])


# Thinking


@check
def thinking_goes_round_with_tools(emulator):
    client = emulator.client()
    options = {"model": SONNET, "max_tokens": 3000, "tools": [WEATHER], "thinking": {"type": "enabled", "budget_tokens": 1024}}
    question = user("get weather")
    call = ask(client, messages=[question], **options)
    assert [block.type for block in call.content] == ["thinking", "text", "tool_use"], call
    assert call.usage.output_tokens_details.thinking_tokens > 0, call.usage
    result = user({"type": "tool_result", "tool_use_id": call.content[-1].id, "content": "sunny"})
    assert "sunny" in text_of(ask(client, messages=[question, call.to_param(), result], **options))
    bare = {"role": "assistant", "content": [block for block in call.content if block.type == "tool_use"]}
    with refused(anthropic.BadRequestError, "must start with a thinking block"):
        ask(client, messages=[question, bare, result], **options)
    forged = call.model_copy(deep=True)
    forged.content[0].thinking = "Something else."
    with refused(anthropic.BadRequestError, "Invalid `signature` in `thinking` block"):
        ask(client, messages=[question, forged.to_param(), result], **options)


@check
def redacted_thinking_goes_round(emulator):
    client = emulator.client()
    options = {"model": SONNET, "max_tokens": 3000, "thinking": {"type": "enabled", "budget_tokens": 1024}}
    first = ask(client, "[redacted] please", **options)
    assert first.content[0].type == "redacted_thinking", first
    ask(client, messages=[user("[redacted] please"), first.to_param(), user("and?")], **options)


@check
def adaptive_thinking_and_effort(emulator):
    client = emulator.client()
    for display, shown in (("summarized", True), (None, False)):
        thinking = {"type": "adaptive", **({"display": display} if display else {})}
        answer = ask(client, model=OPUS, thinking=thinking, output_config={"effort": "xhigh"})
        assert answer.content[0].type == "thinking" and bool(answer.content[0].thinking) == shown, answer
        ask(client, model=OPUS, messages=[user("Hello there"), answer.to_param(), user("and?")])
    with refused(anthropic.BadRequestError, "adaptive thinking is not supported"):
        ask(client, thinking={"type": "adaptive"})
    with refused(anthropic.BadRequestError, "thinking.type.enabled"):
        ask(client, model=OPUS, thinking={"type": "enabled", "budget_tokens": 1024})
    with refused(anthropic.BadRequestError, "does not support the effort parameter"):
        ask(client, output_config={"effort": "low"})


@check
def budgets_are_checked(emulator):
    client = emulator.client()
    for budget, fragment in ((1000, "greater than or equal to 1024"), (2000, "`max_tokens` must be greater")):
        with refused(anthropic.BadRequestError, fragment):
            ask(client, thinking={"type": "enabled", "budget_tokens": budget})


# Structured output


@check
def answers_by_a_schema(emulator):
    schema = WEATHER["input_schema"]
    config = {"format": {"type": "json_schema", "schema": schema}}
    answer = ask(emulator.client(), "Rome?", model=SONNET_4_6, output_config=config)
    is_json(text_of(answer), schema)
    with refused(anthropic.BadRequestError, "output_config.format.schema"):
        ask(emulator.client(), output_config={"format": {"type": "json_schema", "schema": {"type": "object"}}})


@check
def answers_parsed_into_a_class(emulator):
    class Harvest(pydantic.BaseModel):
        crop: str
        tons: int

    answer = emulator.client().messages.parse(
        model=SONNET, max_tokens=500, messages=[user("Which harvest?")], output_format=Harvest
    )
    assert isinstance(answer.parsed_output, Harvest), answer


# The prompt cache


@check
def the_prompt_cache(emulator):
    client = emulator.client()

    def usage(question, ttl):
        system = [{"type": "text", "text": f"Rules of {ttl}: one two three", "cache_control": {"type": "ephemeral", "ttl": ttl}}]
        return ask(client, question, system=system).usage

    for ttl in ("5m", "1h"):
        first = usage("Hello", ttl)
        assert first.cache_creation_input_tokens == 6 and first.cache_read_input_tokens == 0, first
        assert getattr(first.cache_creation, f"ephemeral_{ttl}_input_tokens") == 6, first
        second = usage("Hello again", ttl)
        assert (second.cache_read_input_tokens, second.input_tokens) == (6, 2), second


@check
def the_cache_point_of_a_whole_request(emulator):
    client = emulator.client()
    once = ask(client, "Remember all of this", cache_control={"type": "ephemeral"})
    again = ask(client, "Remember all of this", cache_control={"type": "ephemeral"})
    assert once.usage.cache_creation_input_tokens == again.usage.cache_read_input_tokens == 4, again.usage


@check
def cache_points_have_limits_and_an_order(emulator):
    def block(ttl):
        return {"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": ttl}}

    with refused(anthropic.BadRequestError, "A maximum of 4 blocks with cache_control may be provided. Found 5."):
        ask(emulator.client(), *[block("5m") for _ in range(5)])
    with refused(anthropic.BadRequestError, "must not come after"):
        ask(emulator.client(), block("5m"), block("1h"))


@check
def a_warm_up_says_nothing(emulator):
    answer = ask(emulator.client(), max_tokens=0)
    assert answer.content == [] and answer.usage.output_tokens == 0, answer


# The others register themselves.
import documents  # noqa: E402, F401
import doors  # noqa: E402, F401
import errors  # noqa: E402, F401


if __name__ == "__main__":
    run(Emulator)
