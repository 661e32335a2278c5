//! A second, independent reader of `application/vnd.amazon.eventstream`, written from the format:
//!
//! ```text
//! u32be total | u32be headers_len | u32be crc32(first 8 bytes) | headers | payload | u32be crc32(all before)
//! header: u8 name_len | name | u8 type | value
//! ```
//!
//! The library decodes frames with AWS's codec; this one exists so that the two can disagree.

use serde_json::{Value, json};

/// Frames of a body, and how many bytes at its end do not make a whole one.
#[derive(Debug)]
pub(crate) struct Frames {
    pub(crate) frames: Vec<Frame>,
    pub(crate) left_over: usize,
}

/// One frame. Bedrock uses string headers only; headers of other types are walked over.
#[derive(Debug)]
pub(crate) struct Frame {
    headers: Vec<(String, String)>,
    pub(crate) payload: Vec<u8>,
}

const PRELUDE: usize = 12;
const TRAILER: usize = 4;

/// Splits a whole body. A checksum or a length that is wrong makes the body unreadable.
pub(crate) fn frames(mut body: &[u8]) -> Result<Frames, String> {
    let mut frames = Vec::new();
    while body.len() >= PRELUDE {
        let (total, headers_len) = prelude(body)?;
        if body.len() < total {
            break;
        }
        let (frame, rest) = body.split_at(total);
        frames.push(whole(frame, headers_len).map_err(|e| format!("frame {}: {e}", frames.len()))?);
        body = rest;
    }
    Ok(Frames {
        frames,
        left_over: body.len(),
    })
}

/// The two lengths, once their checksum holds and they can be true.
fn prelude(bytes: &[u8]) -> Result<(usize, usize), String> {
    let mut cursor = Cursor(bytes);
    let (total, headers_len) = (cursor.u32()? as usize, cursor.u32()? as usize);
    if cursor.u32()? != crc32fast::hash(&bytes[..8]) {
        return Err("prelude checksum".to_owned());
    }
    if total < PRELUDE + TRAILER || headers_len > total - PRELUDE - TRAILER {
        return Err(format!("impossible lengths {total}, {headers_len}"));
    }
    Ok((total, headers_len))
}

fn whole(frame: &[u8], headers_len: usize) -> Result<Frame, String> {
    let (summed, trailer) = frame.split_at(frame.len() - TRAILER);
    if Cursor(trailer).u32()? != crc32fast::hash(summed) {
        return Err("message checksum".to_owned());
    }
    let (headers, payload) = summed[PRELUDE..].split_at(headers_len);
    Ok(Frame {
        headers: read_headers(headers)?,
        payload: payload.to_vec(),
    })
}

fn read_headers(bytes: &[u8]) -> Result<Vec<(String, String)>, String> {
    let mut cursor = Cursor(bytes);
    let mut headers = Vec::new();
    while !cursor.0.is_empty() {
        let length = cursor.u8()? as usize;
        let name = cursor.text(length)?;
        match cursor.u8()? {
            0 | 1 => {}                     // true, false: no value
            2 => drop(cursor.take(1)?),     // i8
            3 => drop(cursor.take(2)?),     // i16
            4 => drop(cursor.take(4)?),     // i32
            5 | 8 => drop(cursor.take(8)?), // i64, timestamp in milliseconds
            9 => drop(cursor.take(16)?),    // UUID
            6 => {
                let length = cursor.u16()?;
                cursor.take(length)?;
            }
            7 => {
                let length = cursor.u16()?;
                headers.push((name, cursor.text(length)?));
            }
            unknown => return Err(format!("header {name} of type {unknown}")),
        }
    }
    Ok(headers)
}

impl Frame {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// The kind of event, empty for frames that are not one.
    pub(crate) fn event_type(&self) -> &str {
        self.header(":event-type").unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Result<Value, String> {
        serde_json::from_slice(&self.payload)
            .map_err(|e| format!("payload of {}: {e}", self.event_type()))
    }

    /// The failure that this frame reports, if it reports one, as `{"code", "message"}`: an exception
    /// frame, an error frame, or an event that bears the name of an exception.
    pub(crate) fn error(&self) -> Option<Value> {
        if self.header(":message-type") == Some("error") {
            let text = |name| self.header(name);
            return Some(json!({"code": text(":error-code"), "message": text(":error-message")}));
        }
        let name = self
            .header(":exception-type")
            .or_else(|| Some(self.event_type()).filter(|event| event.ends_with("Exception")))?;
        let body = self.json().unwrap_or_default();
        let message = body.get("message").or_else(|| body.get("Message"));
        Some(json!({"code": capitalised(name), "message": message}))
    }
}

/// Frames name exceptions as union members, answers by their shape: the first letter differs.
fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or("a value runs over the end")?;
        self.0 = rest;
        Ok(taken)
    }

    fn big_endian(&mut self, count: usize) -> Result<u32, String> {
        Ok(self
            .take(count)?
            .iter()
            .fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
    }

    fn u8(&mut self) -> Result<u8, String> {
        Ok(self.take(1)?[0])
    }

    fn u16(&mut self) -> Result<usize, String> {
        Ok(self.big_endian(2)? as usize)
    }

    fn u32(&mut self) -> Result<u32, String> {
        self.big_endian(4)
    }

    fn text(&mut self, length: usize) -> Result<String, String> {
        String::from_utf8(self.take(length)?.to_vec()).map_err(|e| e.to_string())
    }
}
