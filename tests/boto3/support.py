"""What the checks by boto3 share: clients of the emulator, and the expectation of a refusal."""

import contextlib
import os

import boto3
import botocore.exceptions
from botocore.config import Config

from checks import Control

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SESSION_TOKEN = "EXAMPLE-SESSION-TOKEN"
API_KEY = "bedrock-api-key-EXAMPLE"


class Emulator(Control):
    """Clients of one emulator, and its control endpoints."""

    def client(self, service="bedrock-runtime", access_key=ACCESS_KEY, secret_key=SECRET_KEY, token=None, region="us-east-1", **config):
        options = {"retries": {"total_max_attempts": 1}, **config}
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=token,
            config=Config(**options),
        )

    @contextlib.contextmanager
    def bearer(self, key, service="bedrock-runtime"):
        """A client with an API key. boto3 wants HTTPS for it, so the URL becomes plain HTTP on the way out."""
        os.environ["AWS_BEARER_TOKEN_BEDROCK"] = key
        try:
            client = boto3.client(
                service,
                region_name="us-east-1",
                endpoint_url=self.endpoint.replace("http:", "https:"),
                config=Config(retries={"total_max_attempts": 1}),
            )

            def to_http(request, **_):
                request.url = request.url.replace("https:", "http:", 1)

            client.meta.events.register(f"before-send.{service}", to_http)
            yield client
        finally:
            del os.environ["AWS_BEARER_TOKEN_BEDROCK"]


@contextlib.contextmanager
def refused(code, status, fragment=""):
    try:
        yield
    except botocore.exceptions.ClientError as error:
        answer = error.response
        assert answer["Error"]["Code"] == code, answer
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status, answer
        assert fragment in answer["Error"]["Message"], answer
    else:
        raise AssertionError(f"was not refused with {code}")
