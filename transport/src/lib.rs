//! The engine of reqllm that sends an exchange: authorise, send, retry, stream.
