"""What every exploration of the workbook must pass, and how to read one."""

import itertools
import re
from collections.abc import Callable
from html import unescape

import ipywidgets
import pytest

from customer_value import plots, strategy_widgets, widgets


def sentence(widget: ipywidgets.VBox) -> str:
    """What it says, as plain text."""
    return unescape(re.sub("<[^>]+>", "", widget.children[-2].value))


def controls(widget: ipywidgets.VBox) -> tuple[ipywidgets.Widget, ...]:
    """What can be set."""
    return widget.children[:-2]


def ends(control: ipywidgets.Widget) -> tuple:
    """The first and the last value of a control."""
    if isinstance(control, ipywidgets.SelectionSlider | ipywidgets.Dropdown):
        return control.options[0][1], control.options[-1][1]
    return control.min, control.max


def works_at_every_corner(make: Callable[[], ipywidgets.VBox], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each combination of ends has a sentence with a number and a figure, and the figures are not all alike."""
    shown: list[plots.Figure] = []
    for module in (widgets, strategy_widgets):
        monkeypatch.setattr(module, "display", shown.append)
    made = make()
    for corner in itertools.product(*(ends(control) for control in controls(made))):
        for control, value in zip(controls(made), corner, strict=True):
            control.value = value
        assert re.search(r"\d", sentence(made))
        assert "nan" not in sentence(made)
    assert all(isinstance(figure, plots.Figure) for figure in shown)
    assert len({figure.alt for figure in shown}) > 1
    assert all(len(control.description) > 5 for control in controls(made))
