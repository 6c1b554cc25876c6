"""What every figure of the workbook must pass, whatever it shows."""

import re
from collections.abc import Callable, Container, Mapping
from xml.etree import ElementTree

import pytest
from matplotlib.axis import Axis
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


_BARE_NUMBER = re.compile(r"[−-]?[$€£]?[\d.,\s]+[%kM]?")


def _axes_of(figure: Figure) -> list[Axis]:
    return [axis for axes in figure.axes if axes.axison for axis in (axes.xaxis, axes.yaxis) if axis.get_visible()]


def says_what_its_axes_measure(draw: Draw) -> None:
    """An axis without a name has names, or numbers with their unit, along it."""
    figure = draw()
    figure.draw_without_rendering()
    for axis in _axes_of(figure):
        ticks = [text.get_text() for text in axis.get_ticklabels() if text.get_visible() and text.get_text().strip()]
        bare = [text for text in ticks if _BARE_NUMBER.fullmatch(text)]
        assert axis.label.get_text() or not bare, f"no name on an axis with {', '.join(bare)}"


def keeps_title_and_axes_apart(draw: Draw) -> None:
    figure = draw()
    figure.draw_without_rendering()
    title = figure._suptitle.get_window_extent()
    for label in (axis.label for axis in _axes_of(figure) if axis.label.get_text()):
        assert not label.get_window_extent().overlaps(title), label.get_text()


EVERY = (
    says_in_words_what_it_shows,
    gives_the_same_bytes,
    has_no_text_cut_off_or_too_small,
    is_light,
    says_what_its_axes_measure,
    keeps_title_and_axes_apart,
)


def every(figures: Mapping[str, Draw], *, heavy: Container[str] = ()) -> Callable[[Draw, Callable[[Draw], None]], None]:
    """The test of a module for all its figures: ``test_figure = figure_checks.every(FIGURES)``.

    ``heavy`` names the figures that may weigh more than others.
    """
    cases = [
        pytest.param(draw, check, id=f"{name}-{check.__name__}")
        for name, draw in figures.items()
        for check in EVERY
        if not (check is is_light and name in heavy)
    ]

    @pytest.mark.parametrize(("draw", "check"), cases)
    def test_figure(draw: Draw, check: Callable[[Draw], None]) -> None:
        check(draw)

    return test_figure
