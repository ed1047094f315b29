r"""The marks by which models part a reply into thoughts, tool calls, their results and messages: a row for each family of models.

The patterns are for folded text in lower case, and bounded, so that a search takes linear time.
"""

from typing import NamedTuple

from itemwise.extractors.plain_characters import folded

THOUGHT, CALL, RESULT, OUTPUT = "thought", "tool call", "tool result", "output of code"
HEADER, END, FRAME = "header of a message", "end of a message", "frame of an answer"
_JSON_CALL = (
    r"(?:\[\s{0,9})?\{\s{0,9}\"(?:(?:function_call|tool_calls?)\"\s{0,9}:\s{0,9}[\[{]"
    r"|(?:name|function|tool|tool_name|action|type)\"\s{0,9}:\s{0,9}\"(?!final|finish|answer|submit)[^\"\n]{1,64}\"\s{0,9},"
    r"\s{0,9}\"(?:arguments|parameters|args|action_input|input|function)\"\s{0,9}:)"
)
_THOUGHT_TAG = r"(?:[a-z]{2,12}[:_])?(?:think(?:ing)?|thoughts?|reasoning|scratchpad)"
_CALL_TAG = r"(?:[a-z]{2,12}:)?(?:tool_calls?|function_calls?|tool_use|tool_code|function|invoke)"
_RESULT_TAG = r"(?:[a-z]{2,12}:)?(?:(?:tool|function)_(?:response|result|output)s?|execution_results?|observation|interpreter|information)"
_ROLE = r"[a-z][a-z_]{0,15}(?:\.[a-z_0-9.]{1,64})?"
_LABEL = r"(?m:^)[ \t*#>]{0,9}"  # what may stand on a line before a label
_COUNT = r"(?: ?\d{1,3})?[ *]{0,4}:"


class Marks(NamedTuple):
    """What opens and what closes a part of that kind. Where neither of the `gates` occurs, no such part does.

    A part without `closes`, or whose closing mark is missing, ends with its JSON, else with the message or the reply.
    """

    kind: str
    opens: str
    closes: str
    gates: tuple[str, ...]


FAMILIES = {
    "think tags": Marks(  # Qwen, DeepSeek, GLM, MiniMax, Seed, Phi, EXAONE, Nemotron, Hunyuan, Falcon, Ernie, Reflection, Claude
        THOUGHT, rf"<{_THOUGHT_TAG}\s?>", rf"<\s?/\s?{_THOUGHT_TAG}\s?>|\\end\{{think\}}", ("think", "thought", "reasoning>", "scratchpad>")
    ),
    "Mistral": Marks(THOUGHT, r"\[think\]", r"\[/think\]", ("think]",)),
    "Kimi-VL": Marks(THOUGHT, "◁think▷", "◁/think▷", ("think▷",)),
    "Gemma 4": Marks(THOUGHT, r"<\|channel>(?:\s?(?:thought|analysis)\b)?", r"<channel\|>", ("<|channel>", "<channel|>")),
    "Sky-T1": Marks(THOUGHT, r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>", ("_of_thought|",)),
    "Solar Open": Marks(
        THOUGHT,
        r"<\|think(?:ing)?(?::start)?\|>",
        r"<\|(?:/think(?:ing)?|think:end|content)\|>",
        ("<|think", "|/think", "|think:", "<|content|>"),
    ),
    "MiniCPM": Marks(THOUGHT, r"<\|thought_start\|>", r"<\|thought_end\|>", ("<|thought_",)),
    "Command A": Marks(THOUGHT, r"<\|start_thinking\|>", r"<\|end_thinking\|>", ("_thinking|",)),
    "Apertus": Marks(THOUGHT, r"<\|inner_prefix\|>", r"<\|inner_suffix\|>", ("<|inner_",)),
    "s1": Marks(THOUGHT, r"<\|im_start\|>think\b", r"<\|im_start\|>answer\b", ("<|im_start|>think", "<|im_start|>answer")),
    "Granite": Marks(
        THOUGHT, r"here(?: i|')s my thought process:", r"here(?: i|')s my response:", ("my response:",)
    ),  # else it is plain words
    "Open WebUI": Marks(THOUGHT, r"<details type=\"reasoning\"[^<>\n]{0,80}>", r"</details>", ("<details type=",)),
    "harmony": Marks(  # gpt-oss
        THOUGHT,
        r"<\|channel\|>(?:analysis|commentary)(?![^<\n]{0,80} to=)(?:[^<\n]{0,80}<\|message\|>)?",
        r"<\|channel\|>final[^<\n]{0,80}(?:<\|constrain\|>[^<\n]{0,20})?(?:<\|message\|>)?|(?=<\|(?:end|return|call|start)\|>)",
        ("<|channel|>",),
    ),
    "harmony, bare": Marks(  # where the special tokens were left out
        THOUGHT,
        r"\A\s{0,9}analysis(?=[a-z\"'(\\])|assistantanalysis|assistantcommentary(?! to=)",
        r"assistantfinal",
        ("analysis", "assistantcommentary", "assistantfinal"),
    ),
    "call tags": Marks(  # Qwen, Hermes, GLM, MiniMax, Seed, Hunyuan, Llama, OLMo, Claude
        CALL,
        rf"<{_CALL_TAG}(?:[ =][^<>\n]{{0,200}})?>",
        rf"</{_CALL_TAG}>(?:\s*</{_CALL_TAG}>)*",
        ("tool_", "<function", ":function", "invoke"),
    ),
    "Llama calls": Marks(CALL, r"<\|python_tag\|>", "", ("<|python_tag|>",)),
    "Mistral calls": Marks(CALL, r"\[tool_calls\]", "", ("[tool_calls]",)),
    "Granite calls": Marks(CALL, r"<\|tool_call\|>", r"<\|/tool_call\|>", ("<|tool_call|>",)),  # Phi-4 too
    "Kimi calls": Marks(
        CALL,
        r"<\|tool_calls?(?:_section)?_begin\|>",
        r"<\|tool_calls?(?:_section)?_end\|>(?:\s*<\|tool_calls?(?:_section)?_end\|>)*",
        ("<|tool_call_", "<|tool_calls_"),
    ),
    "DeepSeek calls": Marks(CALL, r"<\|tool▁calls?▁begin\|>", r"<\|tool▁calls?▁end\|>(?:\s*<\|tool▁calls?▁end\|>)*", ("<|tool▁call",)),
    "LFM calls": Marks(CALL, r"<\|tool_call(?:_|:)start\|>", r"<\|tool_call(?:_|:)end\|>", ("<|tool_call_start|>", "<|tool_call:start|>")),
    "Gemma 4 calls": Marks(CALL, r"<\|tool_call>", r"<tool_call\|>", ("<|tool_call>",)),
    "Command A calls": Marks(CALL, r"<\|start_action\|>", r"<\|end_action\|>", ("<|start_action|>",)),
    "InternLM calls": Marks(CALL, r"<\|action_start\|>", r"<\|action_end\|>", ("<|action_start|>",)),
    "Apertus calls": Marks(CALL, r"<\|tools_prefix\|>", r"<\|tools_suffix\|>", ("<|tools_prefix|>",)),
    "harmony calls": Marks(
        CALL,
        r"<\|start\|>assistant to=[^<\n]{1,80}<\|channel\|>(?:commentary|analysis)"
        r"|<\|channel\|>(?:(?:commentary|analysis)(?=[^<\n]{0,80} to=)|commentary(?=<\|message\|>\{))",
        "",
        ("<|channel|>",),
    ),
    "harmony calls, bare": Marks(CALL, r"(?:assistant)?commentary to=[a-z_0-9.]{1,80}", "", ("commentary to=",)),
    "fenced calls": Marks(CALL, rf"```(?:tool_code|tool_call)\b|```[a-z_]{{0,12}}\s{{1,9}}(?={_JSON_CALL})", "```", ("```",)),
    "JSON calls": Marks(
        CALL, rf"(?m:^)[ \t]{{0,9}}(?={_JSON_CALL})", "", ('"arguments"', '"parameters"', '"args"', 'input"', '"function', '"tool_call')
    ),
    "ReAct answers": Marks(FRAME, rf"{_LABEL}action{_COUNT}[ *]{{0,4}}final answer\s{{1,9}}action input{_COUNT}", "", ("action input",)),
    "ReAct calls": Marks(
        CALL,
        rf"{_LABEL}action(?: input)?{_COUNT}(?![ *]{{0,4}}finish\b)",
        rf"(?={_LABEL}(?:observation|thought|final answer|answer){_COUNT})",
        ("action input", "observation:", "observation 1:"),
    ),
    "result tags": Marks(
        RESULT,
        rf"<{_RESULT_TAG}>",
        rf"</{_RESULT_TAG}>",
        ("_response", "_result", "_output", "observation>", "interpreter>", "information>"),
    ),
    "Mistral results": Marks(RESULT, r"\[tool_results\]", r"\[/tool_results\]", ("[tool_results]",)),
    "Kimi results": Marks(RESULT, r"<\|tool_responses?\|>", r"<\|/tool_responses?\|>", ("<|tool_response",)),
    "Gemma 4 results": Marks(RESULT, r"<\|tool_response>", r"<tool_response\|>", ("<|tool_response>",)),
    "DeepSeek results": Marks(
        RESULT, r"<\|tool▁outputs?▁begin\|>", r"<\|tool▁outputs?▁end\|>(?:\s*<\|tool▁outputs?▁end\|>)*", ("<|tool▁output",)
    ),
    "Command A results": Marks(RESULT, r"<\|start_tool_result\|>", r"<\|end_tool_result\|>", ("<|start_tool_result|>",)),
    "ReAct results": Marks(
        RESULT,
        rf"{_LABEL}observation{_COUNT}",
        rf"(?={_LABEL}(?:action(?: input)?|thought|final answer|answer){_COUNT})",
        ("action:", "action input", "action 1:"),
    ),
    "fenced output": Marks(OUTPUT, r"```(?:tool_)?outputs?\b", "```", ("```output", "```tool_output")),
    "beginnings": Marks(FRAME, r"\A\s{0,9}(?:<s>|<bos>|<\|(?:begin_of_text|startoftext|start_of_text)\|>)", "", ("<s>", "<bos>", "text|>")),
    "frames": Marks(  # of an answer, or what is left of a mark
        FRAME,
        rf"</?(?:response|output|solution|conclusion|result)>|<\|(?:begin|end)_of_solution\|>|<\|(?:start|end)_response\|>"
        rf"|</{_CALL_TAG}>|</{_RESULT_TAG}>",
        "",
        (
            "response",
            "output>",
            "solution",
            "conclusion>",
            "result",
            "</tool",
            "</function",
            "</invoke",
            ":invoke",
            "</ob",
            "</in",
            "</exec",
        ),
    ),
    "headers": Marks(
        HEADER,
        rf"<\|im_start\|>(?:{_ROLE})?\s?|<\|start_header_id\|>\s?(?:{_ROLE})?\s?(?:<\|end_header_id\|>)?|<start_of_turn>\s?{_ROLE}|<\|turn>{_ROLE}"
        rf"|<\|start\|>{_ROLE}|<\|(?:im_)?(?:user|assistant|system|tool|observation)(?:_start|_token)?\|>|<\|chatbot_token\|>|\[/?inst\]",
        "",
        (
            "<|im_",
            "<|start",
            "<start_of_turn>",
            "<|turn>",
            "<|user",
            "<|assistant",
            "<|system",
            "<|tool|",
            "<|observation",
            "_token|>",
            "inst]",
        ),
    ),
    "ends": Marks(
        END,
        r"</s>|<eo[as]>|<eos>|<\|(?:im_end|endoftext|end_of_text|eot_id|eom_id|end|return|call|assistant_end|end_of_turn_token)\|>|<end_of_turn>|<turn\|>",
        "",
        ("</s>", "<eo", "<|im_end", "<|end", "<|eo", "<|return|>", "<|call|>", "_end|>", "<end_of_turn>", "<turn|>"),
    ),
}

# One of these is in any reply in which one of the families has no mark that looks like a tag.
WORDS = (
    *(
        "analysis",
        "assistantcommentary",
        "assistantfinal",
        "commentary to=",
        "my thought process:",
        "my response:",
        "```tool_",
        "```output",
    ),
    *('"arguments"', '"parameters"', '"args"', 'input"', '"function', '"tool_call', "action:", "action input", "action 1:"),
)
_FRAMES_OF_HARMONY = ("<|start|>", "<|message|>", "<|constrain|>")  # they part nothing without the channels between them


def is_part_mark(token: str) -> bool:
    """Whether a special token has a share in the marks of thoughts, calls and results, so that a text without it cannot be cut."""
    return is_thought_mark(token) or _is_mark_of(token, CALL, RESULT)


def is_thought_mark(token: str) -> bool:
    """Whether a token has a share in the marks of thoughts."""
    return folded(token).lower() in _FRAMES_OF_HARMONY or _is_mark_of(token, THOUGHT)


def _is_mark_of(token: str, *kinds: str) -> bool:
    gates = (gate for family in FAMILIES.values() if family.kind in kinds for gate in family.gates)
    return any(gate in folded(token).lower() for gate in gates)
