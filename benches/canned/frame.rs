//! Frames of an event stream: prelude, headers, payload, and the checksums of both.

/// Appends a frame with the headers that Bedrock's events have.
pub(super) fn push(out: &mut Vec<u8>, event: &str, payload: &[u8]) {
    let headers = headers(event);
    let begin = out.len();
    // Two lengths and two checksums of four bytes each.
    let total = 16 + headers.len() + payload.len();
    out.extend_from_slice(&(total as u32).to_be_bytes());
    out.extend_from_slice(&(headers.len() as u32).to_be_bytes());
    let checksum = crc32fast::hash(&out[begin..]);
    out.extend_from_slice(&checksum.to_be_bytes());
    out.extend_from_slice(&headers);
    out.extend_from_slice(payload);
    let checksum = crc32fast::hash(&out[begin..]);
    out.extend_from_slice(&checksum.to_be_bytes());
}

fn headers(event: &str) -> Vec<u8> {
    /// The type of a header whose value is a string.
    const STRING: u8 = 7;
    let mut out = Vec::new();
    for (name, value) in [
        (":event-type", event),
        (":content-type", "application/json"),
        (":message-type", "event"),
    ] {
        out.push(name.len() as u8);
        out.extend_from_slice(name.as_bytes());
        out.push(STRING);
        out.extend_from_slice(&(value.len() as u16).to_be_bytes());
        out.extend_from_slice(value.as_bytes());
    }
    out
}
