"""The pyramid of the elements of value: four layers, thirty names, and which of them an offer has."""

import numpy as np
from matplotlib.patches import Rectangle

from customer_value.plots.look import BLUE, GREY, INK, PALE, Figure, in_style, new_axes
from customer_value.strategy.elements import LAYERS, ElementsMap

_PER_ROW = {"functional": 3, "emotional": 3, "life-changing": 2, "social impact": 1}
_UNRATED = "#5d6975"
"""Readable on the pale layers."""
_WIDTH = {"functional": 1.0, "emotional": 0.94, "life-changing": 0.8, "social impact": 0.5}


@in_style
def elements_pyramid(elements: ElementsMap) -> Figure:
    """The thirty elements in their layers: rated ones dark with their score, strong ones on blue, unrated ones grey."""
    strong = set(elements.strong())
    layers = elements.by_layer()
    title = f"{elements.offer}: {len(strong)} of the 30 elements are strong" + (
        f", {int(layers.loc['functional', 'strong'])} of them functional" if strong else ""
    )
    told = ", ".join(sorted(strong)) if strong else "none"
    counts = "; ".join(f"{layer} {int(row['strong'])} of {int(row['elements'])}" for layer, row in layers.iterrows())
    alt = f"Pyramid of the elements of value of {elements.offer}. Strong (8 or more of 10): {told}. By layer: {counts}."
    figure, axes = new_axes(title, alt, "", "")
    figure.set_size_inches(figure.get_size_inches()[0], 5.6)
    axes.set_axis_off()
    height = 0.0
    for layer, names in LAYERS.items():
        size = _PER_ROW[layer]
        rows = np.array_split(np.array(names), int(np.ceil(len(names) / size)))
        top = height + len(rows) + 0.95
        half = _WIDTH[layer] / 2
        axes.add_patch(Rectangle((0.5 - half, height), 2 * half, top - height - 0.12, facecolor=PALE, linewidth=0))
        axes.text(0.5, top - 0.52, layer, ha="center", va="center", fontsize=11, weight="bold", color=INK)
        for number, row in enumerate(rows):
            y = top - 1.35 - number
            # Room in proportion to the length of the name.
            words = [
                f"{name} {elements.scores[name]:.2g}" if name in elements.scores else name for name in row.tolist()
            ]
            room = np.array([len(word) + 4.0 for word in words])
            middles = (np.cumsum(room) - room / 2) / room.sum()
            for name, word, middle in zip(row.tolist(), words, middles, strict=True):
                x = 0.5 - half + 2 * half * middle
                known, best = name in elements.scores, name in strong
                axes.text(
                    x,
                    y,
                    word,
                    ha="center",
                    va="center",
                    fontsize=10,
                    color="white" if best else INK if known else _UNRATED,
                    bbox={"boxstyle": "square,pad=0.18", "facecolor": BLUE, "linewidth": 0} if best else None,
                )
        height = top
    axes.plot([0, 1], [-0.2, -0.2], color=GREY, linewidth=0.8)
    axes.text(
        0.5,
        -0.3,
        "white on blue: strong · dark: rated · grey: not rated",
        ha="center",
        va="top",
        fontsize=10,
    )
    axes.set_xlim(0, 1)
    axes.set_ylim(-1.1, height)
    return figure
