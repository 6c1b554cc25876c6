"""What every figure of the workbook must pass, whatever it shows."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

from matplotlib.text import Text

from customer_value.plots import Figure

Draw = Callable[[], Figure]


def says_in_words_what_it_shows(draw: Draw) -> None:
    data, metadata = draw()._repr_mimebundle_()
    alt = metadata["image/svg+xml"]["alt"]
    assert len(alt) > 40
    assert re.search(r"\d", alt)
    assert "\n" not in alt
    assert not re.search(r"\bnan\b|\binf\b", alt)
    root = ElementTree.fromstring(data["image/svg+xml"])
    assert root.tag.endswith("svg")
    assert float(root.get("width").removesuffix("pt")) > 0


def gives_the_same_bytes(draw: Draw) -> None:
    one = draw().to_svg()
    assert one == draw().to_svg()
    assert "<dc:date>" not in one


def has_no_text_cut_off_or_too_small(draw: Draw) -> None:
    figure = draw()
    figure.draw_without_rendering()
    box = figure.bbox
    # matplotlib keeps tick labels just beyond the axis, which it never draws.
    beyond = [
        tick.label1
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    ]
    for text in figure.findobj(Text):
        if text not in beyond and text.get_visible() and text.get_text().strip():
            extent = text.get_window_extent()
            inside = (
                extent.x0 >= box.x0 - 1
                and extent.x1 <= box.x1 + 1
                and extent.y0 >= box.y0 - 1
                and extent.y1 <= box.y1 + 1
            )
            assert inside, text.get_text()
            assert text.get_fontsize() >= 10


def is_light(draw: Draw) -> None:
    assert len(draw().to_svg()) < 65_000


def keeps_title_and_axes_apart(draw: Draw) -> None:
    """No label of an axis reaches into the title, and every axis has one."""
    figure = draw()
    figure.draw_without_rendering()
    title = figure._suptitle.get_window_extent()
    labels = [axis.label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) if axis.label.get_text()]
    assert len(labels) >= 2
    for label in labels:
        assert not label.get_window_extent().overlaps(title), label.get_text()
