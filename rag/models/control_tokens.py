"""The control tokens of common chat templates."""

from __future__ import annotations

import re

CONTROL_TOKEN = re.compile(
    r"<\|[^|<>\n]{1,40}\|>"  # ChatML, Llama 3, Phi, Falcon, Cohere.
    r"|<｜[^｜<>\n]{1,40}｜>"  # DeepSeek.
    r"|<</?SYS>>|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|THINK|gMASK)\]"
    r"|</?s>|<(?:bos|eos|pad|unk|sop|eop)>|</?(?:start_of_turn|end_of_turn|end_of_utterance)>"
    r"|</?(?:think|tool_call|tool_response|system|assistant)>",
    re.IGNORECASE,
)
"""Begins or ends a turn in the chat template of a common model; templates are read in any case."""


def escape_control_tokens(text: str) -> str:
    """Put a space into each control token, so that a tokenizer reads it as plain text."""
    return CONTROL_TOKEN.sub(lambda token: f"{token[0][0]} {token[0][1:]}", text)
