//! Amazon Bedrock for reqllm: Converse, native Invoke, event streams, SigV4 and API keys.
