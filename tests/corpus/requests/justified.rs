//! Requests that the library makes otherwise than they were recorded, and what its contract has no word for, each with the
//! reason.
//!
//! What is not here fails the test, and so does an entry for a request that is the same.

/// Ids of recordings, and why the library sends something else.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "langchain-aws/0009-test_citations_document0_.yaml",
        UNDERSCORE,
    ),
    (
        "langchain-aws/0010-test_citations_document0_.yaml",
        UNDERSCORE,
    ),
    ("langchain-aws/0013-test_citations_v1_v0_.yaml", UNDERSCORE),
    ("langchain-aws/0014-test_citations_v1_v0_.yaml", UNDERSCORE),
    ("langchain-aws/0015-test_citations_v1_v1_.yaml", UNDERSCORE),
    ("langchain-aws/0016-test_citations_v1_v1_.yaml", UNDERSCORE),
    (
        "pydantic-ai/0055-test_multimodal_tool_return_matrix_direct-uploaded_file-document-bedrock_nova_",
        REFUSED_IN_RESULT,
    ),
    (
        "pydantic-ai/0061-test_multimodal_tool_return_matrix_direct-uploaded_file-video-bedrock_claude_",
        REFUSED_IN_RESULT,
    ),
    (
        "pydantic-ai/0063-test_multimodal_tool_return_matrix_direct-uploaded_file-video-bedrock_nova_",
        REFUSED_IN_RESULT,
    ),
    (
        "pydantic-ai/0117-test_multimodal_tool_return_matrix_tool_return_content-uploaded_file-video-bedrock_claude_",
        "the service refused it with 400: Claude takes no video beside a tool result; the library puts it into a turn of its own",
    ),
    (
        "otel-js/0018-bedrock-invokemodelwithstreams-adds-cohere-command-model-attributes-to-span",
        IN_PIECES,
    ),
    (
        "otel-js/0019-bedrock-invokemodelwithstreams-adds-cohere-command-model-attributes-to-span",
        IN_PIECES,
    ),
    ("openllmetry-js/0008-recording", IN_PIECES),
    (
        "pydantic-ai/0159-test_reused_tool_call_ids_request_",
        DECLARED_AGAIN,
    ),
    (
        "pydantic-ai/0166-test_reused_tool_call_ids_gpt_5_5",
        DECLARED_AGAIN,
    ),
];

const DECLARED_AGAIN: &str = "the conversation has calls of tools, and the request no tools, which not every service takes; the library declares them again and says so";

const IN_PIECES: &str =
    "Command's own body says `stream` too, or the stream comes in one piece; the library says it";

const REFUSED_IN_RESULT: &str = "the service refused it with 400: the family takes no such attachment inside of a tool result; the library moves it behind the results";

const UNDERSCORE: &str = "AWS's reference has no underscore among the characters of a document's name, so the library writes a blank; the service let this one pass";

/// Why the library rightly sends something else than was recorded, if it does.
pub(crate) fn why(id: &str) -> Option<&'static str> {
    let (_, why) = DIFFERENT.iter().find(|(different, _)| *different == id)?;
    Some(why)
}

/// What recorded requests say and the contract cannot, as the readers of requests call it, and why that is so.
const INEXPRESSIBLE: &[(&str, &str)] = &[
    (
        "Claude's legacy Text Completions form",
        "the library speaks the Messages form, which the same models take",
    ),
    (
        "a body in Titan's form, edited by its recorder",
        "no model takes it: it was sent to Nova",
    ),
    (
        "a native body to be counted, where the library counts Converse's",
        "CountTokens takes either form, and Converse's counts for every family",
    ),
    (
        "document with source content",
        "a document of the contract is one piece, whose bytes are given",
    ),
    (
        "member type beside toolUseId, name, input",
        "a call of a tool that the service runs; the same request offers one, which the contract has no word for",
    ),
    (
        "tool of kind systemTool",
        "the contract's tools are the caller's own",
    ),
    (
        "toolResult with json among other blocks",
        "the content of a result is a text, JSON, or parts, and no part is JSON",
    ),
    (
        "video of format video/mp4",
        "its client wrote a media type where the name of a format belongs",
    ),
    (
        "the body is not JSON",
        "it was recorded without its last brace",
    ),
];

/// Why the contract cannot say something that was recorded, if that is known.
pub(crate) fn why_inexpressible(what: &str) -> Option<&'static str> {
    let (_, why) = INEXPRESSIBLE.iter().find(|(known, _)| *known == what)?;
    Some(why)
}
