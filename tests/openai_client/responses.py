"""Checks of Responses by OpenAI's own client."""

import json

import openai
import pydantic

from checks import check
from support import refused, tool, user

ROME = "Get the weather in Rome"


class City(pydantic.BaseModel):
    name: str
    country: str


@check
def response(emulator):
    answer = emulator.client().responses.create(model="gpt-4o", input="Hello there", instructions="Be brief")
    assert "Hello there" in answer.output_text and "Be brief" in answer.output_text
    assert answer.status == "completed" and answer.usage.input_tokens == 4
    assert answer.usage.output_tokens_details.reasoning_tokens == 0


@check
def response_stream(emulator):
    create = emulator.client().responses.create
    whole = create(model="gpt-4o", input="hi").output_text
    events = list(create(model="gpt-4o", input="hi", stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[0].type == "response.created" and events[-1].type == "response.completed"
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == whole
    assert events[-1].response.output_text == whole


@check
def response_stream_helper(emulator):
    with emulator.client().responses.stream(model="gpt-5", input="hi", reasoning={"summary": "auto"}) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_response()
    assert {"response.reasoning_summary_text.delta", "response.output_text.done"} <= kinds, kinds
    assert final.output[0].type == "reasoning" and final.output[0].summary[0].text


@check
def response_parse(emulator):
    answer = emulator.client().responses.parse(model="gpt-4o", input="Rome", text_format=City)
    assert isinstance(answer.output_parsed, City)


@check
def response_tools(emulator):
    create = emulator.client().responses.create
    tools = [tool("get_weather", strict=True)]
    first = create(model="gpt-4o", input=ROME, tools=tools)
    call = first.output[-1]
    assert call.type == "function_call" and json.loads(call.arguments)["city"] == "Rome"
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    answer = create(model="gpt-4o", input=[user(ROME), *first.output, output], tools=tools)
    assert "get_weather returned: sunny" in answer.output_text


@check
def response_tools_stream(emulator):
    tools = [tool("get_weather", strict=True), tool("get_time", strict=True)]
    events = list(
        emulator.client().responses.create(model="gpt-4o", input="get weather, time", tools=tools, tool_choice="required", stream=True)
    )
    done = [event for event in events if event.type == "response.function_call_arguments.done"]
    assert len(done) == 2 and all(json.loads(event.arguments)["city"] for event in done)


@check
def response_goes_on(emulator):
    client = emulator.client()
    tools = [tool("get_weather", strict=True)]
    first = client.responses.create(model="gpt-5", input=ROME, tools=tools)
    output = {"type": "function_call_output", "call_id": first.output[-1].call_id, "output": "rain"}
    second = client.responses.create(model="gpt-5", input=[output], tools=tools, previous_response_id=first.id)
    assert "rain" in second.output_text and second.previous_response_id == first.id
    assert client.responses.retrieve(first.id).id == first.id
    client.responses.delete(first.id)
    with refused(openai.NotFoundError):
        client.responses.retrieve(first.id)
    with refused(openai.BadRequestError, "previous_response_not_found", "previous_response_id"):
        client.responses.create(model="gpt-5", input="x", previous_response_id=first.id)


@check
def response_encrypted_reasoning(emulator):
    create = emulator.client().responses.create
    fixed = {"model": "gpt-5", "store": False, "include": ["reasoning.encrypted_content"], "tools": [tool("get_weather")]}
    first = create(input=ROME, **fixed)
    reasoning, call = first.output[0], first.output[-1]
    assert reasoning.type == "reasoning" and reasoning.encrypted_content
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "fog"}
    history = [user(ROME), *(item.model_dump(exclude_none=True) for item in first.output), output]
    assert "fog" in create(input=history, **fixed).output_text
    history[1]["encrypted_content"] = "gAAAAAforged"
    with refused(openai.BadRequestError, "invalid_encrypted_content"):
        create(input=history, **fixed)
    del history[1]["encrypted_content"]
    with refused(openai.NotFoundError, param="input", fragment="store"):
        create(input=history, **fixed)


@check
def response_cut_off(emulator):
    answer = emulator.client().responses.create(model="gpt-4o", input="hi", max_output_tokens=16)
    assert answer.status == "incomplete" and answer.incomplete_details.reason == "max_output_tokens"
    with refused(openai.BadRequestError, "integer_below_min_value", "max_output_tokens"):
        emulator.client().responses.create(model="gpt-4o", input="hi", max_output_tokens=15)


@check
def response_refusal(emulator):
    answer = emulator.client().responses.create(model="gpt-4o", input="refuseme")
    assert answer.output[0].content[0].type == "refusal"


@check
def response_unknown_member(emulator):
    with refused(openai.BadRequestError, "unknown_parameter", "zzz"):
        emulator.client().responses.create(model="gpt-4o", input="hi", extra_body={"zzz": 1})
    with refused(openai.BadRequestError, "unsupported_parameter", "temperature"):
        emulator.client().responses.create(model="gpt-5", input="hi", temperature=0.5)


@check
def response_stream_breaks(emulator):
    create = emulator.client().responses.create
    emulator.fault(exception={"after_events": 4, "exception": "server_error", "message": "The model broke"})
    try:
        events = list(create(model="gpt-4o", input="hi", stream=True))
    except openai.APIError as error:
        assert "The model broke" in str(error), error
    else:
        assert events[-1].type == "error" and events[-1].message == "The model broke", events[-1]
    emulator.fault(exception={"after_events": 4, "exception": "response.failed", "message": "The model broke"})
    events = list(create(model="gpt-4o", input="hi", stream=True))
    assert events[-1].type == "response.failed" and events[-1].response.error.code == "server_error"
