"""The role `wheel`: a link to the library as the site serves it, for readers who work on their own machine.

    Install the {wheel}`wheel of the library` that the notebooks import.

The file's name holds the version, so it is asked of the build and typed nowhere.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole
from sphinx.util.osutil import relative_uri

from workbook import paths, wheels

_FOLDER = "pyodide"  # where the site keeps every package that Python in the browser may load


class WheelRole(SphinxRole):
    """The link, relative like all others of the site."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Write a reference with the role's text."""
        ours = wheels.build()[0].name
        self.env.note_dependency(str(paths.ROOT / "pyproject.toml"))
        here = self.env.app.builder.get_target_uri(self.env.docname)
        return [nodes.reference(self.rawtext, self.text, refuri=relative_uri(here, f"{_FOLDER}/{ours}"))], []


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the role."""
    app.add_role("wheel", WheelRole())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
