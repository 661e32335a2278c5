//! The reqllm command line.
