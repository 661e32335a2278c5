//! Numbers and texts out of bytes. What is out of bounds reads as 0 and as nothing.

use std::ops::Range;

use reqllm_core::Decimal;

#[inline]
pub(super) fn slice<'a>(bytes: &'a [u8], range: &Range<usize>) -> &'a [u8] {
    bytes.get(range.clone()).unwrap_or_default()
}

#[inline]
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .copied()
        .unwrap_or([0; N])
}

#[inline]
pub(super) fn u8_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

#[inline]
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

#[inline]
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

#[inline]
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(bytes, at))
}

/// The bytes of a text of the pool.
pub(super) fn text_bytes(pool: &[u8], reference: u32) -> &[u8] {
    let bytes = behind(pool, reference);
    let len = usize::from(u16_at(bytes, 0));
    bytes.get(2..2 + len).unwrap_or_default()
}

/// A text of the pool.
pub(super) fn text(pool: &[u8], reference: u32) -> &str {
    std::str::from_utf8(text_bytes(pool, reference)).unwrap_or_default()
}

/// A text that may not be known.
pub(super) fn maybe(pool: &[u8], reference: u32) -> Option<&str> {
    Some(text(pool, reference)).filter(|text| !text.is_empty())
}

/// The texts of a list.
pub(super) fn list(pool: &[u8], reference: u32) -> impl Iterator<Item = &str> {
    let bytes = behind(pool, reference);
    (0..usize::from(u16_at(bytes, 0))).map(move |item| text(pool, u32_at(bytes, 2 + item * 4)))
}

/// What a reference leads to, and all that lies behind it.
pub(super) fn behind(pool: &[u8], reference: u32) -> &[u8] {
    match reference {
        0 => &[],
        at => pool.get(at as usize..).unwrap_or_default(),
    }
}

/// A decimal of nano units, without zeros at its end.
pub(super) fn nano(mut value: u64) -> Decimal {
    // As `Decimal::normalize` does, on one word where that takes three.
    let mut scale = 9;
    while scale > 0 && value.is_multiple_of(10) {
        value /= 10;
        scale -= 1;
    }
    Decimal::from_i128_with_scale(i128::from(value), scale)
}
