"""What becomes of MyST text in a notebook that leaves the book."""

import pytest

from workbook import ledger
from workbook.plain_markdown import plain


@pytest.mark.parametrize(
    ("myst", "markdown"),
    [
        ("See [the chapter](index.md) first.", "See the chapter first."),
        ("See [the exercise](../../exercises/02/exercise.ipynb#task).", "See the exercise."),
        ("See [the source](https://example.org/notes.md).", "See [the source](https://example.org/notes.md)."),
        ("Found twice {cite:p}`fader2001,hardie2013`.", "Found twice."),
        ("See {doc}`the lab <lab>` and {ref}`gini`.", "See the lab and gini."),
        ("(gini)=\n## The Gini", "## The Gini"),
        ("```{math}\n:label: gini\nG = 1\n```", "$$\nG = 1\n$$"),
        (":::{admonition} Check\n:class: tip\nIs it so?\n\nYes.\n:::", "> **Check**\n>\n> Is it so?\n>\n> Yes."),
        (":::{note}\nMind.\n:::\n\nAfter.", "> **Note**\n>\n> Mind.\n\nAfter."),
        (
            ":::{dropdown} One answer\nThe **first**.\n:::\n\nAfter.",
            "<details><summary>One answer</summary>\n\nThe **first**.\n\n</details>\n\nAfter.",
        ),
        ("```{quiz}\n- question: Who?\n```", "*(There is a quiz here on the page.)*"),
        ("```{guess} best\n:label: Share, in per cent\n```", "Your guess: Share, in per cent \\_\\_\\_\\_\\_\\_"),
        ("```{guesses}\n```\n\nAfter.", "*(On the page your guesses are listed here.)*\n\nAfter."),
        ("`code` and $x$ and **bold** stay.", "`code` and $x$ and **bold** stay."),
        ("```python\nfence = 'stays'\n```", "```python\nfence = 'stays'\n```"),
    ],
)
def test_plain(myst: str, markdown: str) -> None:
    assert plain(myst) == markdown


def test_a_link_to_another_page_gets_its_title() -> None:
    titles = {"index.md": "Customers differ", "../exercise.ipynb": "The exercise"}
    text = "See [the chapter](index.md#gini), [the exercise](../exercise.ipynb) and [more](gone.md)."
    assert plain(text, titles.get) == "See the chapter (“Customers differ”), the exercise and more."


def test_formulas_of_the_ledger_are_written_out() -> None:
    formulas = ledger.read().formulas
    latex = formulas["top-share"].latex
    text = "```{formula} top-share\n:symbols:\n```\n\nSee {formula}`gini` and {formula}`the curve <lorenz-curve>`."
    shown, _, rest = plain(text, formulas=formulas).partition("\n\nSee ")
    assert shown.startswith(f"$$\n{latex}\n$$\n\n- $S(p)$: share of value that the best customers bring (share)\n")
    assert rest == "Gini coefficient and the curve."
    assert plain("```{formula} top-share\n```", formulas=formulas) == f"$$\n{latex}\n$$"
