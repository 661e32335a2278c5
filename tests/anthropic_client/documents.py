"""Images, documents, citations, counts and the list of models."""

import base64

import anthropic

from checks import check
from support import HAIKU, WEATHER, ask, refused, text_of, user

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
PDF = base64.b64encode(b"%PDF-1.7").decode()


def document(source, **members):
    return {"type": "document", "source": source, **members}


def plain(data, **members):
    return document({"type": "text", "media_type": "text/plain", "data": data}, **members)


@check
def images(emulator):
    client = emulator.client()
    for source, seen in (
        ({"type": "base64", "media_type": "image/png", "data": PNG}, "image (png, 8 bytes)"),
        ({"type": "url", "url": "https://example.com/a.png"}, "image (at https://example.com/a.png)"),
    ):
        assert seen in text_of(ask(client, "What is it?", {"type": "image", "source": source}))
    with refused(anthropic.BadRequestError, "Only HTTPS URLs"):
        ask(client, {"type": "image", "source": {"type": "url", "url": "http://example.com/a.png"}})
    with refused(anthropic.BadRequestError, "messages.0.content.0.source.media_type: Input should be"):
        ask(client, {"type": "image", "source": {"type": "base64", "media_type": "image/tiff", "data": PNG}})


@check
def documents(emulator):
    client = emulator.client()
    for source in (
        {"type": "base64", "media_type": "application/pdf", "data": PDF},
        {"type": "url", "url": "https://example.com/a.pdf"},
        {"type": "text", "media_type": "text/plain", "data": "Wheat rose."},
        {"type": "content", "content": [{"type": "text", "text": "Wheat rose."}]},
    ):
        answer = ask(client, "What is in it?", document(source, title="Harvest", context="Of last year"))
        assert 'document "Harvest"' in text_of(answer), answer


@check
def citations(emulator):
    client = emulator.client()
    cited = {"title": "Harvest", "citations": {"enabled": True}}
    for block, kind in (
        (plain("Wheat rose. Barley fell.", **cited), "char_location"),
        (document({"type": "base64", "media_type": "application/pdf", "data": PDF}, **cited), "page_location"),
        (document({"type": "content", "content": [{"type": "text", "text": "Wheat rose."}]}, **cited), "content_block_location"),
    ):
        answer = ask(client, "What rose?", block)
        quoted = answer.content[1]
        assert quoted.citations[0].type == kind, answer
        assert quoted.citations[0].document_title == "Harvest", answer
        assert quoted.citations[0].cited_text == quoted.text, answer
        # An answer with citations may be sent back.
        ask(client, messages=[user("What rose?", block), answer.to_param(), user("and?")])


@check
def citations_in_a_stream(emulator):
    block = plain("Wheat rose. Barley fell.", title="Harvest", citations={"enabled": True})
    with emulator.client().messages.stream(
        model=HAIKU, max_tokens=500, messages=[user("What rose?", block)]
    ) as stream:
        citations = [event.citation for event in stream if event.type == "citation"]
        final = stream.get_final_message()
    assert [citation.cited_text for citation in citations] == ["Wheat rose."], citations
    assert final.content[1].citations == citations, final


@check
def citations_are_for_all_documents_or_none(emulator):
    with refused(anthropic.BadRequestError, "Either all or none"):
        ask(emulator.client(), plain("a", citations={"enabled": True}), plain("b"))


@check
def tokens_are_counted(emulator):
    client = emulator.client()
    request = {"model": HAIKU, "system": "Be brief.", "tools": [WEATHER], "messages": [user("get weather")]}
    counted = client.messages.count_tokens(**request)
    answer = client.messages.create(max_tokens=10, **request)
    assert counted.input_tokens == answer.usage.input_tokens > 5, (counted, answer.usage)
    with refused(anthropic.BadRequestError, "max_tokens: Extra inputs are not permitted"):
        client.messages.count_tokens(**request, extra_body={"max_tokens": 10})
    with refused(anthropic.NotFoundError, "unknown-2"):
        client.messages.count_tokens(**{**request, "model": "unknown-2"})


@check
def models_are_listed(emulator):
    client = emulator.client()
    models = list(client.models.list(limit=3))
    ids = [model.id for model in models]
    assert len(ids) == len(set(ids)) > 9 and "claude-haiku-4-5-20251001" in ids, ids
    assert client.models.retrieve(HAIKU).id == "claude-haiku-4-5-20251001"
    assert models[0].created_at > models[-1].created_at and models[0].max_tokens == 128000, models
    with refused(anthropic.NotFoundError, "model: gpt-4o"):
        client.models.retrieve("gpt-4o")
