//! Readers of recorded answers, one for each form, none of which shares code with the library.

pub(crate) mod claude;
pub(crate) mod command_r;
pub(crate) mod converse;
pub(crate) mod envelope;
pub(crate) mod mantle;
pub(crate) mod nova;
pub(crate) mod texts;
