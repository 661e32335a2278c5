use super::*;

fn parse(text: &str) -> Result<Fault, serde_json::Error> {
    serde_json::from_str(text)
}

#[test]
fn every_documented_form_parses() {
    let docs = include_str!("../fault.rs");
    let start = docs.find("/// ```json").unwrap();
    let block = &docs[start..start + docs[start + 11..].find("/// ```").unwrap() + 11];
    let mut forms = 0;
    for line in block.lines().filter_map(|line| line.strip_prefix("/// {")) {
        let line = format!("{{{}", line.replace("AAAA…base64", "AAAA"));
        let stream = serde_json::Deserializer::from_str(&line).into_iter::<Fault>();
        for fault in stream {
            fault.unwrap_or_else(|error| panic!("{line}: {error}"));
            forms += 1;
        }
    }
    assert!(forms >= 30, "{forms}");
}

#[test]
fn what_is_not_a_fault_is_refused() {
    for text in [
        r#"{"eror": {}}"#,
        r#"{"truncate": {"after_events": 1, "after_bytes": 1}}"#,
        r#"{"replay": {"body": "AAAA", "text": "x"}}"#,
        r#"{"replay": {"body": "not base64"}}"#,
        r#"{"reset": "sometime"}"#,
        r#"{"stall": "after_all"}"#,
        r#"{"encoding": "brotli"}"#,
        r#"{"raw": {"text": "x", "then": "sing"}}"#,
        r#"{"error": {"status": 500}}"#,
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn faults_combine() {
    let fault = Fault::replay(200, [("a", "b")], "x")
        .and(Fault::chunks(1))
        .times(3);
    assert!(fault.replay.is_some() && fault.chunks.is_some());
    assert_eq!(fault.remaining(), 3);
}
