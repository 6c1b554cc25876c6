"""A widget on a page without a kernel: its last figure, its settings as text, and how to bring it to life.

Nothing here looks like a control: a slider that cannot be moved must not look as if it could.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from myst_nb.core.render import WIDGET_STATE_MIMETYPE, WIDGET_VIEW_MIMETYPE, MimeData

if TYPE_CHECKING:
    from myst_nb.core.render import NbElementRenderer

NOTE = "Computed with these settings. Press Run this page at the top to change them."

_REFERENCE = "IPY_MODEL_"
_CHOICE = ("DropdownModel", "RadioButtonsModel", "SelectModel", "SelectionSliderModel", "ToggleButtonsModel")
_CHOICES = ("SelectionRangeSliderModel", "SelectMultipleModel")
_TEXT = ("HTMLModel", "HTMLMathModel", "LabelModel")
# Parts of a widget that say nothing by themselves.
_SILENT = ("LayoutModel", "StyleModel", "ButtonModel", "PlayModel", "ImageModel", "FileUploadModel")


@dataclass
class Still:
    """What a widget shows, in reading order."""

    settings: list[tuple[str, str]] = field(default_factory=list)
    shown: list[tuple[str, Any]] = field(default_factory=list)  # ("html", markup) or ("outputs", list)
    unknown: list[str] = field(default_factory=list)


def _formatted(value: Any, readout: str | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return " to ".join(_formatted(part, readout) for part in value)
    if isinstance(value, (int, float)) and readout:
        # The readout is a d3-format; ipywidgets' own defaults and the usual ones mean the same in Python.
        return format(value, "d" if readout == "d" and isinstance(value, int) else readout)
    return str(value)


def describe(model_id: str, state: dict[str, Any]) -> Still:
    """Walk a widget's stored models from `model_id` down.

    `state` maps model ids to {"model_name", "state"}, as ipywidgets stores it in notebook metadata.
    """
    still = Still()
    _walk(model_id, state, still)
    return still


def _walk(model_id: str, state: dict[str, Any], still: Still) -> None:
    name, model = state[model_id]["model_name"], state[model_id]["state"]
    layout = state.get(str(model.get("layout", "")).removeprefix(_REFERENCE), {}).get("state", {})
    if layout.get("display") == "none" or layout.get("visibility") == "hidden":
        return
    if "children" in model:
        for child in model["children"]:
            _walk(child.removeprefix(_REFERENCE), state, still)
        return
    label = str(model.get("description", "")).strip().rstrip(":")
    if name == "OutputModel":
        still.shown.append(("outputs", model.get("outputs", [])))
    elif name in _TEXT:
        if model.get("value"):
            value = model["value"] if name != "LabelModel" else escape(model["value"])
            still.shown.append(("html", f"<div>{escape(label)} {value}</div>" if label else value))
    elif name in _CHOICE:
        index = model.get("index")
        chosen = "none" if index is None else model["_options_labels"][index]
        still.settings.append((label, str(chosen)))
    elif name in _CHOICES:
        still.settings.append((label, ", ".join(str(model["_options_labels"][i]) for i in model["index"] or ())))
    elif name.endswith(_SILENT):
        return
    elif "value" in model:
        still.settings.append((label, _formatted(model["value"], model.get("readout_format"))))
    else:
        still.unknown.append(name)


def render(renderer: NbElementRenderer, data: MimeData) -> list[nodes.Element]:
    """Docutils nodes of a widget output, read from the notebook's stored widget state."""
    metadata = renderer.renderer.nb_client.nb_metadata
    state = metadata.get("widgets", {}).get(WIDGET_STATE_MIMETYPE, {}).get("state", {})
    model_id = data.content["model_id"]
    where = f"cell {data.cell_index + 1}"
    if model_id not in state:
        renderer.logger.warning(f"the widget of {where} has no stored state", subtype="widget", line=data.line)
        return []
    still = describe(model_id, state)
    for name in still.unknown:
        renderer.logger.warning(
            f"the widget of {where} holds a {name}, which cannot be shown standing still",
            subtype="widget",
            line=data.line,
        )
    box = nodes.container(classes=["widget-still"], is_div=True)
    if still.settings:
        items = "".join(
            f"<div><dt>{escape(label or 'Setting')}</dt><dd>{escape(value)}</dd></div>"
            for label, value in still.settings
        )
        box += nodes.raw(text=f'<dl class="widget-settings">{items}</dl>', format="html")
    for kind, content in still.shown:
        if kind == "html":
            box += nodes.raw(text=f'<div class="widget-text">{content}</div>', format="html")
        else:
            for output in content:
                box.extend(_stored_output(renderer, data, output))
    box += nodes.raw(text=f'<p class="widget-note">{NOTE}</p>', format="html")
    return [box]


def _stored_output(renderer: NbElementRenderer, data: MimeData, output: dict) -> list[nodes.Element]:
    kind = output["output_type"]
    if kind == "stream":
        show = renderer.render_stdout if output["name"] == "stdout" else renderer.render_stderr
        return show(output, data.cell_metadata, data.cell_index, data.line)
    if kind == "error":
        return renderer.render_error(output, data.cell_metadata, data.cell_index, data.line)
    bundle = nodes.container(nb_element="mime_bundle")
    for mime_type, content in output["data"].items():
        if mime_type == WIDGET_VIEW_MIMETYPE and content["model_id"] == data.content["model_id"]:
            continue
        part = nodes.container(mime_type=mime_type)
        part.extend(
            renderer.render_mime_type(
                MimeData(
                    mime_type,
                    content,
                    cell_metadata=data.cell_metadata,
                    output_metadata=output.get("metadata", {}),
                    cell_index=data.cell_index,
                    output_index=data.output_index,
                    line=data.line,
                )
            )
        )
        if part.children:
            bundle += part
    return [bundle] if bundle.children else []
