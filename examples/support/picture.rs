//! A picture for the examples that show one, so that they need no file.

/// The flag of France as a PNG, 48 by 32 pixels.
pub(crate) fn flag() -> Vec<u8> {
    const STRIPES: [[u8; 3]; 3] = [[0, 38, 84], [255, 255, 255], [206, 17, 38]];
    let row: Vec<u8> = std::iter::once(0) // no filter
        .chain((0..48).flat_map(|x| STRIPES[x / 16]))
        .collect();
    png(48, 32, &row.repeat(32))
}

/// RFC 2083: a signature and chunks. The pixels are in one stored block of RFC 1951, inside of RFC 1950.
fn png(width: u32, height: u32, rows: &[u8]) -> Vec<u8> {
    // Eight bits a channel, red, green and blue.
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    let length = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let (a, b) = rows.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    let pixels = [
        &[0x78, 0x01, 1][..],
        &length.to_le_bytes(),
        &(!length).to_le_bytes(),
        rows,
        &(b << 16 | a).to_be_bytes(),
    ]
    .concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in [
        (b"IHDR", &header),
        (b"IDAT", &pixels),
        (b"IEND", &Vec::new()),
    ] {
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
        let sum = crc32fast::hash(&[&kind[..], content].concat());
        file.extend([&length.to_be_bytes()[..], kind, content, &sum.to_be_bytes()].concat());
    }
    file
}
