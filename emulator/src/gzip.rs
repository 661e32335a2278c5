//! Bodies in gzip's clothes: the form is right, and nothing is made smaller.
//!
//! Source: RFC 1951, section 3.2.4 (blocks that are not compressed), and RFC 1952, section 2.3.

use bytes::{BufMut, Bytes, BytesMut};

/// What a reader of gzip unpacks to `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(bytes.len() + 64);
    // Magic, deflate, no flags, no time, no extra flags, an unknown system.
    out.put_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    for block in bytes.chunks(usize::from(u16::MAX)) {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.put_u8(0);
        out.put_u16_le(length);
        out.put_u16_le(!length);
        out.put_slice(block);
    }
    // An empty block is the last one.
    out.put_slice(&[1, 0, 0, 0xff, 0xff]);
    out.put_u32_le(crc32fast::hash(bytes));
    // Modulo 2 to the 32nd, says the format.
    out.put_u32_le(bytes.len() as u32);
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf hi | gzip -n`, as far as it does not depend on the compressor: the trailer.
    #[test]
    fn the_trailer_has_checksum_and_length() {
        let packed = encode(b"hi");
        assert_eq!(packed[..2], [0x1f, 0x8b]);
        assert_eq!(packed[10..17], [0, 2, 0, 0xfd, 0xff, b'h', b'i']);
        assert_eq!(
            packed[packed.len() - 8..],
            [0xac, 0x2a, 0x93, 0xd8, 2, 0, 0, 0]
        );
        assert_eq!(
            encode(&[7; 70_000]).len(),
            10 + 5 + 65_535 + 5 + 4_465 + 5 + 8
        );
    }
}
