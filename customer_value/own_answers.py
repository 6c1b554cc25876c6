"""What you wrote under "Apply it to your company", for the memo: from the page, or from a file of *My progress*."""

import json
from pathlib import Path
from typing import Any

from customer_value.own_data.export import ANSWERS, Answers, read_answers

FILE = "company-answers.json"
"""Where the page puts the answers for Python, in its working folder."""

_PROGRESS = "customer-value-workbook progress"
_KIND = "company:"


def company_answers(content: str | bytes | None = None) -> Answers:
    """The answers by chapter, with their questions, as ``own_data.write_memo`` takes them.

    Parameters
    ----------
    content
        The content of a file: exported by the page *My progress* with what you wrote, or of ``FILE``. ``None``: of the
        file ``FILE`` in the working folder, where the page of the book puts it; without one there are no answers.

    Raises ``ValueError`` for a file of another kind, or one without what you wrote.
    """
    if content is None:
        here = Path(FILE)
        return company_answers(here.read_bytes()) if here.is_file() else {}
    if not isinstance(content, str | bytes | bytearray | memoryview):
        raise TypeError(f"content must be the content of a file; got {type(content).__name__}.")
    try:
        text = content if isinstance(content, str) else bytes(content).decode("utf-8-sig")
        held = json.loads(text)
    except ValueError:
        raise ValueError(
            "This is no file of answers: export one on the page My progress, with what you wrote (.json)."
        ) from None
    if not isinstance(held, dict):
        raise ValueError("This is no file of answers: it holds no object.")
    questions = held.get("questions")
    if held.get("file") == _PROGRESS:
        held = {"format": ANSWERS, "version": 1, "answers": _written(held)}
    elif held.get("format") != ANSWERS:
        raise ValueError("This is no file of answers: export one on the page My progress, with what you wrote (.json).")
    return read_answers(json.dumps(held), questions if isinstance(questions, dict) else None)


def _written(exported: dict[str, Any]) -> dict[str, Any]:
    """The company answers of an exported file of progress."""
    written = exported.get("written")
    if not isinstance(written, dict):
        raise ValueError(
            "This file holds results only: export it again on the page My progress and let it put into the file what"
            " you wrote as well."
        )
    return {name.removeprefix(_KIND): fields for name, fields in written.items() if name.startswith(_KIND)}
