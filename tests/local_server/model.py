"""Writes the model that the local server loads: a GGUF file of a few megabytes.

No model can be downloaded where these tests run, so this one is made here. It is of the ordinary
`llama` architecture, and the server loads and runs it as it does any other. Its weights are set by
hand, not trained: every token is one axis of the embedding, attention and feed-forward are zero,
and the output matrix holds a table "after this token, that token". So its greedy answer is always
the same short sentence, it ends by itself, and under a grammar (a JSON schema, a tool's arguments)
it closes what it opens. The words mean nothing: what is tested is the server's wire, not the model.
"""

import struct
from array import array

WIDTH = 512  # One axis for each token, and room to spare.
HEADS = 8
KV_HEADS = 1
FEED_FORWARD = 64
CONTEXT = 8192
EPSILON = 1e-5

# Token kinds, as GGUF numbers them.
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6

# What the model says, each piece once: a piece leads to the next one. "é" is left to two byte
# tokens, so that a stream meets a character that is cut in two.
ANSWER = ["Hello", "▁from", "▁one", "▁tiny", "▁model", "▁in", "▁a", "▁caf", b"\xc3", b"\xa9", "."]
THOUGHT = ["<think>", "I", "▁need", "▁only", "▁greet", "</think>", ANSWER[0]]
CALL = ["<|use_tool|>", "<tool_call>", "\n"]

TEMPLATE = """\
{%- if messages[0].role == 'system' or tools %}
{{- '<|im_start|>system\\n' }}
{%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n' }}{% endif %}
{%- if tools %}
{{- '# Tools\\n<tools>' }}
{%- for tool in tools %}{{- '\\n' + (tool | tojson) }}{% endfor %}
{{- '\\n</tools>\\nA call is <tool_call>\\n{"name": NAME, "arguments": OBJECT}\\n</tool_call>' }}
{%- endif %}
{{- '<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
{%- if message.role == 'user' or (message.role == 'system' and not loop.first) %}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
{%- elif message.role == 'assistant' %}
{{- '<|im_start|>assistant\\n' }}
{%- if message.reasoning_content %}
{{- '<think>' + message.reasoning_content + '</think>' }}
{%- endif %}
{%- if message.content %}{{- message.content }}{% endif %}
{%- for call in message.tool_calls or [] %}
{{- '<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
{{- (call.function.arguments | tojson) + '}\\n</tool_call>' }}
{%- endfor %}
{{- '<|im_end|>\\n' }}
{%- elif message.role == 'tool' %}
{{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|im_start|>assistant\\n' }}
{%- if tools and messages[-1].role == 'user' %}
{{- '<|use_tool|>' }}
{%- elif enable_thinking or reasoning_effort %}
{{- '<think>' }}
{%- endif %}
{%- endif %}
"""


def vocabulary():
    """The tokens: (text, kind), in the order of their ids."""
    tokens = [("<unk>", UNKNOWN), ("<s>", CONTROL), ("</s>", CONTROL)]
    tokens += [(text, CONTROL) for text in ("<|im_start|>", "<|im_end|>", "<|use_tool|>")]
    tokens += [(text, USER_DEFINED) for text in ("<think>", "</think>", "<tool_call>", "</tool_call>")]
    tokens += [(f"<0x{byte:02X}>", BYTE) for byte in range(256)]
    tokens += [("▁", NORMAL)]
    # A piece of one byte is there already, as that byte's token.
    pieces = [piece for piece in ANSWER + THOUGHT if isinstance(piece, str) and len(piece) > 1]
    known = {text for text, _ in tokens}
    for piece in pieces:
        if piece not in known:
            known.add(piece)
            tokens.append((piece, NORMAL))
    return tokens


def followers(ids):
    """The table: for each token, how much each token is wanted next (logits)."""

    def token(piece):
        if isinstance(piece, bytes):
            return ids[f"<0x{piece[0]:02X}>"]
        if piece in ids:
            return ids[piece]
        return ids[f"<0x{ord(piece):02X}>"]

    def wants(pairs):
        return {token(piece): logit for piece, logit in pairs}

    # After anything: stop; else, under a grammar, close what is open; else start the sentence anew. Each wish
    # leads by so much that sampling, at any usual temperature, chooses as greed does.
    always = [("<|im_end|>", 200), ('"', 150), ("{", 140), ("[", 130), ("}", 120), ("]", 110), (":", 100), (",", 90)]
    always = wants([*always, (ANSWER[0], 80)])
    unwanted = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|use_tool|>", "<think>", "▁", "\t", "\n", "\r")
    never = wants((piece, -90) for piece in unwanted)
    table = {current: {**never, **always} for current in range(len(ids))}

    def after(pieces, pairs):
        for piece in pieces:
            table[token(piece)].update(wants(pairs))

    # `null` before an object, so that a schema that holds itself comes to an end.
    values = [('"', 300), ("4", 290), ("t", 280), ("n", 270), ("{", 260), ("[", 250)]
    after('"', [(ANSWER[0], 300), (":", 290), ("}", 280), ("]", 270), (",", 260), ('"', 30)])
    after("0123456789", [("}", 300), ("]", 290), (",", 280), ("2", 20)])
    after(["}", "]"], [("}", 190), ("</tool_call>", 180), ("]", 170), (",", 160)])
    after([":", "[", ","], values)
    after(["{"], [('"', 300), ("}", 250)])
    after(["\n"], [(ANSWER[0], 300)])
    # Where a schema wants a longer text than the sentence.
    after(ANSWER[-1:], [(ANSWER[0], 145)])
    for chain in (ANSWER, THOUGHT, CALL):
        for piece, following in zip(chain, chain[1:]):
            after([piece], [(following, 400)])
    return table


def matrix(rows, columns, entries=()):
    """A tensor of `rows` rows, zero but for the `entries` (row, column, value)."""
    values = array("f", bytes(4 * rows * columns))
    for row, column, value in entries:
        values[row * columns + column] = value
    return ([columns, rows], values)


def vector(length):
    return ([length], array("f", [1.0] * length))


def tensors(tokens):
    ids = {text: index for index, (text, _) in enumerate(tokens)}
    head = WIDTH // HEADS
    # The last norm makes of an axis's 1 this much; the table's logits are divided by it.
    gain = (1 / (1 / WIDTH + EPSILON)) ** 0.5
    table = [
        (following, current, logit / gain)
        for current, row in followers(ids).items()
        for following, logit in row.items()
    ]
    return {
        "token_embd.weight": matrix(len(tokens), WIDTH, ((i, i, 1.0) for i in range(len(tokens)))),
        "blk.0.attn_norm.weight": vector(WIDTH),
        "blk.0.attn_q.weight": matrix(WIDTH, WIDTH),
        "blk.0.attn_k.weight": matrix(KV_HEADS * head, WIDTH),
        "blk.0.attn_v.weight": matrix(KV_HEADS * head, WIDTH),
        "blk.0.attn_output.weight": matrix(WIDTH, WIDTH),
        "blk.0.ffn_norm.weight": vector(WIDTH),
        "blk.0.ffn_gate.weight": matrix(FEED_FORWARD, WIDTH),
        "blk.0.ffn_up.weight": matrix(FEED_FORWARD, WIDTH),
        "blk.0.ffn_down.weight": matrix(WIDTH, FEED_FORWARD),
        "output_norm.weight": vector(WIDTH),
        "output.weight": matrix(len(tokens), WIDTH, table),
    }


def metadata(tokens):
    ids = {text: index for index, (text, _) in enumerate(tokens)}
    return {
        "general.architecture": "llama",
        "general.name": "tiny",
        "llama.context_length": CONTEXT,
        "llama.embedding_length": WIDTH,
        "llama.block_count": 1,
        "llama.feed_forward_length": FEED_FORWARD,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": KV_HEADS,
        "llama.attention.layer_norm_rms_epsilon": EPSILON,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "llama.vocab_size": len(tokens),
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": [text for text, _ in tokens],
        "tokenizer.ggml.scores": [0.0] * len(tokens),
        "tokenizer.ggml.token_type": [kind for _, kind in tokens],
        "tokenizer.ggml.unknown_token_id": ids["<unk>"],
        "tokenizer.ggml.bos_token_id": ids["<s>"],
        "tokenizer.ggml.eos_token_id": ids["<|im_end|>"],
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.ggml.add_space_prefix": False,
        "tokenizer.chat_template": TEMPLATE,
    }


# GGUF's numbers for the types of metadata, and of the tensors' values.
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
TENSOR_F32 = 0
ALIGNMENT = 32


def text_bytes(text):
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def typed(value):
    """A metadata value: its type's number, and its bytes."""
    if isinstance(value, bool):
        return BOOL, struct.pack("<?", value)
    if isinstance(value, int):
        return UINT32, struct.pack("<I", value)
    if isinstance(value, float):
        return FLOAT32, struct.pack("<f", value)
    if isinstance(value, str):
        return STRING, text_bytes(value)
    kind, _ = typed(value[0])
    kind = INT32 if kind == UINT32 else kind
    body = b"".join(struct.pack("<i", item) if kind == INT32 else typed(item)[1] for item in value)
    return ARRAY, struct.pack("<IQ", kind, len(value)) + body


def padding(length):
    return bytes(-length % ALIGNMENT)


def write(path):
    """Writes the model to `path`, as GGUF version 3: header, metadata, tensor table, values."""
    tokens = vocabulary()
    facts, weights = metadata(tokens), tensors(tokens)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(weights), len(facts))
    for key, value in facts.items():
        kind, body = typed(value)
        head += text_bytes(key) + struct.pack("<I", kind) + body
    offset = 0
    for name, (shape, values) in weights.items():
        head += text_bytes(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        head += struct.pack("<IQ", TENSOR_F32, offset)
        size = 4 * len(values)
        offset += size + len(padding(size))
    with open(path, "wb") as file:
        file.write(head + padding(len(head)))
        for _, values in weights.values():
            body = values.tobytes()
            file.write(body + padding(len(body)))
