"""What the directives of a page put there for the reader to do, for the list of the whole book."""

from typing import Any

from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.environment import BuildEnvironment

_NAME = "workbook_inventory"


def of_page(env: BuildEnvironment, docname: str | None = None) -> dict[str, Any]:
    """The notes of a page, by default the one being read: ``quiz``, ``guesses``, ``company`` and ``labels``."""
    page = NbMetadataCollector.get_doc_data(env)[docname or env.docname]
    return page.setdefault(_NAME, {"quiz": [], "guesses": [], "company": {}, "labels": {}})
