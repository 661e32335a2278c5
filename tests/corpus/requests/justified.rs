//! Requests that the library makes otherwise than they were recorded, each with the reason.
//!
//! A difference that is not here fails the test, and so does an entry for a request that is the same.

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
];

const REFUSED_IN_RESULT: &str = "the service refused it with 400: the family takes no such attachment inside of a tool result; the library moves it behind the results";

const UNDERSCORE: &str = "AWS's reference has no underscore among the characters of a document's name, so the library writes a blank; the service let this one pass";

/// Why the library rightly sends something else than was recorded, if it does.
pub(crate) fn why(id: &str) -> Option<&'static str> {
    let (_, why) = DIFFERENT.iter().find(|(different, _)| *different == id)?;
    Some(why)
}
