"""Drives the emulator by OpenAI's own client for Python: chats, their streams, errors and faults.

    python check.py --endpoint http://127.0.0.1:PORT

Prints one line per check and a summary; the exit status is 1 if any check fails.
"""

import base64
import json
import math

import openai
import pydantic

from checks import check, run
from support import Emulator, chat_tool, refused, user

ROME = "Get the weather in Rome"


def ask(client, text="Hello there", model="gpt-4o", **extra):
    return client.chat.completions.create(model=model, messages=[user(text)], **extra)


@check
def chat(emulator):
    answer = ask(emulator.client(), seed=7, metadata={"a": "b"}, store=True, prompt_cache_key="k")
    assert "Hello there" in answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.prompt_tokens_details.cached_tokens == 0
    assert answer._request_id.startswith("req_")


@check
def chat_with_instructions_and_history(emulator):
    messages = [
        {"role": "developer", "content": "Be kind"},
        user("one"),
        {"role": "assistant", "content": "two"},
        {"role": "user", "content": [{"type": "text", "text": "three"}]},
    ]
    answer = emulator.client().chat.completions.create(model="gpt-4.1", messages=messages)
    assert "Be kind" in answer.choices[0].message.content
    assert "Earlier messages: 2." in answer.choices[0].message.content


@check
def chat_stream(emulator):
    whole = ask(emulator.client()).choices[0].message.content
    chunks = list(ask(emulator.client(), stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == whole
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert all(chunk.usage is None for chunk in chunks)


@check
def chat_stream_counts_if_asked(emulator):
    chunks = list(ask(emulator.client(), stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens > 0
    assert all(chunk.usage is None for chunk in chunks[:-1])


@check
def chat_stream_helper(emulator):
    kinds = set()
    with emulator.client().chat.completions.stream(model="gpt-4o", messages=[user("hi")]) as stream:
        for event in stream:
            kinds.add(event.type)
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds, kinds
    assert "hi" in final.choices[0].message.content


@check
def chat_tools(emulator):
    client = emulator.client()
    tools = [chat_tool("get_weather", strict=True), chat_tool("get_time")]
    question = user("Get the weather and get the time in Rome")
    answer = client.chat.completions.create(model="gpt-4o", messages=[question], tools=tools)
    assert answer.choices[0].finish_reason == "tool_calls"
    message = answer.choices[0].message
    assert [call.function.name for call in message.tool_calls] == ["get_weather", "get_time"]
    assert json.loads(message.tool_calls[0].function.arguments)["city"]
    results = [{"role": "tool", "tool_call_id": call.id, "content": "fine"} for call in message.tool_calls]
    said = {"role": "assistant", "content": message.content, "tool_calls": [call.model_dump() for call in message.tool_calls]}
    answer = client.chat.completions.create(model="gpt-4o", messages=[question, said, *results], tools=tools)
    assert "get_time returned: fine" in answer.choices[0].message.content


@check
def chat_tools_one_at_a_time(emulator):
    tools = [chat_tool("get_weather"), chat_tool("get_time")]
    answer = ask(emulator.client(), tools=tools, tool_choice="required", parallel_tool_calls=False)
    assert len(answer.choices[0].message.tool_calls) == 1
    forced = {"type": "function", "function": {"name": "get_time"}}
    answer = ask(emulator.client(), tools=tools, tool_choice=forced)
    assert answer.choices[0].message.tool_calls[0].function.name == "get_time"
    assert ask(emulator.client(), ROME, tools=tools, tool_choice="none").choices[0].message.tool_calls is None


@check
def chat_tools_stream(emulator):
    tools = [chat_tool("get_weather", strict=True), chat_tool("get_time", strict=True)]
    request = {"model": "gpt-4o", "messages": [user("get weather and time")], "tools": tools}
    arguments = 0
    with emulator.client().chat.completions.stream(**request) as stream:
        for event in stream:
            arguments += event.type == "tool_calls.function.arguments.delta"
        calls = stream.get_final_completion().choices[0].message.tool_calls
    assert [call.function.name for call in calls] == ["get_weather", "get_time"]
    assert all(json.loads(call.function.arguments)["city"] for call in calls) and arguments > 2


class Person(pydantic.BaseModel):
    name: str
    age: int
    friends: list["Person"]


@check
def chat_parse(emulator):
    answer = emulator.client().chat.completions.parse(model="gpt-4o", messages=[user("Ann is 30")], response_format=Person)
    assert isinstance(answer.choices[0].message.parsed, Person)


@check
def chat_parse_cut_off(emulator):
    try:
        emulator.client().chat.completions.parse(
            model="gpt-4o", messages=[user("Ann")], response_format=Person, max_completion_tokens=1
        )
    except openai.LengthFinishReasonError:
        return
    raise AssertionError("the answer was not cut off")


@check
def chat_refusal(emulator):
    message = ask(emulator.client(), "refuseme").choices[0].message
    assert message.content is None and message.refusal


@check
def chat_json_object(emulator):
    format = {"type": "json_object"}
    json.loads(ask(emulator.client(), "Say it in JSON", response_format=format).choices[0].message.content)
    with refused(openai.BadRequestError, param="messages", fragment="'json'"):
        ask(emulator.client(), response_format=format)


@check
def chat_reasoning(emulator):
    answer = ask(emulator.client(), model="gpt-5", reasoning_effort="low", max_completion_tokens=500, verbosity="low")
    assert answer.usage.completion_tokens_details.reasoning_tokens > 0


@check
def chat_image_and_file(emulator):
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    content = [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{png}"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}},
    ]
    answer = emulator.client().chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": content}])
    assert "image (image/png, 8 bytes)" in answer.choices[0].message.content


@check
def chat_choices_and_logprobs(emulator):
    answer = ask(emulator.client(), n=2, logprobs=True, top_logprobs=1)
    first, second = answer.choices
    assert (first.index, second.index) == (0, 1)
    assert "".join(token.token for token in first.logprobs.content) == first.message.content


@check
def chat_stop(emulator):
    text = ask(emulator.client(), "one two three", stop=["two"]).choices[0].message.content
    assert text.endswith("one ")
    with refused(openai.BadRequestError, "array_above_max_length", "stop"):
        ask(emulator.client(), stop=list("abcde"))


@check
def chat_cache(emulator):
    messages = [{"role": "system", "content": "word " * 2000}, user("a")]
    create = emulator.client().chat.completions.create
    create(model="gpt-4o-mini", messages=messages)
    usage = create(model="gpt-4o-mini", messages=[messages[0], user("b")]).usage
    assert usage.prompt_tokens_details.cached_tokens == 1920, usage


# What is refused.


@check
def wrong_key(emulator):
    with refused(openai.AuthenticationError, "invalid_api_key", status=401):
        ask(emulator.client(key="sk-somebody-elses"))
    with refused(openai.AuthenticationError, "invalid_api_key"):
        emulator.client(key="sk-somebody-elses").models.list()


@check
def unknown_model(emulator):
    with refused(openai.NotFoundError, "model_not_found", fragment="unknown-99"):
        ask(emulator.client(), model="unknown-99")
    with refused(openai.NotFoundError, "model_not_found"):
        emulator.client().models.retrieve("gpt-99")


@check
def unknown_member(emulator):
    with refused(openai.BadRequestError, fragment="Unrecognized request argument supplied: zzz"):
        ask(emulator.client(), extra_body={"zzz": 1})


@check
def unsupported_members(emulator):
    with refused(openai.BadRequestError, "unsupported_parameter", "max_tokens"):
        ask(emulator.client(), model="gpt-5-mini", max_tokens=10)
    with refused(openai.BadRequestError, "unsupported_value", "temperature"):
        ask(emulator.client(), model="o4-mini", temperature=0)
    with refused(openai.BadRequestError, "unsupported_value", "reasoning_effort"):
        ask(emulator.client(), model="gpt-5", reasoning_effort="xhigh")


@check
def unanswered_calls(emulator):
    call = {"id": "call_1", "type": "function", "function": {"name": "t", "arguments": "{}"}}
    said = {"role": "assistant", "content": None, "tool_calls": [call]}
    with refused(openai.BadRequestError, param="messages.[2].role", fragment="call_1"):
        emulator.client().chat.completions.create(model="gpt-4o", messages=[user("a"), said, user("b")])


@check
def open_schemas(emulator):
    schema = {"name": "x", "strict": True, "schema": {"type": "object", "properties": {"a": {"type": "string"}}}}
    with refused(openai.BadRequestError, param="response_format", fragment="additionalProperties"):
        ask(emulator.client(), response_format={"type": "json_schema", "json_schema": schema})


@check
def too_long(emulator):
    with refused(openai.BadRequestError, "context_length_exceeded", "messages"):
        ask(emulator.client(), "word " * 9000, model="gpt-4")


# What goes wrong on purpose.


@check
def throttled(emulator):
    emulator.fault(error={"status": 429, "code": "rate_limit_exceeded", "message": "Slow down"})
    with refused(openai.RateLimitError, "rate_limit_exceeded", fragment="Slow down", status=429):
        ask(emulator.client())
    emulator.fault(error={"status": 429, "code": "insufficient_quota", "message": "No money"})
    with refused(openai.RateLimitError, "insufficient_quota"):
        ask(emulator.client())


@check
def throttling_says_when_to_come_back(emulator):
    emulator.fault(error={"status": 429, "code": "rate_limit_exceeded"})
    try:
        ask(emulator.client())
    except openai.RateLimitError as error:
        headers = error.response.headers
        assert headers["retry-after"] == "1" and headers["x-ratelimit-remaining-requests"] == "0"
        assert error.request_id.startswith("req_")
    else:
        raise AssertionError("was not throttled")


@check
def client_retries(emulator):
    before = len(emulator.requests())
    emulator.fault(error={"status": 503, "code": "server_error", "headers": {"retry-after-ms": "1"}}, times=2)
    ask(emulator.client(retries=2))
    assert len(emulator.requests()) == before + 3


@check
def server_errors(emulator):
    emulator.fault(error={"status": 500, "code": "server_error", "message": "Oops"})
    with refused(openai.InternalServerError, "server_error", fragment="Oops", status=500):
        ask(emulator.client())
    emulator.fault(replay={"status": 502, "headers": {"content-type": "text/html"}, "text": "<html>"})
    with refused(openai.InternalServerError, status=502):
        ask(emulator.client())


@check
def broken_stream(emulator):
    emulator.fault(exception={"after_events": 3, "exception": "server_error", "message": "The model broke"})
    seen = 0
    try:
        for _ in ask(emulator.client(), stream=True):
            seen += 1
    except openai.APIError as error:
        assert "The model broke" in str(error) and seen == 3, (error, seen)
    else:
        raise AssertionError("the stream did not break")


@check
def hangups(emulator):
    emulator.fault(reset="before_head")
    with refused(openai.APIConnectionError):
        ask(emulator.client())
    emulator.fault(reset={"after_events": 2})
    try:
        list(ask(emulator.client(), stream=True))
    except Exception as error:  # Whatever the HTTP client underneath raises for a broken body.
        assert not isinstance(error, AssertionError)
    else:
        raise AssertionError("a reset went by unseen")


@check
def streams_in_small_pieces(emulator):
    whole = ask(emulator.client()).choices[0].message.content
    emulator.fault(chunks=3)
    chunks = ask(emulator.client(), stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole


# Embeddings and models.


@check
def embeddings(emulator):
    create = emulator.client().embeddings.create
    answer = create(model="text-embedding-3-small", input=["a red house", "the red house", "blue"])
    # The client asks for base64 by itself, and gives numbers.
    assert json.loads(emulator.last_request()["body"])["encoding_format"] == "base64"
    vectors = [entry.embedding for entry in answer.data]
    near, far = (sum(a * b for a, b in zip(vectors[0], vectors[at])) for at in (1, 2))
    assert near > far and math.isclose(sum(a * a for a in vectors[0]), 1, rel_tol=1e-3)
    plain = create(model="text-embedding-3-small", input="a red house", encoding_format="float")
    assert all(math.isclose(a, b, abs_tol=1e-6) for a, b in zip(plain.data[0].embedding, vectors[0]))


@check
def embeddings_of_fewer_dimensions(emulator):
    create = emulator.client().embeddings.create
    assert len(create(model="text-embedding-3-large", input="x", dimensions=8).data[0].embedding) == 8
    with refused(openai.BadRequestError, param="dimensions"):
        create(model="text-embedding-ada-002", input="x", dimensions=8)
    with refused(openai.BadRequestError, param="input", fragment="empty string"):
        create(model="text-embedding-3-small", input="")
    with refused(openai.BadRequestError, "array_above_max_length", "input"):
        create(model="text-embedding-3-small", input=["x"] * 2049)


@check
def models(emulator):
    ids = [model.id for model in emulator.client().models.list()]
    assert "gpt-5" in ids and "text-embedding-3-small" in ids
    assert emulator.client().models.retrieve("gpt-4o").owned_by == "system"


# The rest register themselves.
import elsewhere  # noqa: E402, F401
import responses  # noqa: E402, F401

if __name__ == "__main__":
    run(Emulator)
