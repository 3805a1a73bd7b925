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
"""What begins and ends a turn in the chat templates of common models, the same read in any case."""
