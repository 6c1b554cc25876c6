"""Cards about firms, for a discussion: what speaks for a claim, what against it, what would disprove it.

    ```{firm-cards}
    - firm: A firm
      discipline: customer intimacy
      because: Why others read this discipline into it.
      shows: What the card is good for, so that who leads the discussion can choose.
      evidence:
        - when: 23 July 2019
          fact: What happened {cite:p}`key`.
      counter:
        - when: year to 31 August 2024
          fact: What happened as well {cite:p}`other`.
      disproof: What one would have to see to give the claim up.
    ```

Each card becomes a section with the firm's name as its heading. A card that lacks something stops the build, and so
does a fact without a year or a source.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from workbook.extensions.authoring import YamlDirective

DISCIPLINES = ("operational excellence", "product leadership", "customer intimacy")
SIDES = {"evidence": "Speaks for it", "counter": "Speaks against it"}

_YEAR = re.compile(r"\b(19|20)\d\d\b")


class FirmCards(YamlDirective):
    """The directive `firm-cards`."""

    def run(self) -> list[nodes.Node]:
        """One section for each card."""
        cards = self.entries()
        names = [self.text(card, "firm", f"card {number}") for number, card in enumerate(cards, start=1)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise self.fail(f"{twice[0]} has more than one card.")
        return [self._card(name, card) for name, card in zip(names, cards, strict=True)]

    def _card(self, name: str, card: dict[str, Any]) -> nodes.section:
        self.only(card, {"firm", "discipline", "because", "shows", *SIDES, "disproof"}, name)
        discipline = self.text(card, "discipline", name)
        if discipline not in DISCIPLINES:
            raise self.fail(f"{name}: `discipline` is one of {', '.join(DISCIPLINES)}; it is {discipline!r}.")
        rows = [
            self._row(
                "Read as", [self._paragraph(f"**{discipline.capitalize()}.** {self.text(card, 'because', name)}")]
            ),
            self._row("Why this one", [self._paragraph(self.text(card, "shows", name))]),
        ]
        rows += [self._row(title, self._facts(card.get(side), f"{name}, {side}")) for side, title in SIDES.items()]
        rows.append(self._row("Would disprove it", [self._paragraph(self.text(card, "disproof", name))]))
        section = nodes.section("", nodes.title(name, name), nodes.definition_list("", *rows), classes=["firm-card"])
        section["names"].append(nodes.fully_normalize_name(name))
        self.state.document.note_implicit_target(section, section)
        return section

    def _facts(self, facts: Any, place: str) -> list[nodes.Node]:
        if not isinstance(facts, list) or not facts or not all(isinstance(fact, dict) for fact in facts):
            raise self.fail(f"{place} must be a list of facts, each with `when` and `fact`.")
        return [self._fact(fact, f"{place} {number}") for number, fact in enumerate(facts, start=1)]

    def _fact(self, entry: dict[str, Any], place: str) -> nodes.paragraph:
        self.only(entry, {"when", "fact"}, place)
        when, fact = self.text(entry, "when", place), self.text(entry, "fact", place)
        if not _YEAR.search(when):
            raise self.fail(f"{place}: `when` names no year; it is {when!r}.")
        if "{cite:" not in fact:
            raise self.fail(f"{place}: the fact has no source, such as {{cite:p}}`key`.")
        return self._paragraph(f"*{when[:1].upper()}{when[1:]}.* {fact}")

    def _paragraph(self, text: str) -> nodes.paragraph:
        return nodes.paragraph("", "", *self.markdown(text))

    def _row(self, term: str, content: list[nodes.Node]) -> nodes.definition_list_item:
        return nodes.definition_list_item("", nodes.term("", term), nodes.definition("", *content))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("firm-cards", FirmCards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
