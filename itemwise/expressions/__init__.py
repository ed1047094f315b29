r"""Whether two mathematical expressions, as replies and golds write them in LaTeX or plain text, have the same value.

An expression is read by a grammar of its own (`latex_tokens`, `latex_parser`) into a tree (`expression`), the tree is evaluated exactly or
to 100 digits (`expression_value`), and two trees are compared part by part (`same_expression`). Nothing of a text is ever run as code, and
what a text can cost is bounded by its tokens, its nesting and the size of its numbers, so no clock and no process is needed to stop it.
"""

from itemwise.expressions.same_expression import same_expression

__all__ = ["same_expression"]
