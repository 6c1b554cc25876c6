"""Figures: readable by everyone, the same bytes each time, nothing cut off."""

import importlib
import itertools
import pkgutil
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.text import Text

from customer_value import plots
from customer_value.datasets import load_cdnow
from customer_value.persistence import tier_table, top_tier_shift
from customer_value.plots import look
from customer_value.profitability import customer_profit, whale_curve
from customer_value.transactions import before_and_after, customer_totals
from tests.customer_value import figure_checks

LOG = load_cdnow(sample=True)
CUSTOMERS = customer_totals(LOG)
SPEND = before_and_after(LOG, "1998-01-01")


def whale(margin: float, per_order: float, per_customer: float) -> plots.Figure:
    return plots.whale(whale_curve(customer_profit(CUSTOMERS, margin, per_order, per_customer)))


def shift(share: float) -> plots.Figure:
    shifts = {
        "July–Dec best,\nlater Jan–June": top_tier_shift(SPEND["before"], SPEND["after"], share),
        "Jan–June best,\nearlier July–Dec": top_tier_shift(SPEND["after"], SPEND["before"], share),
    }
    return plots.tier_shift(shifts, "Whichever way time runs, the best fall back towards the average")


def bars() -> plots.Figure:
    table = tier_table(SPEND["before"], SPEND["after"])
    return plots.tier_bars(table["before"], table["after"], "The best spend less", ("July–Dec 1997", "Jan–June 1998"))


FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "lorenz": lambda: plots.lorenz(CUSTOMERS["revenue"]),
    "lorenz of 1 %": lambda: plots.lorenz(CUSTOMERS["revenue"], 0.01),
    "lorenz of all": lambda: plots.lorenz(CUSTOMERS["revenue"], 1.0),
    "lorenz of equals": lambda: plots.lorenz(np.ones(5), 0.2),
    "whale": lambda: whale(0.3, 5, 5),
    "whale without costs": lambda: whale(0.3, 0, 0),
    "whale in the red": lambda: whale(0.05, 15, 20),
    "shift": lambda: shift(0.1),
    "shift of 1 %": lambda: shift(0.01),
    "shift of 20 %": lambda: shift(0.2),
    "bars": bars,
    "shares": lambda: plots.top_shares({"one month,\nbuyers": 0.52, "six months": 0.98}, "80/20 depends on the months"),
}
test_figure = figure_checks.every(FIGURES)


def test_axes_carry_units() -> None:
    (axes,) = whale(0.3, 5, 5).axes
    assert axes.get_ylabel() == "Cumulative profit, US dollars"
    assert axes.get_xlabel() == "Share of customers, most profitable first"


def test_title_states_the_finding() -> None:
    title = plots.lorenz([1, 1, 1, 1, 16], 0.2).get_suptitle()
    assert " ".join(title.split()) == "The top 20% of customers bring 80% of revenue"


def test_money_in_titles_is_not_taken_for_maths() -> None:
    figure = whale(0.3, 5, 5)
    assert figure.get_suptitle().count("$") == 2
    assert not any(text.get_parse_math() for text in figure.findobj(Text) if "$" in text.get_text())


def test_notebook_shows_svg_with_alt() -> None:
    figure = plots.lorenz([1, 2, 3])
    data, metadata = DisplayFormatter().format(figure)
    assert data["image/svg+xml"].startswith("<?xml")
    assert metadata["image/svg+xml"]["alt"] == figure.alt


def test_figure_can_be_saved_as_any_other(tmp_path) -> None:
    figure = plots.lorenz([1, 2, 3])
    assert isinstance(figure, MatplotlibFigure)
    figure.savefig(tmp_path / "lorenz.png", dpi=60)
    assert (tmp_path / "lorenz.png").read_bytes().startswith(b"\x89PNG")


def test_figure_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a text alternative"):
        plots.Figure(" ")


def test_empty_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="shares is empty"):
        plots.top_shares({}, "nothing")
    with pytest.raises(ValueError, match="shifts is empty"):
        plots.tier_shift({}, "nothing")


def test_thinning_keeps_the_shape_and_the_peak() -> None:
    curve = whale_curve(customer_profit(CUSTOMERS, 0.3, 5, 5))
    x, y = look.thin(curve.customers, curve.profit)
    assert len(x) < 200
    assert y.max() == curve.peak
    assert np.abs(np.interp(curve.customers, x, y) - curve.profit).max() < 0.003 * curve.peak


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0"),
        (5, "$5"),
        (5.5, "$5.50"),
        (113.55, "$114"),
        (4263, "$4,263"),
        (62_400, "$62k"),
        (2_500_315.63, "$2.50m"),
        (-274_000, "−$274k"),
    ],
)
def test_money(amount: float, text: str) -> None:
    assert plots.money(amount) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0%"), (0.004, "0.4%"), (0.05, "5%"), (0.17, "17%"), (0.997, "99.7%"), (-0.33, "−33%")]
)
def test_percent(share: float, text: str) -> None:
    assert look.percent(share) == text


# --- the palette

PAIRS = list(itertools.combinations(plots.PALETTE, 2))
WHITE = (1.0, 1.0, 1.0)
# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str | tuple) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def luminance(colour: str | tuple) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str | tuple, two: str | tuple) -> float:
    low, high = sorted([luminance(one), luminance(two)])
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ rgb.clip(0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("colour", plots.PALETTE)
def test_colours_of_data_stand_out_from_the_page(colour: str) -> None:
    assert contrast(colour, WHITE) >= 3


@pytest.mark.parametrize("colour", [plots.INK, plots.GREY, plots.BLUE, plots.RED])
def test_colours_of_text_are_readable(colour: str) -> None:
    assert contrast(colour, WHITE) >= 4.5


@pytest.mark.parametrize("colour", [plots.INK, plots.BLUE])
def test_text_on_pale_areas_is_readable(colour: str) -> None:
    assert contrast(colour, plots.PALE) >= 4.5


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_palette_survives_greyscale(one: str, two: str) -> None:
    assert abs(lab(linear(one))[0] - lab(linear(two))[0]) >= 10


@pytest.mark.parametrize("kind", BLINDNESS)
@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_palette_survives_colour_blindness(kind: str, one: str, two: str) -> None:
    seen = [lab(BLINDNESS[kind] @ linear(colour)) for colour in (one, two)]
    assert np.linalg.norm(seen[0] - seen[1]) >= 20


def test_words_for_the_counted_and_the_summed_can_be_chosen() -> None:
    figure = plots.lorenz(pd.Series([1.0, 2, 4, 5]), 0.5, customers="accounts", value="margin")
    assert " ".join(figure.get_suptitle().split()) == "The top 50% of accounts bring 75% of margin"
    assert "share of margin" in figure.alt


def test_a_figure_stays_a_function_when_its_module_is_imported() -> None:
    for module in pkgutil.iter_modules(plots.__path__):
        importlib.import_module(f"customer_value.plots.{module.name}")
    assert [name for name in plots.__all__ if name.islower() and not callable(getattr(plots, name))] == []
