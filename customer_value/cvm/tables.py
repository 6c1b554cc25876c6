"""The value model as tables for people: waterfall, the customer's profit and loss, renewal page, interview sheet."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from customer_value._inputs import columns, single
from customer_value.cvm.distributions import Distribution, Fixed, Pert, Triangular
from customer_value.cvm.model import ValueModel


def waterfall(model: ValueModel) -> pd.DataFrame:
    """From the price of the reference, element by element, to the EVC, at expected values.

    Returns a DataFrame by ``step`` with ``kind`` (total, up or down), ``value`` (the amount of a total, the change of a
    step) and ``start`` and ``end`` (where its bar begins and ends). Elements that do not differ have no step.
    """
    worth = model.values()["value"][[element.differs for element in model.elements]]
    level = model.price_of_reference()
    rows = [(f"{model.reference}: price", "total", level, 0.0, level)]
    for name, value in worth.items():
        rows.append((name, "up" if value >= 0 else "down", float(value), level, level + float(value)))
        level += float(value)
    rows.append((f"{model.offer}: EVC", "total", level, 0.0, level))
    table = pd.DataFrame(rows, columns=["step", "kind", "value", "start", "end"]).set_index("step")
    table.attrs = {"unit": model.unit}
    return table


def customer_statement(model: ValueModel, price: float, inputs: Mapping[str, float] | None = None) -> pd.DataFrame:
    """The customer's profit and loss with the reference and with the offer at ``price``, rebuilt from the value model.

    Returns a DataFrame by ``line`` with ``side`` (revenue, cost or result), ``reference``, ``offer`` and ``change`` (in
    profit: a cost that falls counts up). Revenue comes first, then costs, the price paid, and the profit, which changes
    by EVC − price. Only lines of the model are in it; ``inputs`` as in ``ValueModel.values``.
    """
    asked = single(price, "price")
    values = model.values(inputs)
    parts = [values[values["side"] == side] for side in ("revenue", "cost")]
    rows = pd.concat([part for part in parts if len(part)])
    table = rows[["side", "reference", "offer"]].assign(change=rows["value"])
    paid = model.price_of_reference(inputs)
    table.loc["Price paid"] = ["cost", paid, asked, paid - asked]
    sign = table["side"].map({"revenue": 1.0, "cost": -1.0})
    profit = [float((sign * table[name]).sum()) for name in ("reference", "offer")]
    table.loc["Profit"] = ["result", *profit, profit[1] - profit[0]]
    return table.rename_axis("line")


class Renewal(NamedTuple):
    """Value promised and value delivered; ``renewal_page`` makes it."""

    elements: pd.DataFrame
    """By element, and ``Total``: ``promised``, ``delivered``, ``difference``, ``kept`` (delivered / promised, NaN where
    nothing was promised) and ``evidence`` (measured, in part or not)."""
    inputs: pd.DataFrame
    """By measured input: ``promised``, ``measured`` and ``unit``."""
    net_promised: float
    """EVC − price as promised."""
    net_delivered: float
    """EVC − price as delivered, with the same price and reference."""


def renewal_page(model: ValueModel, measured: Mapping[str, float], price: float) -> Renewal:
    """Before a renewal: what was promised to the customer, and what measurements say they got.

    Parameters
    ----------
    model
        The value model of the time of the sale; its expected values are the promise.
    measured
        What inputs turned out to be, by name. Inputs not measured stay as promised, and ``evidence`` says so.
    price
        What the customer paid, in the model's unit.

    Returns ``Renewal``. Raises ``ValueError`` for names the model does not have, or none at all. A delivered value that
    rests on no measurement is a promise repeated, not evidence.
    """
    from customer_value.cvm.equations import Equation

    if not measured:
        raise ValueError("measured is empty: without a single measurement there is nothing to report.")
    asked = single(price, "price")
    before, after = model.values(), model.values(measured)
    rows = {}
    for element in model.elements:
        if not element.differs:
            continue
        used = set(Equation(element.reference).names) | set(Equation(element.offer or "").names)
        known = used & set(measured)
        evidence = "measured" if known == used else "measured in part" if known else "not measured"
        promised, delivered = float(before.loc[element.name, "value"]), float(after.loc[element.name, "value"])
        rows[element.name] = (promised, delivered, evidence)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["promised", "delivered", "evidence"])
    table.loc["Total"] = [table["promised"].sum(), table["delivered"].sum(), ""]
    table.insert(2, "difference", table["delivered"] - table["promised"])
    table.insert(3, "kept", (table["delivered"] / table["promised"]).where(table["promised"] != 0))
    units = {one.name: one.unit for one in model.inputs}
    changed = pd.DataFrame(
        [(model.base[name], single(value, name), units[name]) for name, value in measured.items()],
        index=pd.Index(list(measured), name="input"),
        columns=["promised", "measured", "unit"],
    )
    return Renewal(table.rename_axis("element"), changed, model.evc() - asked, model.evc(measured) - asked)


def interview_sheet(model: ValueModel) -> pd.DataFrame:
    """The questions behind the value model, to take along to the customer.

    Returns a DataFrame by ``input`` with ``question``, ``whom`` to ask, where to ``check`` the answer, ``unit``, the
    ``source`` of the present value, and ``low``, ``likely`` and ``high``: the ends and most likely value of a
    triangular or PERT input, the number of a fixed one, and the 10%, 50% and 90% quantiles of any other.
    ``with_answers`` reads it back.
    """
    rows = {}
    for one in model.inputs:
        low, likely, high = _three(one.value)
        rows[one.name] = (one.question, one.whom, one.check, one.unit, low, likely, high, one.source)
    names = ["question", "whom", "check", "unit", "low", "likely", "high", "source"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("input")


def with_answers(model: ValueModel, sheet: pd.DataFrame) -> ValueModel:
    """The model with a customer's answers: a filled ``interview_sheet``, or rows of it.

    A row with ``low``, ``likely`` and ``high`` becomes a PERT distribution, one with ``likely`` alone (or all three
    equal) a fixed number; a row as it was, or with nothing in all three, leaves the input as it is. Raises
    ``ValueError`` for inputs the model does not have and for rows where only one of low and high is given.
    """
    columns(sheet, ("low", "likely", "high"), "sheet")
    before = interview_sheet(model)
    changes: dict[str, Distribution] = {}
    for name, row in sheet.iterrows():
        low, likely, high = (None if pd.isna(row[part]) else single(row[part], f"{part} of {name}") for part in _PARTS)
        if low is None and likely is None and high is None:
            continue
        if name in before.index and [low, likely, high] == before.loc[name, list(_PARTS)].tolist():
            continue
        if likely is not None and (low is None) == (high is None):
            fixed = low is None or low == high == likely
            changes[str(name)] = Fixed(likely) if fixed else _pert(str(name), low, likely, high)
            continue
        raise ValueError(
            f"The row of '{name}' must give likely alone, or low, likely and high; got {low}, {likely}, {high}."
        )
    return model.with_inputs(changes)


_PARTS = ("low", "likely", "high")


def _pert(name: str, low: float | None, likely: float, high: float | None) -> Pert:
    try:
        return Pert(low, likely, high)
    except ValueError as reason:
        raise ValueError(f"The answers for '{name}' do not fit: {reason}") from None


def _three(value: Distribution) -> tuple[float, float, float]:
    if isinstance(value, Triangular | Pert):
        return value.low, value.likely, value.high
    if value.fixed:
        return value.mean, value.mean, value.mean
    return tuple(float(value.quantile(p)) for p in (0.1, 0.5, 0.9))
