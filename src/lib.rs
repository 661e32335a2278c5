//! Talk to any language model.
