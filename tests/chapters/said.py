"""Holds a number that a page states in words against the number computed here."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def says(page: str, sentence: str) -> None:
    """Fail unless ``page`` (such as "07-simple-clv/lab.md", of a chapter or an exercise) holds ``sentence``.

    ``sentence`` is a part of the page's text with the computed number put in its place.
    """
    places = [ROOT / folder / page for folder in ("chapters", "exercises")]
    found = [place for place in places if place.is_file()]
    assert found, f"no page {page}"
    text = re.sub(r"\s+", " ", found[0].read_text(encoding="utf-8"))
    assert sentence in text, f"{page} does not say {sentence!r}"
