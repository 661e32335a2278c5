"""Errors, as the client's own classes tell them apart, betas, and streams that break."""

import anthropic

from checks import check
from support import API_KEY, FIRST, HAIKU, MANTLE, OPUS, ask, refused, text_of, user


@check
def keys(emulator):
    # The client sends its key as a bearer token; older ones have a header for it.
    with refused(anthropic.AuthenticationError, "Invalid bearer token", "authentication_error"):
        ask(emulator.client(api_key="sk-ant-WRONG"))
    ask(emulator.client(api_key=None, default_headers={"x-api-key": API_KEY}))
    with refused(anthropic.AuthenticationError, "invalid x-api-key", "authentication_error"):
        ask(emulator.client(api_key=None, default_headers={"x-api-key": "sk-ant-WRONG"}))
    with refused(anthropic.AuthenticationError, "Invalid bearer token"):
        ask(emulator.client(api_key=None, auth_token="token"))
    answer = ask(emulator.client(api_key="any"), model="MiniMax-M3")
    assert answer.model == "MiniMax-M3", answer


@check
def models_that_are_not_there(emulator):
    for model in ("unknown-2", "gpt-4o", "anthropic.claude-haiku-4-5"):
        with refused(anthropic.NotFoundError, f"model: {model}", "not_found_error"):
            ask(emulator.client(), model=model)


@check
def members_that_are_not_there(emulator):
    for body in ({"anthropic_version": "2023-06-01"}, {"anthropic_beta": ["x"]}, {"max_token": 1}):
        (name,) = body
        with refused(anthropic.BadRequestError, f"{name}: Extra inputs are not permitted", "invalid_request_error"):
            ask(emulator.client(), extra_body=body)
    for body in ({"container": "c"}, {"mcp_servers": []}):
        (name,) = body
        with refused(anthropic.BadRequestError, f"{name}: The emulator does not serve"):
            ask(emulator.client(), extra_body=body)
    with refused(anthropic.BadRequestError, "does not run the server tool"):
        ask(emulator.client(), tools=[{"type": "web_search_20250305", "name": "web_search"}])


@check
def versions(emulator):
    with refused(anthropic.BadRequestError, '"2024-01-01" is not a version that the emulator serves'):
        ask(emulator.client(), extra_headers={"anthropic-version": "2024-01-01"})
    for body in ({"temperature": 1.0}, {"top_p": 1.0}, {"top_k": 5}):
        (name,) = body
        ask(emulator.client(), extra_headers=FIRST, extra_body=body)
        with refused(anthropic.BadRequestError, f"{name}: Extra inputs are not permitted"):
            ask(emulator.client(), extra_body=body)
    place = {"document_index": 0, "document_title": None, "start_char_index": 0, "end_char_index": 1}
    citation = {"type": "char_location", "cited_text": "x", **place}
    cited = {"type": "text", "text": "x", "citations": [citation]}
    ask(emulator.client(), cited, extra_headers=FIRST)
    with refused(anthropic.BadRequestError, "messages.0.content.0.citations: "):
        ask(emulator.client(), cited)
    with refused(anthropic.BadRequestError, "is not available for"):
        ask(emulator.mantle(version={}), model=MANTLE)
    assert "Hello" in text_of(ask(emulator.mantle(version={}), model=f"anthropic.{OPUS}"))


@check
def limits_of_models(emulator):
    with refused(anthropic.BadRequestError, "max_tokens: 70000 > 64000"):
        list(ask(emulator.client(), max_tokens=70000, stream=True))
    with refused(anthropic.BadRequestError, "does not support assistant message prefill"):
        messages = [user("Hi"), {"role": "assistant", "content": "Well"}]
        ask(emulator.client(), model="claude-opus-4-6", messages=messages)
    with refused(anthropic.BadRequestError, "`temperature` is deprecated for this model."):
        ask(emulator.client(), model=OPUS, extra_headers=FIRST, extra_body={"temperature": 0.5})


@check
def betas(emulator):
    client = emulator.client()
    answer = client.beta.messages.create(
        model=HAIKU,
        max_tokens=1500,
        messages=[user("Hi")],
        thinking={"type": "enabled", "budget_tokens": 4000},
        context_management={"edits": [{"type": "clear_tool_uses_20250919"}]},
        betas=["interleaved-thinking-2025-05-14", "context-management-2025-06-27"],
    )
    assert answer.context_management.applied_edits == [], answer
    with refused(anthropic.BadRequestError, "Unexpected value(s) `made-up-2026-01-01` for the `anthropic-beta` header"):
        client.beta.messages.create(
            model=HAIKU, max_tokens=10, messages=[user("Hi")], betas=["pdfs-2024-09-25", "made-up-2026-01-01"]
        )
    with refused(anthropic.BadRequestError, "context_management: Extra inputs are not permitted"):
        client.beta.messages.create(model=HAIKU, max_tokens=10, messages=[user("Hi")], context_management={})


@check
def statuses_have_classes(emulator):
    for status, kind, error in (
        (400, "invalid_request_error", anthropic.BadRequestError),
        (401, "authentication_error", anthropic.AuthenticationError),
        (403, "permission_error", anthropic.PermissionDeniedError),
        (404, "not_found_error", anthropic.NotFoundError),
        (413, "request_too_large", None),
        (429, "rate_limit_error", anthropic.RateLimitError),
        (500, "api_error", anthropic.InternalServerError),
        (504, "timeout_error", None),
        (529, "overloaded_error", None),
    ):
        emulator.fault(error={"status": status, "code": "WhateverException", "message": "No."})
        try:
            ask(emulator.client())
        except anthropic.APIStatusError as caught:
            assert caught.status_code == status and caught.body["error"] == {"type": kind, "message": "No."}, caught.body
            assert error is None or type(caught) is error, repr(caught)
        else:
            raise AssertionError(f"{status}: nothing was noticed")


@check
def overloaded(emulator):
    emulator.fault(error={"status": 529, "code": "overloaded_error", "message": "Overloaded"})
    try:
        ask(emulator.client())
    except anthropic.APIStatusError as caught:
        assert type(caught).__name__ == "OverloadedError" and caught.status_code == 529, repr(caught)
    else:
        raise AssertionError("nothing was noticed")


@check
def rate_limits_say_when_to_come_back(emulator):
    emulator.fault(error={"status": 429, "code": "rate_limit_error", "message": "Slow down", "headers": {"retry-after": "0"}})
    try:
        ask(emulator.client())
    except anthropic.RateLimitError as caught:
        assert caught.response.headers["retry-after"] == "0", caught.response.headers
        assert caught.response.headers["anthropic-ratelimit-tokens-remaining"] == "0", caught.response.headers
    else:
        raise AssertionError("nothing was noticed")


@check
def the_client_tries_again(emulator):
    for status in (429, 500, 529):
        emulator.fault(error={"status": status, "code": "x", "message": "", "headers": {"retry-after-ms": "1"}})
    assert "Hello" in text_of(ask(emulator.client(max_retries=3)))


@check
def an_error_in_mid_stream(emulator):
    emulator.fault(exception={"after_events": 4, "exception": "overloaded_error", "message": "Overloaded"})
    seen = []
    try:
        for event in ask(emulator.client(), stream=True):
            seen.append(event.type)
    except anthropic.APIStatusError as caught:
        assert caught.body == {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, caught.body
    else:
        raise AssertionError("nothing was noticed")
    # The ping is the client's own business.
    assert seen == ["message_start", "content_block_start", "content_block_delta"], seen


@check
def streams_that_break(emulator):
    for fault in ({"reset": {"after_bytes": 600}}, {"close": {"after_events": 3}}, {"reset": "before_head"}):
        emulator.fault(**fault)
        try:
            list(ask(emulator.client(), stream=True))
        except (anthropic.APIConnectionError, OSError):
            continue
        except Exception as error:  # a break in the body goes by the class of the transport below
            assert type(error).__module__.startswith("http"), type(error)
            continue
        raise AssertionError(f"{fault}: nothing was noticed")


@check
def a_gateway_in_between(emulator):
    emulator.fault(replay={"status": 502, "headers": {"content-type": "text/html"}, "text": "<html>Bad gateway</html>"})
    try:
        ask(emulator.client())
    except anthropic.InternalServerError as caught:
        assert caught.status_code == 502, caught
    else:
        raise AssertionError("nothing was noticed")
