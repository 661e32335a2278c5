"""One call of Bedrock with whatever credentials boto3 finds, told as one line of JSON.

    python one_call.py [PROFILE]

`{"ok": true}`, or `{"error": CLASS, "message": TEXT}`.
"""

import json
import os
import sys

import boto3
from botocore.config import Config

MODEL = "amazon.nova-lite-v1:0"


def call(profile):
    # A session of its own: the default one would not have the profile.
    session = boto3.Session(profile_name=profile)
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=20, read_timeout=20)
    options = {}
    bearer = "AWS_BEARER_TOKEN_BEDROCK" in os.environ
    if bearer:
        # boto3 wants HTTPS for an API key, so the URL becomes plain HTTP on the way out.
        options["endpoint_url"] = os.environ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"].replace("http:", "https:", 1)
    client = session.client("bedrock-runtime", config=config, **options)
    if bearer:

        def to_http(request, **_):
            request.url = request.url.replace("https:", "http:", 1)

        client.meta.events.register("before-send.bedrock-runtime", to_http)
    client.converse(modelId=MODEL, messages=[{"role": "user", "content": [{"text": "hi"}]}])


def main():
    try:
        call(sys.argv[1] if len(sys.argv) > 1 else None)
    except Exception as error:  # Whatever boto3 raises is what is asked for.
        print(json.dumps({"error": type(error).__name__, "message": str(error)}))
    else:
        print(json.dumps({"ok": True}))


main()
