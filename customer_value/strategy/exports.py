"""What a team takes with it: the picture as an image, and a small file that the last chapter reads."""

from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from customer_value.strategy._documents import Document, parsed


class _Kind(NamedTuple):
    """Where a kind of document is made and which figure shows it; loaded when one is met."""

    module: str
    name: str
    figure: str


_KINDS = {
    "customer-value/value-disciplines": _Kind(
        "customer_value.strategy.disciplines", "DisciplinesPicture", "discipline_triangle"
    ),
    "customer-value/strategy-canvas": _Kind("customer_value.strategy.canvas", "StrategyCanvas", "strategy_canvas"),
    "customer-value/elements-of-value": _Kind("customer_value.strategy.elements", "ElementsMap", "elements_pyramid"),
    "customer-value/maturity-assessment": _Kind(
        "customer_value.transformation.maturity", "MaturityAssessment", "maturity_radar"
    ),
    "customer-value/transformation-roadmap": _Kind("customer_value.transformation.roadmap", "Roadmap", "roadmap_gantt"),
    "customer-value/balanced-scorecard": _Kind(
        "customer_value.transformation.scorecard", "Scorecard", "scorecard_progress"
    ),
}


class Files(NamedTuple):
    """Where ``save`` left what."""

    json: Path
    svg: Path
    png: Path


def picture(document: Document):
    """The figure of a document that this module reads. Raises ``TypeError`` for anything else."""
    from customer_value import plots

    known = _KINDS.get(f"customer-value/{document.kind}") if isinstance(document, Document) else None
    if known is None:
        raise TypeError(
            f"There is no picture of {document!r}: give a triangle, a canvas, a map of elements, an assessment,"
            " a roadmap or a scorecard."
        )
    return getattr(plots, known.figure)(document)


def save(document: Document, folder: str | Path = ".") -> Files:
    """Write a document as JSON, SVG and PNG into ``folder``, under the name of its kind; older ones are replaced.

    Raises ``ValueError`` if there is no such folder.
    """
    figure = picture(document)
    place = Path(folder)
    if not place.is_dir():
        raise ValueError(f"There is no folder {folder}: make it first, or leave folder out.")
    files = Files(*(place / f"{document.kind}.{ending}" for ending in ("json", "svg", "png")))
    files.json.write_text(document.to_json(), encoding="utf-8")
    files.svg.write_text(figure.to_svg(), encoding="utf-8")
    figure.savefig(files.png, format="png", dpi=200)
    return files


def read(source: str | Path) -> Document:
    """The document in a file (a ``Path`` or a name that ends in .json) or in JSON text, whichever of the three it is.

    Raises ``ValueError`` for a file that is not there, text that the workbook did not write, or an unknown format.
    """
    text = source
    if isinstance(source, Path) or (isinstance(source, str) and source.endswith(".json")):
        try:
            text = Path(source).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as reason:
            raise ValueError(f"{source} cannot be read: {reason}.") from reason
    found = parsed(text)["format"]
    if found not in _KINDS:
        raise ValueError(f"The format {found!r} is unknown; known are {', '.join(_KINDS)}.")
    known = _KINDS[found]
    return getattr(import_module(known.module), known.name).from_json(text)
