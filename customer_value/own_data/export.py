"""What leaves the page with its owner: the customer list as CSV, the figures as a zip, and answers that come in."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from customer_value.own_data.pipeline import Result

# The first letters at which a spreadsheet takes a text for a formula, in their wide forms, too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_PAST = (1980, 1, 1, 0, 0, 0)
_PNG_DOTS = 200
ANSWERS = "customer-value/company-answers"
"""The format of an exported file of answers."""

Answers = dict[str, list[tuple[str, str]]]
"""Chapter to (question, answer), in order."""


def customer_csv(result: Result) -> bytes:
    """The customer list, best first, as CSV of RFC 4180 in UTF-8 with a byte order mark.

    Text at which a spreadsheet would begin to calculate (= + - @, tab, line break) gets an apostrophe before it;
    numbers stay numbers. Money and purchases have two decimals, probabilities four, days are ISO 8601.
    """
    frame = result.customers.reset_index()
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([harmless(str(name)) for name in frame.columns])
    writer.writerows(zip(*[_cells(name, column) for name, column in frame.items()], strict=True))
    return ("\ufeff" + buffer.getvalue()).encode("utf-8")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before what begins like one."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def figures_zip(result: Result) -> bytes:
    """Every figure as PNG (200 dots per inch) and SVG, with the text alternatives in ``figures.txt``, as a zip.

    The same result gives the same bytes.
    """
    files: dict[str, bytes] = {}
    said = []
    for number, (name, figure) in enumerate(result.figures().items(), start=1):
        files[f"{number:02d}-{name}.png"] = png(figure)
        files[f"{number:02d}-{name}.svg"] = figure.to_svg().encode()
        said.append(f"{number:02d}-{name}: {figure.alt}")
    files["figures.txt"] = "\r\n\r\n".join(said).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _PAST)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def png(figure: Any, dots: int = _PNG_DOTS) -> bytes:
    """A figure as PNG, without the name of the program in it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dots, metadata={"Software": None})
    return buffer.getvalue()


def read_answers(text: str, questions: Mapping[str, Mapping[str, Any]] | None = None) -> Answers:
    """The answers to "Apply it to your company" as the memo takes them, from what the pages keep.

    Parameters
    ----------
    text
        JSON: ``{form: {field: answer}}``, as each page keeps it in the browser under
        ``customer-value-workbook:company:<form>``; also as a file ``{"format": "customer-value/company-answers",
        "version": 1, "answers": {…}}``.
    questions
        What the forms ask: ``{form: {"chapter": heading, "fields": {field: question}}}``, in the order of the book.
        Without it the names of form and field stand for heading and question.

    Empty answers are left out. Raises ``ValueError`` for anything else.
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be JSON text; got {type(text).__name__}.")
    try:
        kept = json.loads(text)
    except ValueError as reason:
        raise ValueError(f"These are no answers that the workbook kept: {reason}.") from reason
    if isinstance(kept, dict) and "format" in kept:
        if kept["format"] != ANSWERS or kept.get("version") != 1:
            raise ValueError(
                f"This file has the format {kept['format']!r}, version {kept.get('version')!r}; answers"
                f" have {ANSWERS!r}, version 1."
            )
        kept = kept.get("answers")
    if not isinstance(kept, dict) or not all(isinstance(fields, dict) for fields in kept.values()):
        raise ValueError("Answers must be an object of forms, each an object of fields and answers.")
    known = dict(questions or {})
    found: Answers = {}
    for form in [*(form for form in known if form in kept), *(form for form in kept if form not in known)]:
        about = known.get(form, {})
        labels = dict(about.get("fields", {}))
        fields = kept[form]
        order = [*(name for name in labels if name in fields), *(name for name in fields if name not in labels)]
        pairs = [
            (str(labels.get(name, _words(name))), str(fields[name]).strip())
            for name in order
            if isinstance(fields[name], str) and fields[name].strip()
        ]
        if pairs:
            found.setdefault(str(about.get("chapter", _words(form))), []).extend(pairs)
    return found


def _words(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").strip().capitalize()


def _cells(name: Any, column: pd.Series) -> list[Any]:
    """A column as text ready for CSV."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.dt.strftime("%Y-%m-%d").fillna("").tolist()
    if pd.api.types.is_float_dtype(column.dtype):
        digits = 4 if str(name).startswith("probability") else 2
        values = column.to_numpy(dtype=float)
        return [f"{value:.{digits}f}" if np.isfinite(value) else "" for value in values]
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.tolist()
    return ["" if pd.isna(value) else harmless(str(value)) for value in column]
