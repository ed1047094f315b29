"""Chat templates: selects one of a checkpoint's, checks that a rendered prompt lost nothing, and finds how a turn ends."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from itemwise.extractors.reply_parts import parted
from itemwise.models.checkpoint import uses_clock
from itemwise.models.local.template_renderer import TemplateError, TemplateLimitError, render_template, template_variables
from itemwise.models.local.thinking_switch import ThinkingSwitch, find_switch, opened_thought
from itemwise.models.model import ModelError, one_line

__all__ = ["ChatTemplate", "TemplateError", "TemplateLimitError"]

_WORD = re.compile(r"[a-z0-9]+")
_SWITCH = re.compile(r"(?<!\S)/\w+")  # such as /no_think, which some templates take out and act by
_UNDERSTOOD = ("system", "user", "tool")  # roles whose turns are never empty but by fault, and stand whole in a prompt


class ChatTemplate:
    """The chat template of a checkpoint, or its several by name: for tools ``tool_use``, else ``default``, else the only one.

    A single template serves all chats, whatever its name. Raises ModelError if there are several and none is the default.
    Text is rendered as transformers does, except that the clock (``strftime_now``) stands still: a prompt is the same on any day.
    `thinking` ``on`` or ``off`` is told by the template's own variable (`thinking_switch`); ``template`` tells it nothing.
    """

    def __init__(self, name: str, templates: str | Mapping[str, str], tokens: Mapping[str, Any], thinking: str = "template") -> None:
        self._name = name
        self._templates = {"default": templates} if isinstance(templates, str) else dict(templates)
        self._tokens = dict(tokens)
        self._thinking = thinking
        self._switches: dict[str, ThinkingSwitch | None] = {}  # by template
        self._complete: set[str] = set()  # the shapes of chats that were found to lose nothing
        self._named()
        self._wants_parts = not self._accepts("itemwise0usermark") and self._accepts([{"type": "text", "text": "itemwise0usermark"}])

    @property
    def uses_clock(self) -> bool:
        """Whether a prompt may have a date in it."""
        return any(uses_clock(text) for text in self._templates.values())

    def knows_tools(self) -> bool:
        """Whether the template for tools uses them."""
        return "tools" in self._named(tools=True)

    def switch(self, *, tools: bool = False) -> ThinkingSwitch | None:
        """The variable by which the template, or that for tools, is told to think or not; None where it reads none."""
        template = self._named(tools)
        if template not in self._switches:
            probe = [_turn("user", "itemwise0usermark")]
            variables = template_variables(self._name, template)
            self._switches[template] = find_switch(variables, lambda told: self._rendered(probe, (), True, told, template))
        return self._switches[template]

    def thinking_text(self) -> str:
        """Whether a reply begins with a thought, as words; empty where nothing in the template tells."""
        switch = self.switch()
        if self._thinking != "template":
            return f"{self._thinking} ({switch.variable} of the chat template)" if switch else self._thinking
        if switch:
            return f"by template, {switch.default} ({switch.variable} not given)"
        return "by template, on (the prompt opens a thought)" if opened_thought(self.render([_turn("user", "2+2?")])) else ""

    def thinks(self) -> bool:
        """Whether a reply begins with a thought, as far as the template tells."""
        if self._thinking != "template":
            return self._thinking == "on"
        switch = self.switch()
        return switch.default == "on" if switch else bool(opened_thought(self.render([_turn("user", "2+2?")])))

    def render(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = (), *, reply: bool = True) -> str:
        """The text of a chat, with the beginning of a reply unless `reply` is False.

        Raises TemplateError if the template refuses it, and TemplateLimitError.
        """
        return self._rendered(messages, tools, reply, self._told(tools))

    def prompt(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()) -> str:
        """The text of a chat, with the beginning of a reply; every word of its turns is in it, but for an assistant's thoughts and what
        stands beside its calls.

        Raises as `render` does, and ModelError for lost words: some templates truncate long turns, or remove words they act on; and
        where thinking is to be on or off, and the template renders both alike.
        """
        text = self.render(messages, tools)
        if told := self._told(tools):
            self._require_heeded(told, text, messages, tools)
        folded = text.casefold()
        for message in messages:
            if _is_whole(message) and (lost := _lost_word(_text_of(message), folded)) is not None:
                raise ModelError(self._fault(message["role"], f"loses words of {{}}, such as {one_line(lost)!r}"))
        return text

    def require_shown(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()) -> None:
        """Raise ModelError if a chat of this shape would lose a turn, a call or a tool: a mark rendered for each must appear once.

        Raises TemplateError for a call: the same calls may be shown one a turn.
        """
        shape = json.dumps([[_shape(message) for message in messages], list(tools)], sort_keys=True, default=str)
        if shape in self._complete:
            return
        marks = [f"itemwise{index}{message['role']}mark" for index, message in enumerate(messages)]
        marked = [_with_text(message, mark) for message, mark in zip(messages, marks, strict=True)]
        text = self.render(marked, tools).casefold()
        for message, mark in sorted(zip(messages, marks, strict=True), key=lambda pair: pair[0]["role"] == "assistant"):
            if _is_whole(message) and (times := text.count(mark.casefold())) != 1:
                raise ModelError(self._fault(message["role"], f"shows {{}} {times} times" if times else "drops {}"))
            if any(name.casefold() not in text for name in _call_marks(message, mark)):
                raise TemplateError("it drops a call of a tool")
        for name in (str(tool.get("function", tool).get("name", "")) for tool in tools):
            if name.casefold() not in text:
                raise ModelError(
                    f"{self._name} cannot be offered a tool: its chat template drops {one_line(name)}; take another --strategy."
                )
        self._complete.add(shape)

    def turn_end(self) -> tuple[str, str]:
        """What the template writes after the last assistant turn, and between an assistant and a user turn; empty if unknown."""
        chat = [_turn("user", "itemwise0usermark"), _turn("assistant", "itemwise1assistantmark"), _turn("user", "itemwise2usermark")]
        try:
            ended, continued = (self.render(chat[:2], reply=reply) for reply in (False, True))
        except TemplateError:
            return "", ""
        after = ended.partition(chat[1]["content"])[2] if ended != continued else ""  # if equal, it always begins another reply
        try:
            between = self.render(chat, reply=False).partition(chat[1]["content"])[2].partition(chat[2]["content"])[0]
        except TemplateError:
            between = ""
        return after, between

    def _named(self, tools: bool = False) -> str:
        names = [*(["tool_use"] if tools else []), "default"]
        if name := next((name for name in names if name in self._templates), None):
            return self._templates[name]
        if len(self._templates) == 1:
            return next(iter(self._templates.values()))
        raise ModelError(
            f"{self._name} has {len(self._templates)} chat templates ({', '.join(sorted(map(one_line, self._templates)))}) and none is "
            "called default; save the one to be used as chat_template.jinja in a copy of its folder."
        )

    def _fault(self, role: str, fault: str) -> str:
        mend, other = "mend chat_template.jinja, or take the template of the model it was made from", "take another --strategy"
        what, advice = {
            "system": ("the system prompt", "leave system out of its entry or the benchmark's chat, or put its words into the prompt"),
            "user": ("the question", mend),
            "assistant": ("an assistant's turn", f"{other}, or another form of the benchmark's chat"),
            "tool": ("a tool's result", other),
        }[role]
        return f"the chat template of {self._name} {fault.format(what)}, so what was asked would not be what is reported; {advice}."

    def _told(self, tools: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
        """The variables that say whether to think; none where the template decides. Raises ModelError where it has none for that."""
        if self._thinking == "template":
            return {}
        if switch := self.switch(tools=bool(tools)):
            return switch.set_to(self._thinking)
        read = ", ".join(sorted(template_variables(self._name, self._named(bool(tools))))) or "no variable"
        raise ModelError(
            f"{self._name} cannot be told to have thinking {self._thinking}: its chat template reads no variable that switches it "
            f"(it reads {one_line(read)}). Leave thinking at template, put the words its model card names into its system prompt, "
            "or take a model that thinks, or does not, by itself."
        )

    def _require_heeded(
        self, told: Mapping[str, bool], text: str, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]
    ) -> None:
        """Raise ModelError where the template renders this chat the same whether it is to think or not."""
        if self._rendered(messages, tools, True, {name: not value for name, value in told.items()}) == text:
            raise ModelError(
                f"{self._name} cannot be told to have thinking {self._thinking} in this chat: its chat template writes the same with "
                f"{' and '.join(told)} true and false, as a system prompt or words such as /no_think in it decide. Leave them out, or "
                "thinking at template."
            )

    def _accepts(self, content: Any) -> bool:
        """Whether the template renders content of this form: one that expects parts may render a string as nothing."""
        try:
            text = self._filled(self._named(), [{"role": "user", "content": content}], (), True, {}).casefold()
        except TemplateError:
            return False
        return "itemwise0usermark" in text and "'text'" not in text  # where parts stand as Python writes them

    def _rendered(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        reply: bool,
        told: Mapping[str, Any],
        template: str | None = None,
    ) -> str:
        shown = [_in_parts(message) for message in messages] if self._wants_parts else messages
        return self._filled(template or self._named(bool(tools)), shown, tools, reply, told)

    def _filled(
        self,
        template: str,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        reply: bool,
        told: Mapping[str, Any],
    ) -> str:
        chat = [{name: value for name, value in message.items() if value is not None} for message in messages]
        names = {"messages": chat, "tools": list(tools) or None, "documents": None, "add_generation_prompt": reply, **told}
        return render_template(self._name, template, self._tokens | names)


def _turn(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


def _is_whole(message: Mapping[str, Any]) -> bool:
    """Whether the message's words must reach the model: some templates leave out what an assistant says beside calls."""
    return message["role"] in _UNDERSTOOD or bool(message["content"] and not message.get("tool_calls"))


def _text_of(message: Mapping[str, Any]) -> str:
    """The words that a prompt must hold: those of an assistant without its thoughts, which templates leave out of earlier turns."""
    content = message["content"]
    text = content if isinstance(content, str) else " ".join(part["text"] for part in content if part["type"] == "text")
    return parted(text)[0] if message["role"] == "assistant" else text


def _lost_word(words: str, text: str) -> str | None:
    """The first of `words` that `text` (casefolded) lacks after the words before it. A template that escapes, trims or wraps
    text keeps all words in order; letters beyond ASCII may be escaped, and switches left out."""
    start = 0
    for word in _WORD.findall(_SWITCH.sub("", words.casefold())):
        if (index := text.find(word, start)) < 0:
            return str(word)
        start = index + len(word)
    return None


def _call_marks(message: Mapping[str, Any], mark: str) -> list[str]:
    return [f"{mark}ofcall{number}" for number, _ in enumerate(message.get("tool_calls") or ())]


def _with_text(message: Mapping[str, Any], words: str) -> dict[str, Any]:
    """The message with other text and names of its calls; its pictures stay, and an assistant turn without text stays without."""
    content = message["content"]
    calls = [
        {**call, "function": {**call["function"], "name": name}}
        for call, name in zip(message.get("tool_calls") or (), _call_marks(message, words), strict=True)
    ]
    other = {**message, **({"tool_calls": calls} if calls else {})}
    if isinstance(content, str):
        return {**other, "content": words if content or message["role"] in _UNDERSTOOD else content}
    texts = iter([words])  # the first; what stands between pictures is no part of the mark
    return {**other, "content": [{**part, "text": next(texts, "and")} if part["type"] == "text" else part for part in content]}


def _shape(message: Mapping[str, Any]) -> list[Any]:
    """What a template may branch on, apart from the text."""
    content = message["content"]
    parts = bool(content) if isinstance(content, str) else [part["type"] for part in content]
    return [message["role"], parts, len(message.get("tool_calls") or ())]


def _in_parts(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message with its content as a list of parts."""
    content = message["content"]
    return {**message, "content": [{"type": "text", "text": content}] if isinstance(content, str) else content}
