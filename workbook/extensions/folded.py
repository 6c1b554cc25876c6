"""Words on what unfolds a hidden output: `hide-output` keeps an answer out of sight until it is asked for."""

from typing import Any

from myst_nb.sphinx_ import HideCodeCellNode, HideInputCells
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

SHOW, HIDE = "Show the result", "Hide the result"
_OUTPUTS = {"below-input", "above-output"}


class NameFoldedOutputs(SphinxPostTransform):
    """Inputs and outputs share one wording in myst-nb's settings; here outputs get their own."""

    default_priority = HideInputCells.default_priority + 1
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Rename the summaries of folded outputs."""
        for folded in self.document.findall(HideCodeCellNode):
            if _OUTPUTS & set(folded["classes"]):
                folded["prompt_show"], folded["prompt_hide"] = SHOW, HIDE


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to the last stage before writing."""
    app.add_post_transform(NameFoldedOutputs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
