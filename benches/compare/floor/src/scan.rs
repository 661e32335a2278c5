//! Plain text of an event without a JSON reader: an exact beginning and no escapes. Anything else is left to the reader.

use base64_simd::AsOut as _;
use memchr::{memchr, memchr2};

/// The block and the text, if the event is of that form.
pub(crate) fn text<'a>(
    event_type: &[u8],
    payload: &'a [u8],
    decoded: &'a mut Vec<u8>,
) -> Option<(u32, &'a str)> {
    let (block, rest) = match event_type {
        b"contentBlockDelta" => {
            let (block, rest) = number(payload.strip_prefix(b"{\"contentBlockIndex\":")?)?;
            (block, rest.strip_prefix(b",\"delta\":{\"text\":\"")?)
        }
        b"chunk" => {
            let bytes = payload.strip_prefix(b"{\"bytes\":\"")?;
            let end = memchr(b'"', bytes)?;
            decoded.resize(end, 0);
            let out = decoded.as_mut_slice().as_out();
            let json = &*base64_simd::STANDARD.decode(&bytes[..end], out).ok()?;
            let rest = json.strip_prefix(b"{\"type\":\"content_block_delta\",\"index\":")?;
            let (block, rest) = number(rest)?;
            let rest = rest.strip_prefix(b",\"delta\":{\"type\":\"text_delta\",\"text\":\"")?;
            (block, rest)
        }
        _ => return None,
    };
    let end = memchr2(b'"', b'\\', rest)?;
    match rest.get(end..end + 2)? {
        b"\"}" => Some((block, std::str::from_utf8(&rest[..end]).ok()?)),
        _ => None,
    }
}

fn number(data: &[u8]) -> Option<(u32, &[u8])> {
    let end = data.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = data.split_at(end);
    let number = digits.iter().try_fold(0_u32, |number, digit| {
        number.checked_mul(10)?.checked_add(u32::from(digit - b'0'))
    });
    Some((number?, rest))
}
