"""Chat templates of the shapes that thinking models bring, in words of our own: how each is told to think, and what it writes then."""

from __future__ import annotations

__all__ = ["SHAPES"]

_TURNS = "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{{ eos_token }}{% endfor %}"
_UNTIL_LAST_MARK = "{{ message.content.split('</think>')[-1].lstrip('\\n') if message.role == 'assistant' else message.content }}"
_REPLY = "{% if add_generation_prompt %}<|assistant|>"

SHAPES = {
    # Qwen3: thinks by itself; off prefills a thought that is over. Earlier thoughts are left out.
    "qwen3": (
        "{% for message in messages %}<|{{ message.role }}|>" + _UNTIL_LAST_MARK + "{{ eos_token }}{% endfor %}" + _REPLY + "\n"
        "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
    ),
    # Qwen3.5: on opens the thought in the prompt, so that the reply only closes it; off prefills one that is over.
    "qwen3.5": (
        "{% for message in messages %}<|{{ message.role }}|>" + _UNTIL_LAST_MARK + "{{ eos_token }}{% endfor %}" + _REPLY + "\n"
        "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% else %}<think>\n{% endif %}{% endif %}"
    ),
    # The small ones of Qwen3.5: the same the other way round, off by itself.
    "qwen3.5 small": (
        _TURNS + _REPLY + "\n{% if enable_thinking is defined and enable_thinking %}<think>\n{% else %}<think>\n\n</think>\n\n{% endif %}"
        "{% endif %}"
    ),
    # Granite: off by itself; on is a system turn, where the chat brings none of its own.
    "granite": (
        "{% if messages[0].role != 'system' %}<|system|>You are Granite.{% if thinking %} Write your thoughts behind 'Here is my thought "
        "process:' and the reply behind 'Here is my response:'.{% endif %}{{ eos_token }}{% endif %}" + _TURNS + _REPLY + "{% endif %}"
    ),
    # DeepSeek-V3.1: off by itself; the prompt ends in the mark that opens a thought, or the one that closes it.
    "deepseek": (
        "{% if not thinking is defined %}{% set thinking = false %}{% endif %}"
        + _TURNS
        + _REPLY
        + "{{ '<think>' if thinking else '</think>' }}{% endif %}"
    ),
    # Gemma 4: off by itself; on is a mark at the head of the system turn, which is there for it alone.
    "gemma": (
        "{% set told = messages[0].content if messages[0].role == 'system' else '' %}"
        "{% if told or (enable_thinking is defined and enable_thinking) %}<|system|>"
        "{{ '<|think|>' if enable_thinking is defined and enable_thinking }}{{ told }}{{ eos_token }}{% endif %}"
        "{% for message in messages if message.role != 'system' %}<|{{ message.role }}|>{{ message.content }}{{ eos_token }}{% endfor %}"
        + _REPLY
        + "{% endif %}"
    ),
    # SmolLM3: on by itself; /no_think or /think in the system prompt decides, whatever the variable says.
    "smollm3": (
        "{% if enable_thinking is not defined %}{% set enable_thinking = true %}{% endif %}"
        "{% set mode = '/think' if enable_thinking else '/no_think' %}{% set told = '' %}"
        "{% if messages[0].role == 'system' %}{% set told = messages[0].content %}"
        "{% if '/no_think' in told %}{% set mode = '/no_think' %}{% elif '/think' in told %}{% set mode = '/think' %}{% endif %}{% endif %}"
        "<|system|>Reasoning Mode: {{ mode }}\n{{ told.replace('/no_think', '').replace('/think', '').rstrip() }}{{ eos_token }}"
        "{% for message in messages if message.role != 'system' %}<|{{ message.role }}|>{{ message.content }}{{ eos_token }}{% endfor %}"
        + _REPLY
        + "\n{% if mode == '/no_think' %}<think>\n\n</think>\n{% endif %}{% endif %}"
    ),
    # Laguna: a variable with a default of its own, read and set in one.
    "own default": (
        "{% set enable_thinking = enable_thinking | default(false) %}"
        + _TURNS
        + _REPLY
        + "{% if enable_thinking %}<think>{% endif %}{% endif %}"
    ),
    # DeepSeek-R1 and what was distilled from it: always thinks, and cannot be told not to.
    "always": _TURNS + _REPLY + "<think>\n{% endif %}",
    # gpt-oss: an effort that is printed, no switch; and a variable on which earlier turns alone depend.
    "effort": (
        "<|system|>Reasoning: {{ reasoning_effort | default('medium') }}{{ eos_token }}{% for message in messages %}"
        "{% if clear_thinking and message.role == 'assistant' %}{% continue %}{% endif %}"
        "<|{{ message.role }}|>{{ message.content }}{{ eos_token }}{% endfor %}" + _REPLY + "{% endif %}"
    ),
    "no switch": _TURNS + _REPLY + "{% endif %}",
}
