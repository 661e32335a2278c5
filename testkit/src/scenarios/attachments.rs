//! Pictures and documents.

use reqllm::{Chat, Delivery, DocumentPart, Event, Part, Source, Warning, user};

use super::{
    Key, Outcome, Scenario, Subject, both, ensure, ensure_eq, ensure_says, ensure_says_one,
    streamed,
};

/// The smallest PNG there is: one pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4, 0x71, 0, 0, 0, 0, b'I', b'E', b'N',
    b'D', 0xae, 0x42, 0x60, 0x82,
];
/// How that begins in base64.
const PNG_IN_BASE64: &str = "iVBORw0KGgo";

pub(super) const IMAGE: Scenario = Scenario {
    key: Key::Image,
    ask: with_image,
    delivery: Delivery::Whole,
    trace: PNG_IN_BASE64,
    run: |subject| Box::pin(image(subject)),
};

fn with_image(subject: &Subject) -> Chat {
    let picture = Part::image("image/png", Source::Data(PNG.into()));
    subject.chat(user([Part::text("What is in this picture?"), picture]))
}

async fn image(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = both(subject, &with_image(subject)).await?;
    ensure_says(&answer.text(), subject.phrases.image)?;
    Ok(answer.warnings)
}

const REPORT: &str = "Wheat rose by a tenth. Barley fell.";
const FIRST_SENTENCE: &str = "Wheat rose by a tenth.";

fn report(citations: bool) -> Part {
    let mut report = DocumentPart::new(
        "text/plain",
        Source::Data(REPORT.as_bytes().to_vec().into()),
    );
    report.name = Some("Harvest report".to_owned());
    report.citations = citations;
    Part::Document(report)
}

pub(super) const DOCUMENT: Scenario = Scenario {
    key: Key::Document,
    ask: with_document,
    delivery: Delivery::Whole,
    trace: "Harvest report",
    run: |subject| Box::pin(document(subject)),
};

fn with_document(subject: &Subject) -> Chat {
    subject.chat(user([Part::text("What rose?"), report(false)]))
}

async fn document(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = both(subject, &with_document(subject)).await?;
    ensure_says_one(&answer.text(), subject.phrases.document)?;
    Ok(answer.warnings)
}

pub(super) const CITATIONS: Scenario = Scenario {
    key: Key::Citations,
    ask: with_citations,
    delivery: Delivery::Whole,
    trace: "citations",
    run: |subject| Box::pin(citations(subject)),
};

fn with_citations(subject: &Subject) -> Chat {
    subject.chat(user([Part::text("What rose?"), report(true)]))
}

/// Each citation names its source and spans a text that is there; a stream tells of it, too.
async fn citations(subject: &Subject) -> Outcome<Vec<Warning>> {
    let chat = with_citations(subject);
    let answer = both(subject, &chat).await?;
    let mut found = 0;
    for part in &answer.message.content {
        let Part::Text(text) = part else { continue };
        for citation in &text.citations {
            found += 1;
            let (start, end) = (citation.start, citation.end);
            let length = text.text.chars().count();
            ensure(start < end && end <= length, || {
                format!("{start}..{end} is not in {:?}", text.text)
            })?;
            let source = [&citation.title, &citation.text, &citation.source];
            ensure(source.iter().any(|it| it.is_some()), || {
                format!("it has no source: {citation:?}")
            })?;
            if let Some(quoted) = &citation.text {
                ensure_eq("the quotation", quoted.as_str(), FIRST_SENTENCE)?;
            }
        }
    }
    ensure(found > 0, || {
        format!("it cites nothing: {:?}", answer.message)
    })?;
    let (events, _) = streamed(&chat).await?;
    let told = events
        .iter()
        .filter(|event| matches!(event, Event::Citation(_)));
    ensure_eq("the number of events of citations", told.count(), found)?;
    Ok(answer.warnings)
}
