"""Cards that lack a side, a date or a source are refused; whole ones become sections."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from workbook import book
from workbook.errors import WorkbookError

CARD: dict[str, Any] = {
    "firm": "Kettleholt",
    "discipline": "customer intimacy",
    "because": "It knows how you drink your coffee.",
    "shows": "That members are not made by the club alone.",
    "evidence": [{"when": "year to 31 December 2024", "fact": "A club grew {cite:p}`kerr1975folly`."}],
    "counter": [{"when": "May 2024", "fact": "A parcel was late {cite:p}`kerr1975folly`."}],
    "disproof": "Members who would have bought as much without the club.",
}
ENDED = {"firm": "Another", **{key: value for key, value in CARD.items() if key != "firm"}}

LIST = "# Sources\n\n```{bibliography}\n```\n"


def page(*cards: dict[str, Any]) -> str:
    return f"# Firms\n\n```{{firm-cards}}\n{yaml.safe_dump(list(cards), sort_keys=False)}```\n"


def changed(key: str, value: Any) -> dict[str, Any]:
    card = copy.deepcopy(CARD)
    if value is None:
        del card[key]
    else:
        card[key] = value
    return card


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory, make_book) -> str:
    folder = tmp_path_factory.mktemp("firms")
    built = book.build(folder / "html", make_book(folder, LIST, page(CARD, ENDED)))
    return (built / "chapters/01-tiny/index.html").read_text(encoding="utf-8")


def test_each_firm_is_a_section_with_a_heading(text: str) -> None:
    assert text.count('class="firm-card') == 2
    assert ">Kettleholt<" in text
    assert 'id="kettleholt"' in text


def test_a_card_names_its_five_matters(text: str) -> None:
    card = text[text.index('id="kettleholt"') : text.index('id="another"')]
    for term in ("Read as", "Why this one", "Speaks for it", "Speaks against it", "Would disprove it"):
        assert f"<dt>{term}</dt>" in card or f"<dt>{term}<" in card
    assert "<strong>Customer intimacy.</strong> It knows" in card
    assert "<em>Year to 31 December 2024.</em> A club grew" in card


def test_a_fact_links_to_its_source(text: str) -> None:
    assert text.count("Kerr, 1975") == 4


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (changed("discipline", "kindness"), r"`discipline` is one of .*; it is 'kindness'"),
        (changed("shows", None), r"Kettleholt.*`shows`"),
        (changed("counter", []), r"Kettleholt, counter must be a list of facts"),
        (changed("evidence", [{"when": "lately", "fact": "So {cite:p}`kerr1975folly`."}]), r"names no year"),
        (changed("counter", [{"when": "2024", "fact": "They say."}]), r"counter 1: the fact has no source"),
    ],
)
def test_what_a_card_lacks_is_named(card: dict[str, Any], said: str, tmp_path: Path, make_book) -> None:
    with pytest.raises(WorkbookError, match=said):
        book.build(tmp_path / "html", make_book(tmp_path, LIST, page(card)))


def test_two_cards_for_one_firm_are_refused(tmp_path: Path, make_book) -> None:
    with pytest.raises(WorkbookError, match="Kettleholt has more than one card"):
        book.build(tmp_path / "html", make_book(tmp_path, LIST, page(CARD, CARD)))
