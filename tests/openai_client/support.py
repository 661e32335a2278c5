"""What the checks by OpenAI's own client share: clients of the emulator, and the expectation of a refusal."""

import contextlib

import openai

from checks import Control

OPENAI_API_KEY = "sk-EXAMPLE-OPENAI"
BEDROCK_API_KEY = "bedrock-api-key-EXAMPLE"
ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


class Emulator(Control):
    """Clients of one emulator, and its control endpoints."""

    def client(self, key=OPENAI_API_KEY, prefix="/v1", retries=0, **options):
        return openai.OpenAI(api_key=key, base_url=self.endpoint + prefix, max_retries=retries, **options)

    def mantle(self, prefix="/v1", **options):
        """A client that comes to Bedrock with an API key."""
        return self.client(key=BEDROCK_API_KEY, prefix=prefix, **options)

    def requests(self):
        return self.control("GET", "requests")


@contextlib.contextmanager
def refused(kind, code=None, param=None, fragment="", status=None):
    try:
        yield
    except kind as error:
        assert type(error) is kind, repr(error)
        assert code is None or error.code == code, (error.code, error.body)
        assert param is None or error.param == param, (error.param, error.body)
        assert fragment in str(error), str(error)
        assert status is None or error.status_code == status, error
    else:
        raise AssertionError(f"was not refused with {kind.__name__}")


def user(text):
    return {"role": "user", "content": text}


def chat_tool(name, **extra):
    return {"type": "function", "function": {"name": name, "description": name, "parameters": CITY, **extra}}


def tool(name, **extra):
    return {"type": "function", "name": name, "description": name, "parameters": CITY, **extra}
