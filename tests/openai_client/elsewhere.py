"""Checks of those who are not OpenAI and speak like it: Bedrock's doors, and the servers of others."""

import openai
from openai.providers import bedrock

from checks import check
from support import ACCESS_KEY, SECRET_KEY, chat_tool, refused, tool, user

OSS = "openai.gpt-oss-120b"
GPT = "openai.gpt-5.6-luna"


def signed(emulator, endpoint, **extra):
    """A client that signs for one of Bedrock's endpoints."""
    keys = {"region": "us-east-1", "access_key_id": ACCESS_KEY, "secret_access_key": SECRET_KEY, **extra}
    provider = bedrock(endpoint=endpoint, base_url=f"{emulator.endpoint}/openai/v1", **keys)
    return openai.OpenAI(provider=provider, max_retries=0)


def ask(client, model, text="hi", **extra):
    return client.chat.completions.create(model=model, messages=[user(text)], **extra)


@check
def mantle_chat(emulator):
    client = emulator.mantle(project="proj_1")
    answer = ask(client, OSS)
    assert answer.choices[0].message.reasoning
    assert emulator.last_request()["headers"]["openai-project"] == "proj_1"
    chunks = list(ask(client, OSS, stream=True))
    assert any(getattr(chunk.choices[0].delta, "reasoning", None) for chunk in chunks)


@check
def mantle_tools(emulator):
    answer = ask(emulator.mantle(), OSS, "get the weather", tools=[chat_tool("get_weather")])
    assert answer.choices[0].message.tool_calls[0].id.startswith("chatcmpl-tool-")


@check
def mantle_responses(emulator):
    create = emulator.mantle("/openai/v1").responses.create
    answer = create(model=GPT, input="get the weather", tools=[tool("get_weather")])
    assert answer.output[-1].call_id == f"call_{len(answer.output) - 1}"
    events = list(create(model=GPT, input="hi", stream=True))
    assert events[-1].type == "response.completed" and events[-1].response.output_text
    oss = emulator.mantle().responses.create(model=OSS, input="hi")
    assert oss.output[0].content[0].type == "reasoning_text"


@check
def mantle_routes(emulator):
    with refused(openai.BadRequestError, "validation_error", fragment="isn't supported on this route"):
        ask(emulator.mantle("/openai/v1"), OSS)
    with refused(openai.BadRequestError, "validation_error", fragment="isn't supported on this route"):
        emulator.mantle().responses.create(model=GPT, input="hi")
    with refused(openai.BadRequestError, "validation_error", fragment="does not support the '/v1/chat/completions' API"):
        ask(emulator.mantle("/openai/v1"), GPT)
    with refused(openai.NotFoundError, "model_not_found"):
        ask(emulator.mantle(), f"{OSS}-1:0")


@check
def mantle_models(emulator):
    assert OSS in [model.id for model in emulator.mantle().models.list()]
    assert GPT in [model.id for model in emulator.mantle("/openai/v1").models.list()]


@check
def mantle_limits(emulator):
    create = emulator.mantle("/openai/v1").responses.create
    with refused(openai.BadRequestError, param="background"):
        create(model=GPT, input="hi", background=True)
    content = [{"type": "input_image", "image_url": "https://example.com/a.png", "detail": "auto"}]
    with refused(openai.BadRequestError, fragment="s3://"):
        create(model=GPT, input=[{"role": "user", "content": content}])


@check
def mantle_wrong_key(emulator):
    client = emulator.client(key="ABSKnobody", prefix="/openai/v1")
    with refused(openai.AuthenticationError, fragment="Invalid bearer token"):
        client.responses.create(model=GPT, input="hi")


@check
def mantle_signed(emulator):
    client = signed(emulator, "mantle")
    assert client.responses.create(model=GPT, input="hi").output_text
    assert emulator.last_request()["authentication"]["kind"] == "sigv4"
    with refused(openai.NotFoundError):
        client.responses.create(model=f"us.{GPT}", input="hi")


@check
def mantle_signed_badly(emulator):
    with refused(openai.PermissionDeniedError, "InvalidSignatureException"):
        signed(emulator, "mantle", secret_access_key="wrong").responses.create(model=GPT, input="hi")


@check
def runtime_signed(emulator):
    client = signed(emulator, "runtime")
    assert client.responses.create(model=f"us.{GPT}", input="hi").output_text
    answer = ask(client, f"{OSS}-1:0")
    assert answer.choices[0].message.content.startswith("<reasoning>")
    with refused(openai.BadRequestError, fragment="identifier is invalid"):
        client.responses.create(model=GPT, input="hi")
    with refused(openai.NotFoundError):
        client.models.list()


@check
def deepseek(emulator):
    client = emulator.client(key="anything")
    assert ask(client, "deepseek-reasoner").choices[0].message.reasoning_content
    chunks = list(ask(client, "deepseek-reasoner", stream=True))
    assert any(getattr(chunk.choices[0].delta, "reasoning_content", None) for chunk in chunks)


@check
def openrouter(emulator):
    client = emulator.client(key="anything")
    message = ask(client, "anthropic/claude-sonnet-4.5", extra_body={"reasoning": {"effort": "low"}}).choices[0].message
    assert message.reasoning == message.reasoning_details[0]["text"]
    # The client reads over the comments.
    chunks = list(ask(client, "openrouter/auto", stream=True))
    assert chunks[-1].usage.total_tokens > 0


@check
def groq(emulator):
    client = emulator.client(key="anything")
    chunks = list(ask(client, "llama-3.3-70b-versatile", stream=True))
    assert chunks[-1].x_groq["usage"]["total_tokens"] > 0
    with refused(openai.BadRequestError, fragment="property 'zzz' is unsupported"):
        ask(client, "llama-3.3-70b-versatile", extra_body={"zzz": 1})


@check
def mistral(emulator):
    client = emulator.client(key="anything")
    model = "mistral-large-latest"
    answer = ask(client, model, tools=[chat_tool("get_weather")], tool_choice="any", max_tokens=99, extra_body={"random_seed": 1})
    assert len(answer.choices[0].message.tool_calls[0].id) == 9
    with refused(openai.UnprocessableEntityError, status=422):
        ask(client, model, max_completion_tokens=9)
    assert ask(client, "magistral-small").choices[0].message.content[0]["type"] == "thinking"


@check
def local(emulator):
    client = emulator.client(key="anything")
    text = ask(client, "local-llm", max_tokens=50).choices[0].message.content
    chunks = list(ask(client, "local-llm", max_tokens=50, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == text
    with refused(openai.BadRequestError, fragment="max_completion_tokens"):
        ask(client, "local-llm", max_completion_tokens=5)
