"""What the checks by Anthropic's client share: clients of the emulator, and the expectation of a refusal."""

import contextlib
import json

import anthropic
import jsonschema

from checks import Control

API_KEY = "sk-ant-EXAMPLE"
BEDROCK_KEY = "bedrock-api-key-EXAMPLE"
KEYS = {"aws_access_key": "AKIDEXAMPLE", "aws_secret_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}

HAIKU = "claude-haiku-4-5"
SONNET = "claude-sonnet-4-5-20250929"
OPUS_4_5 = "claude-opus-4-5"
SONNET_4_6 = "claude-sonnet-4-6"
OPUS = "claude-opus-4-8"
MANTLE = "anthropic.claude-haiku-4-5"
PROFILE = "us.anthropic.claude-haiku-4-5-20251001-v1:0"

# The first version of the API. The client speaks a newer one, which takes no sampling; Bedrock has that from Claude 4.7 on.
FIRST = {"anthropic-version": "2023-06-01"}
INVOKE = {"anthropic_version": "bedrock-2023-05-31"}

WEATHER = {
    "name": "get_weather",
    "description": "The weather of a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "minLength": 3}, "unit": {"enum": ["celsius", "fahrenheit"]}},
        "required": ["city", "unit"],
        "additionalProperties": False,
    },
}


class Emulator(Control):
    """Clients of one emulator. Each of them checks every answer against its own types."""

    def client(self, **options):
        return anthropic.Anthropic(**self._options(self.endpoint, {"api_key": API_KEY, **options}))

    def mantle(self, version=FIRST, **options):
        options = {"default_headers": version, **(options or {"api_key": BEDROCK_KEY})}
        return anthropic.AnthropicBedrockMantle(
            aws_region="us-east-1", **self._options(f"{self.endpoint}/anthropic", options)
        )

    def door(self, **options):
        """The ordinary client, behind Bedrock's door."""
        options = {"default_headers": FIRST, **options}
        return anthropic.Anthropic(**self._options(f"{self.endpoint}/anthropic", options))

    def bedrock(self, **options):
        """The client of InvokeModel. Its keys are in its options."""
        return anthropic.AnthropicBedrock(aws_region="us-east-1", **self._options(self.endpoint, options or KEYS))

    @staticmethod
    def _options(url, options):
        return {"base_url": url, "max_retries": 0, "_strict_response_validation": True, **options}


def user(*content):
    blocks = [{"type": "text", "text": c} if isinstance(c, str) else c for c in content]
    return {"role": "user", "content": blocks}


def ask(client, *content, model=HAIKU, max_tokens=2000, **options):
    messages = options.pop("messages", None) or [user(*(content or ("Hello there",)))]
    return client.messages.create(model=model, max_tokens=max_tokens, messages=messages, **options)


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def is_json(text, schema):
    jsonschema.validate(json.loads(text), schema)


@contextlib.contextmanager
def refused(error, fragment="", kind=None):
    """A refusal by this class of the client's errors, in words that have `fragment`, of this `type`."""
    try:
        yield
    except anthropic.APIStatusError as caught:
        assert type(caught) is error, repr(caught)
        body = caught.body
        assert body["type"] == "error", body
        assert fragment in body["error"]["message"], body
        assert kind is None or body["error"]["type"] == kind, body
        assert caught.request_id and caught.request_id == body.get("request_id", caught.request_id), body
    else:
        raise AssertionError(f"was not refused with {error.__name__}")
