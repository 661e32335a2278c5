//! From the catalogue as it is kept to the catalogue as it is read.
//!
//! Facts come as lines ([`lines`]), what we know better is laid over them ([`patch`]), what follows from them is added
//! ([`derive`](Lines::derive)), and the whole is written in the [layout](crate::layout) ([`write`]). The build script does
//! this once; a refresh does it again with other lines. What goes wrong is said in a sentence: it is read by whoever
//! edited the data.

pub(crate) mod lines;
pub(crate) mod patch;
mod write;

pub(crate) use lines::Lines;
pub(crate) use patch::Patch;

/// The packed form of a catalogue and its patch layer.
pub(crate) fn pack(catalogue: &str, patch: &str) -> Result<Vec<u8>, String> {
    let (lines, patch) = complete(catalogue, patch)?;
    write::write(&lines, &patch)
}

/// A catalogue with all that is known laid over it.
pub(crate) fn complete(catalogue: &str, patch: &str) -> Result<(Lines, Patch), String> {
    let patch = Patch::parse(patch)?;
    let mut lines = Lines::parse(catalogue)?;
    lines.derive();
    patch.apply(&mut lines)?;
    lines.sort();
    lines.check()?;
    Ok((lines, patch))
}
