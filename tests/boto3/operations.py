"""Checks of what the emulator serves beside conversations: embeddings, reranking, counting, guardrails, lists."""

import base64
import datetime
import json
import math

from checks import check
from support import API_KEY, refused

HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
SONNET = "anthropic.claude-sonnet-4-20250514-v1:0"
RERANK_ARN = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()

QUERY = "How do I reset my password?"
DOCUMENTS = [
    "The office is closed on Sundays.",
    "To reset your password, open the settings.",
    "Passwords have twelve characters.",
]


def invoke(client, model, body):
    """The body of an answer, and the tokens that its headers tell."""
    answer = client.invoke_model(modelId=model, body=json.dumps(body))
    tokens = answer["ResponseMetadata"]["HTTPHeaders"].get("x-amzn-bedrock-input-token-count")
    return json.loads(answer["body"].read()), tokens


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / (math.hypot(*a) * math.hypot(*b))


def nova(**params):
    return {"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": {"embeddingPurpose": "GENERIC_INDEX", **params}}


def text_embedder(model):
    """How to ask a model for the vector of a text, and where the vector is."""
    if model.startswith("cohere.embed-v4"):
        return lambda text: {"texts": [text], "input_type": "search_query"}, lambda body: body["embeddings"]["float"][0]
    if model.startswith("cohere."):
        return lambda text: {"texts": [text], "input_type": "search_query"}, lambda body: body["embeddings"][0]
    if model.startswith("amazon.nova"):
        return lambda text: nova(text={"truncationMode": "END", "value": text}), lambda body: body["embeddings"][0]["embedding"]
    return lambda text: {"inputText": text}, lambda body: body["embedding"]


def embeds(model, dimensions):
    def run(emulator):
        client = emulator.client()
        ask, vector = text_embedder(model)
        body, tokens = invoke(client, model, ask(QUERY))
        assert tokens == "6", tokens
        question = vector(body)
        assert len(question) == dimensions, len(question)
        assert question == vector(invoke(client, model, ask(QUERY))[0])
        near = [cosine(question, vector(invoke(client, model, ask(text))[0])) for text in DOCUMENTS]
        assert near[1] == max(near) and near[0] == min(near), near
        if "titan" in model:
            assert body["inputTextTokenCount"] == 6, body
        else:
            assert "oken" not in json.dumps(body)

    run.__name__ = f"embed_by_{model}"
    check(run)


embeds("amazon.titan-embed-text-v1", 1536)
embeds("amazon.titan-embed-text-v2:0", 1024)
embeds("amazon.titan-embed-image-v1", 1024)
embeds("cohere.embed-english-v3", 1024)
embeds("cohere.embed-multilingual-v3", 1024)
embeds("cohere.embed-v4:0", 1536)
embeds("amazon.nova-2-multimodal-embeddings-v1:0", 3072)


@check
def embed_options(emulator):
    client = emulator.client()
    body, _ = invoke(client, "amazon.titan-embed-text-v2:0", {
        "inputText": "a few words", "dimensions": 256, "normalize": True, "embeddingTypes": ["float", "binary"]})
    assert math.isclose(math.hypot(*body["embedding"]), 1, abs_tol=1e-4)
    assert len(body["embeddingsByType"]["binary"]) == 256
    body, _ = invoke(client, "cohere.embed-english-v3", {
        "texts": DOCUMENTS, "input_type": "search_document", "embedding_types": ["int8", "float"], "truncate": "END"})
    assert body["response_type"] == "embeddings_by_type" and len(body["embeddings"]["int8"]) == 3
    assert body["texts"][0] == DOCUMENTS[0].lower()
    image = f"data:image/png;base64,{PNG}"
    mixture = {"content": [{"type": "text", "text": "a cat"}, {"type": "image_url", "image_url": {"url": image}}]}
    body, _ = invoke(client, "us.cohere.embed-v4:0", {
        "inputs": [mixture], "input_type": "search_document", "output_dimension": 512})
    assert len(body["embeddings"]["float"][0]) == 512
    body, _ = invoke(client, "amazon.titan-embed-image-v1", {
        "inputImage": PNG, "embeddingConfig": {"outputEmbeddingLength": 384}})
    assert len(body["embedding"]) == 384
    body, _ = invoke(client, "amazon.nova-2-multimodal-embeddings-v1:0", nova(
        embeddingDimension=256,
        video={"format": "mp4", "source": {"bytes": PNG}, "embeddingMode": "AUDIO_VIDEO_SEPARATE"}))
    assert [e["embeddingType"] for e in body["embeddings"]] == ["VIDEO", "AUDIO"]


@check
def embed_by_api_key(emulator):
    with emulator.bearer(API_KEY) as client:
        body, _ = invoke(client, "amazon.titan-embed-text-v2:0", {"inputText": "hi"})
    assert len(body["embedding"]) == 1024


@check
def embed_refusals(emulator):
    client = emulator.client()
    for model, body, fragment in [
        ("amazon.titan-embed-text-v1", {"inputText": ""}, "#/inputText: expected minLength: 1, actual: 0"),
        ("amazon.titan-embed-text-v1", {"texts": ["a"]}, "#: required key [inputText] not found"),
        ("amazon.titan-embed-text-v2:0", {"inputText": "a", "dimensions": 3}, "#/dimensions: 3 is not a valid enum value"),
        ("amazon.titan-embed-image-v1", {}, "required key [inputImage] not found"),
        ("cohere.embed-english-v3", {"texts": ["a"]}, "#: required key [input_type] not found"),
        ("cohere.embed-english-v3", {"texts": ["a"] * 97, "input_type": "clustering"}, "expected maximum item count: 96"),
        ("cohere.embed-multilingual-v3", {"texts": ["a" * 2049], "input_type": "clustering"}, "expected maxLength: 2048"),
        ("cohere.embed-v4:0", {"texts": ["a"], "input_type": "clustering", "output_dimension": 3}, "#/output_dimension"),
        ("amazon.nova-2-multimodal-embeddings-v1:0", nova(), "exactly one of the keys"),
    ]:
        with refused("ValidationException", 400, fragment):
            invoke(client, model, body)
    with refused("ValidationException", 400, "unsupported for streaming"):
        client.invoke_model_with_response_stream(modelId="amazon.titan-embed-text-v1", body='{"inputText": "a"}')
    with refused("ValidationException", 400, "doesn't support the model"):
        client.converse(modelId="amazon.titan-embed-text-v1", messages=[{"role": "user", "content": [{"text": "a"}]}])


@check
def rerank_by_invoke_model(emulator):
    client = emulator.client()
    request = {"query": QUERY, "documents": DOCUMENTS}
    for model, extra in [("cohere.rerank-v3-5:0", {"api_version": 2}), ("amazon.rerank-v1:0", {})]:
        body, tokens = invoke(client, model, {**request, **extra})
        scores = [result["relevance_score"] for result in body["results"]]
        assert body["results"][0]["index"] == 1 and scores == sorted(scores, reverse=True), body
        assert len(scores) == 3 and tokens is None
        body, _ = invoke(client, model, {**request, **extra, "top_n": 1})
        assert [result["index"] for result in body["results"]] == [1]
    with refused("ValidationException", 400, "#: required key [api_version] not found"):
        invoke(client, "cohere.rerank-v3-5:0", request)
    with refused("ValidationException", 400, "#/api_version: 1 is not greater or equal to 2"):
        invoke(client, "cohere.rerank-v3-5:0", {**request, "api_version": 1})


def reranking(arn=RERANK_ARN, **extra):
    sources = [{"type": "TEXT", "textDocument": {"text": text}} for text in DOCUMENTS]
    sources.append({"type": "JSON", "jsonDocument": {"note": "reset"}})
    return {
        "queries": [{"type": "TEXT", "textQuery": {"text": QUERY}}],
        "sources": [{"type": "INLINE", "inlineDocumentSource": source} for source in sources],
        "rerankingConfiguration": {
            "type": "BEDROCK_RERANKING_MODEL",
            "bedrockRerankingConfiguration": {"modelConfiguration": {"modelArn": arn}, **extra},
        },
    }


@check
def rerank_by_agent_runtime(emulator):
    client = emulator.client("bedrock-agent-runtime")
    results = client.rerank(**reranking(numberOfResults=2))["results"]
    assert [result["index"] for result in results] == [1, 3], results
    assert results[0]["relevanceScore"] > results[1]["relevanceScore"]
    pages = list(client.get_paginator("rerank").paginate(**reranking()))
    assert len(pages) == 1 and len(pages[0]["results"]) == 4
    with refused("ValidationException", 400, "The provided model ARN for reranking is invalid."):
        client.rerank(**reranking("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"))
    with refused("InvalidSignatureException", 403):
        emulator.client("bedrock-agent-runtime", secret_key="wrong").rerank(**reranking())


@check
def rerank_by_agent_runtime_takes_no_api_key(emulator):
    # boto3 itself knows that, so the header has to be put in by hand.
    client = emulator.client("bedrock-agent-runtime")

    def use_key(request, **_):
        del request.headers["Authorization"]
        request.headers["Authorization"] = f"Bearer {API_KEY}"

    client.meta.events.register("before-send.bedrock-agent-runtime", use_key)
    with refused("MissingAuthenticationTokenException", 403):
        client.rerank(**reranking())


@check
def count_tokens(emulator):
    client = emulator.client()
    request = {
        "system": [{"text": "Be brief."}],
        "messages": [{"role": "user", "content": [{"text": "Why is the sky blue?"}]}],
    }
    counted = client.count_tokens(modelId=SONNET, input={"converse": request})["inputTokens"]
    assert counted == client.converse(modelId=SONNET, **request)["usage"]["inputTokens"] > 0
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": QUERY}]}
    counted = client.count_tokens(modelId=SONNET, input={"invokeModel": {"body": json.dumps(body)}})["inputTokens"]
    assert counted == 6, counted
    for model in (HAIKU, "amazon.nova-lite-v1:0"):
        with refused("ValidationException", 400, "The provided model doesn't support counting tokens."):
            client.count_tokens(modelId=model, input={"converse": request})
    with refused("ValidationException", 400, "The provided model identifier is invalid."):
        client.count_tokens(modelId="does-not-exist", input={"converse": request})
    with refused("ValidationException", 400, "anthropic_version: Field required"):
        client.count_tokens(modelId=SONNET, input={"invokeModel": {"body": "{}"}})


@check
def apply_guardrail(emulator):
    client = emulator.client()

    def apply(text, guardrail="gr1", **extra):
        content = [{"text": {"text": text}}]
        request = {"guardrailIdentifier": guardrail, "guardrailVersion": "1", "source": "INPUT", **extra}
        return client.apply_guardrail(content=content, **request)

    passed = apply("Good morning")
    assert (passed["action"], passed["outputs"]) == ("NONE", []), passed
    assert passed["usage"]["topicPolicyUnits"] == 1 and "topicPolicy" not in passed["assessments"][0]
    assert apply("Good morning", outputScope="FULL")["assessments"][0]["topicPolicy"]["topics"][0]["action"] == "NONE"
    blocked = apply("please blockme now")
    assert blocked["action"] == "GUARDRAIL_INTERVENED" and "blocked" in blocked["outputs"][0]["text"]
    assert blocked["assessments"][0]["topicPolicy"]["topics"][0]["action"] == "BLOCKED"
    masked = apply("Write to ann@example.com.", guardrail="arn:aws:bedrock:us-east-1:123456789012:guardrail/gr1")
    assert masked["outputs"] == [{"text": "Write to {EMAIL}."}], masked
    entity = masked["assessments"][0]["sensitiveInformationPolicy"]["piiEntities"][0]
    assert entity == {"match": "ann@example.com", "type": "EMAIL", "action": "ANONYMIZED", "detected": True}
    with refused("ValidationException", 400, "guardrailIdentifier"):
        apply("hi", guardrail="No-Such-Name")
    with refused("ValidationException", 400, "[INPUT, OUTPUT]"):
        apply("hi", source="SIDEWAYS")


@check
def foundation_models(emulator):
    client = emulator.client("bedrock")
    models = client.list_foundation_models()["modelSummaries"]
    assert len({model["modelId"] for model in models}) == len(models) > 40
    for filters in (
        {"byProvider": "Cohere", "byOutputModality": "EMBEDDING"},
        {"byInferenceType": "PROVISIONED"},
        {"byCustomizationType": "FINE_TUNING"},
        {"byProvider": "Mistral AI"},
    ):
        assert 0 < len(client.list_foundation_models(**filters)["modelSummaries"]) < len(models), filters
    for model in models:
        for identifier in (model["modelId"], model["modelArn"]):
            details = client.get_foundation_model(modelIdentifier=identifier)["modelDetails"]
            assert details == model, (details, model)
    with refused("ResourceNotFoundException", 404):
        client.get_foundation_model(modelIdentifier="acme.nothing-v1:0")
    with refused("ValidationException", 400, "The provided model identifier is invalid."):
        client.get_foundation_model(modelIdentifier=HAIKU)
    with refused("ValidationException", 400, "[TEXT, IMAGE, EMBEDDING]"):
        client.list_foundation_models(byOutputModality="SMELL")
    with emulator.bearer(API_KEY, "bedrock") as client:
        assert client.list_foundation_models()["modelSummaries"] == models


@check
def inference_profiles(emulator):
    client = emulator.client("bedrock")
    whole = client.list_inference_profiles()
    profiles = whole["inferenceProfileSummaries"]
    assert "nextToken" not in whole and {profile["type"] for profile in profiles} == {"SYSTEM_DEFINED"}
    pages = list(client.get_paginator("list_inference_profiles").paginate(PaginationConfig={"PageSize": 5}))
    assert len(pages) == math.ceil(len(profiles) / 5) > 3
    assert [profile for page in pages for profile in page["inferenceProfileSummaries"]] == profiles
    known = {model["modelArn"] for model in client.list_foundation_models()["modelSummaries"]}
    for profile in profiles:
        assert known & {model["modelArn"] for model in profile["models"]}, profile
        for identifier in (profile["inferenceProfileId"], profile["inferenceProfileArn"]):
            details = client.get_inference_profile(inferenceProfileIdentifier=identifier)
            assert profile.items() <= details.items(), details
    assert isinstance(profiles[0]["createdAt"], datetime.datetime)
    application, = client.list_inference_profiles(typeEquals="APPLICATION")["inferenceProfileSummaries"]
    assert application["inferenceProfileArn"].endswith(":application-inference-profile/abc123def456")
    with refused("ValidationException", 400, "nextToken is invalid"):
        client.list_inference_profiles(nextToken="abc")
    with refused("ResourceNotFoundException", 404):
        client.get_inference_profile(inferenceProfileIdentifier="eu.anthropic.claude-haiku-4-5-20251001-v1:0")


@check
def inference_profiles_of_another_region(emulator):
    client = emulator.client("bedrock", region="eu-west-1")
    profile = client.get_inference_profile(inferenceProfileIdentifier="eu.anthropic.claude-haiku-4-5-20251001-v1:0")
    assert profile["inferenceProfileArn"].startswith("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.")
    assert client.list_foundation_models()["modelSummaries"][0]["modelArn"].startswith("arn:aws:bedrock:eu-west-1::")
