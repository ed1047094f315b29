"""ScienceQA: school science questions about a picture, answered with an option's letter (Lu et al. 2022, arXiv:2209.09513).

In the prompts, ``{options}`` are lines such as "A. attract" and ``{context}`` is empty or what the question's hint and
lecture say, each on a line of its own that ends in a line break.
"""

PROMPTS = {
    "json": """\
{context}{question}
{options}

Look at the picture. Reply with JSON only: "seen" is what you see, "option" is the right option, "answer" is its letter.""",
    "letter": """\
{context}{question}
{options}

Look at the picture. Reply with the letter of the right option only.""",
    "json-zh": """\
{context}{question}
{options}

看图回答。只回复 JSON：seen 是你看到的内容，option 是正确的选项，answer 是它的字母。""",
    "letter-zh": """\
{context}{question}
{options}

看图回答。只回复正确选项的字母。""",
}
