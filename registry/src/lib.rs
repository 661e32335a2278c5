//! The model catalogue of reqllm.
