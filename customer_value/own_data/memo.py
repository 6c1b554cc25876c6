"""The customer value memo: what the data say, what the customers are worth, and what was decided; as HTML and .docx."""

import base64
import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import copysign

import numpy as np
import pandas as pd

from customer_value._inputs import amount, fraction, single
from customer_value.own_data import _docx
from customer_value.own_data.export import png
from customer_value.own_data.pipeline import Result
from customer_value.own_data.terms import money, rate_percent, signed_percent
from customer_value.plots.look import Figure, percent
from customer_value.use_cases import Sizing

_CAPTIONS = {
    "sales": "Sales by month; the dashed line ends what the test of the model was fitted to",
    "cohorts": "Share of each cohort that bought, in per cent, by periods since its first purchase",
    "tiers": "Value by tier, with intervals",
    "tracking": "Repeat purchases over time, as they were and as expected",
    "holdout": "Purchases in the holdout, by purchases before it",
    "capture": "Share of money in the holdout that the best customers by expectation brought",
    "frequency": "Customers by number of repeat purchases, as they were and as expected",
    "survival": "Share of the first year's contracts that is left, as it was and as expected",
}
"""What each figure shows, in the order of the memo; its title says what was found."""

DISCIPLINES = ("operational excellence", "product leadership", "customer intimacy")
"""The three value disciplines of chapter 4."""


@dataclass(frozen=True)
class UseCase:
    """Something to do with the values, sized: gain = reach × uplift × margin − cost."""

    name: str
    reach: float
    """Customers it reaches."""
    uplift: float
    """Additional sales per customer reached, money; an assumption until an experiment has measured it."""
    cost: float
    """All it costs, money; below zero: what it saves, as where something is stopped."""
    margin: float | None = None
    """Share of sales; ``None``: that of the terms."""
    uplift_low: float | None = None
    uplift_high: float | None = None
    """How low and how high the uplift may be."""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise ValueError(f"A use case needs a name; got {self.name!r}.")
        amount(self.reach, f"reach of {self.name!r}")
        single(self.cost, f"cost of {self.name!r}")
        single(self.uplift, f"uplift of {self.name!r}")
        if self.margin is not None:
            fraction(self.margin, f"margin of {self.name!r}")
        low, high = self.uplift_low, self.uplift_high
        if (low is not None and low > self.uplift) or (high is not None and high < self.uplift):
            raise ValueError(f"The uplift of {self.name!r} must be between uplift_low and uplift_high.")

    def gain(self, margin: float, uplift: float | None = None) -> float:
        """reach × uplift × margin − cost, money; ``margin`` counts where the case has none of its own."""
        share = margin if self.margin is None else self.margin
        return self.reach * (self.uplift if uplift is None else uplift) * share - self.cost

    def break_even(self, margin: float) -> float:
        """The uplift at which the gain is 0, money per customer reached: cost / (reach × margin).

        Below zero where the case saves something: the sales each may lose. Infinite where nobody is reached, unless it
        costs nothing either. ``margin`` as in ``gain``.
        """
        share = margin if self.margin is None else self.margin
        if self.cost == 0:
            return 0.0
        return self.cost / (self.reach * share) if self.reach > 0 else copysign(float("inf"), self.cost)


@dataclass(frozen=True)
class _Heading:
    text: str
    level: int


@dataclass(frozen=True)
class _Text:
    text: str
    bold: str = ""


@dataclass(frozen=True)
class _Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class _Picture:
    png: bytes
    svg: str
    alt: str
    caption: str


_Block = _Heading | _Text | _Bullets | _Table | _Picture


@dataclass(frozen=True)
class Memo:
    """A memo; ``write_memo`` makes it."""

    title: str
    company: str
    author: str
    day: pd.Timestamp
    language: str
    blocks: tuple[_Block, ...]

    def to_html(self) -> str:
        """One page that needs nothing else: styles and figures are in it, and it may load nothing."""
        body = "\n".join(_html(block) for block in self.blocks)
        by = " · ".join(part for part in (self.company, self.author, f"{self.day:%Y-%m-%d}") if part)
        return (
            f'<!DOCTYPE html>\n<html lang="{html.escape(self.language)}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:;'
            " style-src 'unsafe-inline'\">\n"
            f"<title>{html.escape(self.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
            f'<h1>{html.escape(self.title)}</h1>\n<p class="by">{html.escape(by)}</p>\n{body}\n</main>\n'
            "</body>\n</html>\n"
        )

    def to_docx(self) -> bytes:
        """The memo as a Word document; the same memo gives the same bytes."""
        document = _docx.Document(self.title, language=self.language, day=self.day.date(), author=self.author)
        document.heading(self.title, 0)
        document.paragraph(" · ".join(part for part in (self.company, self.author, f"{self.day:%Y-%m-%d}") if part))
        for block in self.blocks:
            match block:
                case _Heading():
                    document.heading(block.text, block.level)
                case _Text():
                    document.paragraph(block.text, bold=block.bold)
                case _Bullets():
                    document.bullets(block.items)
                case _Table():
                    document.table(block.header, block.rows, caption=block.caption, numbers=block.numbers)
                case _Picture():
                    document.picture(block.png, block.alt, block.caption)
        return document.to_bytes()


def write_memo(
    result: Result,
    *,
    company: str = "",
    author: str = "",
    answers: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    discipline: str | None = None,
    discipline_reason: str = "",
    use_cases: Iterable[UseCase] | Sizing = (),
    best: int = 10,
    day: str | pd.Timestamp | None = None,
    language: str = "en-GB",
) -> Memo:
    """The customer value memo.

    Parameters
    ----------
    result
        Of ``value_log``, ``value_summary`` or ``value_subscriptions``.
    company, author
        For the head of the memo.
    answers
        Chapter to (question, answer), as of ``read_answers``; empty answers are left out.
    discipline, discipline_reason
        One of ``DISCIPLINES``, and why.
    use_cases
        ``UseCase`` each, ranked by gain; or a ``Sizing`` of ``customer_value.use_cases`` (chapter 13), whose values
        have ranges of their own.
    best
        How many customers to list by name, 0 to 50.
    day
        Of the memo; ``None``: the last day observed, so that the same data give the same memo.
    language
        Of the document, for screen readers; the memo's own words are English.

    Raises ``ValueError`` or ``TypeError`` for another discipline, something else than use cases or answers.
    """
    if not isinstance(result, Result):
        raise TypeError(f"result must be of value_log or its like; got {type(result).__name__}.")
    if discipline is not None and discipline not in DISCIPLINES:
        raise ValueError(f"discipline must be one of {', '.join(DISCIPLINES)}; got {discipline!r}.")
    cases = _sized(use_cases, result)
    if not 0 <= best <= 50:
        raise ValueError(f"best must be from 0 to 50; got {best!r}.")
    pictures = {
        name: _Picture(png(figure), figure.to_svg(), figure.alt, f"Figure {number}. {_CAPTIONS[name]}")
        for number, (name, figure) in enumerate(_ordered(result.figures()).items(), start=1)
    }
    blocks = [
        *_summary(result, discipline, cases),
        *_data(result, pictures),
        *_worth(result, pictures, best),
        *_tests(result, pictures),
        *_warnings(result),
        *_decisions(result, discipline, discipline_reason, cases, _checked_answers(answers)),
        *_method(result),
    ]
    title = f"Customer value memo: {company.strip()}" if company.strip() else "Customer value memo"
    written = result.today if day is None else pd.Timestamp(day)
    return Memo(title, company.strip(), author.strip(), written, language, tuple(blocks))


@dataclass(frozen=True)
class _Cases:
    """Use cases as a table, the largest gain first."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    gain: int
    """Column with the gain."""


def _sized(use_cases: Iterable[UseCase] | Sizing, result: Result) -> _Cases | None:
    code, margin = result.terms.currency, result.terms.margin
    if isinstance(use_cases, Sizing):
        level = 0.8
        rows = tuple(
            (
                str(name),
                money(row["value"], code),
                f"{money(row['low'], code)} to {money(row['high'], code)}",
                percent(row["chance_of_loss"]),
                money(row["outlay"], code),
            )
            for name, row in use_cases.summary(level).iterrows()
        )
        header = ("Use case", "Value", f"{level:.0%} range", "Chance of a loss", "Outlay in the first year")
        return _Cases(f"Present value of each use case over {use_cases.years} years", header, rows, 1)
    cases = list(use_cases)
    if any(not isinstance(case, UseCase) for case in cases):
        raise TypeError("use_cases must be UseCase(name=…, reach=…, uplift=…, cost=…) each.")
    if not cases:
        return None
    rows = tuple(
        (
            case.name,
            f"{case.reach:,.0f}",
            money(case.uplift, code),
            money(case.cost, code),
            money(case.gain(margin), code),
            _between(case, margin, code),
        )
        for case in sorted(cases, key=lambda case: -case.gain(margin))
    )
    header = ("Use case", "Reach", "Uplift each", "Cost", "Gain", "If the uplift is low or high")
    return _Cases("Gain = reach × uplift × margin − cost; a cost below zero is a saving", header, rows, 4)


def _ordered(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """The figures in the order in which the memo shows them."""
    return {name: figures[name] for name in _CAPTIONS if name in figures}


def _checked_answers(answers: Mapping[str, Sequence[tuple[str, str]]] | None) -> dict[str, list[tuple[str, str]]]:
    found = {}
    for chapter, pairs in dict(answers or {}).items():
        if isinstance(pairs, str | bytes) or not all(len(pair) == 2 and not isinstance(pair, str) for pair in pairs):
            raise TypeError(f"answers[{chapter!r}] must be pairs of question and answer.")
        given = [(str(question).strip(), str(answer).strip()) for question, answer in pairs if str(answer).strip()]
        if given:
            found[str(chapter)] = given
    return found


def _summary(result: Result, discipline: str | None, cases: _Cases | None) -> list[_Block]:
    items = [result.headline()]
    first = result.tiers.iloc[0]
    if len(result.tiers) > 1:
        items.append(
            f"The {first['name']} ({int(first['customers']):,} customers) hold {first['share']:.0%} of it, the"
            f" {result.tiers.iloc[-1]['name']} {result.tiers.iloc[-1]['share']:.0%}."
        )
    if len(result.holdout):
        row = result.holdout.iloc[0]
        items.append(
            f"Tested on {result.split + pd.Timedelta(days=1):%Y-%m-%d} to {result.today:%Y-%m-%d}, which it had not"
            f" seen, the model was off by {signed_percent(row['error'])} in {row.name}."
        )
    grave = [one for one in result.findings if one.weight == "warning"]
    items.append(
        f"Warnings on where the data do not support the model: {len(grave)}. Read them before the values are used."
        if grave
        else "No check found the data at odds with the model."
    )
    if discipline:
        items.append(f"Discipline chosen: {discipline}.")
    if cases is not None:
        items.append(f"Largest use case: {cases.rows[0][0]}, {cases.rows[0][cases.gain]}, as assumed below.")
    return [_Heading("In short", 1), _Bullets(tuple(items))]


def _data(result: Result, pictures: dict[str, _Picture]) -> list[_Block]:
    blocks: list[_Block] = [_Heading("Data and cleaning", 1)]
    table = result.cleaning
    if len(table):
        code = result.terms.currency
        with_money = "money" in table.columns
        header = ("What", "Rows", "Share", *(("Money",) if with_money else ()), "Done", "Meaning")
        rows = tuple(
            (
                str(what),
                f"{int(row['rows']):,}",
                f"{row['share']:.1%}",
                *((money(row["money"], code),) if with_money else ()),
                str(row["done"]),
                str(row["meaning"]),
            )
            for what, row in table.iterrows()
        )
        blocks.append(
            _Table("Rows of the file, and what became of them", header, rows, (1, 2, 3) if with_money else (1, 2))
        )
    blocks += [pictures[name] for name in ("sales", "cohorts") if name in pictures]
    return blocks


def _worth(result: Result, pictures: dict[str, _Picture], best: int) -> list[_Block]:
    terms, code = result.terms, result.terms.currency
    sure = f"{terms.sure:.0%}"
    blocks: list[_Block] = [
        _Heading("What the customers are worth", 1),
        _Text(
            f"Value is the margin still to come from present customers from {result.today:%Y-%m-%d} on, over"
            f" {terms.horizon_months} months, at a margin of {terms.margin:.0%} of sales, discounted at"
            f" {rate_percent(terms.discount_rate)} a year. What they bought before, what winning them cost, and"
            " customers still to be won are not in it."
        ),
        pictures["tiers"],
    ]
    rows = tuple(
        (
            str(row["name"]),
            f"{int(row['customers']):,}",
            money(row["value"], code),
            f"{money(row['low'], code)} to {money(row['high'], code)}",
            f"{row['share']:.0%}",
            money(row["mean"], code),
        )
        for _, row in result.tiers.iterrows()
    )
    whole = result.total
    rows += (
        (
            "all",
            f"{int(whole['customers']):,}",
            money(whole["value"], code),
            f"{money(whole['low'], code)} to {money(whole['high'], code)}",
            "100%",
            money(whole["value"] / whole["customers"], code),
        ),
    )
    blocks.append(
        _Table(
            "Value by tier",
            ("Tier", "Customers", "Value", f"{sure} interval", "Share", "Per customer"),
            rows,
            (1, 2, 3, 4, 5),
        )
    )
    blocks.append(
        _Text(
            f"Intervals hold what is unknown of the models' parameters ({result.intervals}). They do not hold the"
            " luck of single customers, errors of the model, or changes in the market; the holdout shows more"
            " of those."
        )
    )
    blocks += _luck(result)
    if best:
        blocks.append(_best(result, best))
    return blocks


def _luck(result: Result) -> list[_Block]:
    table, code = result.checks.get("ranges", pd.DataFrame()), result.terms.currency
    if not len(table):
        return []
    rows = tuple(
        (
            str(name),
            money(row["expected"], code),
            f"{money(row['worst'], code)} to {money(row['best'], code)}",
            f"{row['nothing']:.0%}",
        )
        for name, row in table.iterrows()
    )
    header = ("Customer", "Expected", f"May bring ({result.terms.sure:.0%})", "Chance of nothing")
    return [_Table("One customer may bring far more or less than expected", header, rows, (1, 2, 3))]


def _best(result: Result, best: int) -> _Table:
    code = result.terms.currency
    shown = result.customers.head(best)
    wanted = [
        ("probability_alive", "P(alive)", percent),
        ("probability_stays", "P(stays)", percent),
        ("last_purchase", "Last purchase", lambda value: f"{value:%Y-%m-%d}"),
        ("purchases", "Purchases", lambda value: f"{int(value):,}"),
        ("tenure", "Periods so far", lambda value: f"{int(value):,}"),
        ("money_so_far", "So far", lambda value: money(value, code)),
    ]
    columns = [(name, label, say) for name, label, say in wanted if name in shown.columns]
    rows = tuple(
        (
            str(customer),
            money(row["clv"], code),
            f"{money(row['clv_low'], code)} to {money(row['clv_high'], code)}",
            *(say(row[name]) for name, _, say in columns),
        )
        for customer, row in shown.iterrows()
    )
    header = ("Customer", "Value", "Interval", *(label for _, label, _ in columns))
    return _Table(f"The {len(shown)} customers of highest value", header, rows, tuple(range(1, len(header))))


def _tests(result: Result, pictures: dict[str, _Picture]) -> list[_Block]:
    blocks: list[_Block] = [_Heading("Does the model hold?", 1)]
    if len(result.holdout):
        code = result.terms.currency
        rows = []
        for what, row in result.holdout.iterrows():
            say = (lambda value: money(value, code)) if what == "money" else (lambda value: f"{value:,.0f}")
            rows.append((str(what), say(row["actual"]), say(row["expected"]), signed_percent(row["error"])))
        blocks.append(
            _Text(
                f"The models were fitted to what was known on {result.split:%Y-%m-%d} and asked for the time up to"
                f" {result.today:%Y-%m-%d}. For the values above they were fitted anew to all."
            )
        )
        header = ("Holdout", "Actual", "Expected", "Error")
        blocks.append(_Table("Expected before, and what happened", header, tuple(rows), (1, 2, 3)))
    else:
        blocks.append(_Text("There was no holdout to test the model on."))
    names = ("tracking", "holdout", "capture", "frequency", "survival")
    return [*blocks, *(pictures[name] for name in names if name in pictures)]


def _warnings(result: Result) -> list[_Block]:
    blocks: list[_Block] = [_Heading("Where the data do not support the model", 1)]
    table = result.findings_table()
    if table.empty:
        return [*blocks, _Text("Nothing was found. That is no proof: the checks look for what they know.")]
    for _, row in table.iterrows():
        blocks.append(_Text(f"{row['seen']} {row['why']} What to do: {row['do']}", f"{row['weight'].capitalize()}."))
    blocks.append(_Text("The limits behind these are rules of thumb, not tests."))
    return blocks


def _decisions(
    result: Result,
    discipline: str | None,
    reason: str,
    cases: _Cases | None,
    answers: dict[str, list[tuple[str, str]]],
) -> list[_Block]:
    blocks: list[_Block] = [_Heading("Decisions", 1)]
    if discipline:
        blocks.append(_Heading("Value discipline", 2))
        blocks.append(_Text(f"{discipline.capitalize()}. {reason}".strip()))
    if cases is not None:
        blocks += [
            _Heading("Use cases", 2),
            _Table(cases.caption, cases.header, cases.rows, tuple(range(1, len(cases.header)))),
            _Text("Uplifts are assumptions until an experiment has measured them."),
        ]
    if answers:
        blocks.append(_Heading("Applied to this company", 2))
        for chapter, pairs in answers.items():
            blocks.append(_Heading(chapter, 3))
            blocks += [_Text(f"\n{answer}", question) for question, answer in pairs]
    if len(blocks) == 1:
        blocks.append(_Text("No decision has been written down yet."))
    return blocks


def _between(case: UseCase, margin: float, code: str) -> str:
    if case.uplift_low is None and case.uplift_high is None:
        return "not said"
    low = case.uplift if case.uplift_low is None else case.uplift_low
    high = case.uplift if case.uplift_high is None else case.uplift_high
    return f"{money(case.gain(margin, low), code)} to {money(case.gain(margin, high), code)}"


def _method(result: Result) -> list[_Block]:
    names = " and ".join(dict.fromkeys(str(name) for name, _ in result.parameters.index))
    rows = tuple(
        (
            str(model),
            str(parameter),
            f"{row['estimate']:.4g}",
            f"{row['standard_error']:.2g}" if np.isfinite(row["standard_error"]) else "none",
        )
        for (model, parameter), row in result.parameters.iterrows()
    )
    unit = "weeks" if result.kind == "purchases" else "periods of the contract"
    return [
        _Heading("Method", 1),
        _Text(f"Models: {names}; time in {unit}. Last day observed: {result.today:%Y-%m-%d}."),
        _Table("Parameters", ("Model", "Parameter", "Estimate", "Standard error"), rows, (2, 3)),
    ]


# HTML

_STYLE = (
    ":root{color-scheme:light}body{margin:0;background:#fff;color:#1c2733;font:16px/1.5 system-ui,'Segoe UI',Roboto,"
    "'Helvetica Neue',Arial,sans-serif}main{max-width:46rem;margin:0 auto;padding:1.5rem 1rem 3rem}h1,h2,h3,h4{"
    "color:#1b4f8f;line-height:1.25;margin:1.6em 0 .5em}h1{font-size:1.8rem;margin-top:0}h2{font-size:1.35rem}"
    "h3{font-size:1.1rem}h4{font-size:1rem}.by{color:#47525e}.wide{overflow-x:auto}table{border-collapse:collapse;"
    "width:100%;margin:.5rem 0 1rem;font-size:.9rem}caption{text-align:left;font-weight:600;padding:.4rem 0}"
    "th,td{border:1px solid #a0a8b0;padding:.3rem .5rem;text-align:left;vertical-align:top}th{background:#dfe5ec}"
    "td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    "figure{margin:1rem 0;break-inside:avoid}"
    "figure img{max-width:100%;height:auto;width:27rem}figcaption{font-size:.9rem;color:#47525e}"
    ".a{white-space:pre-line}"
    "@page{margin:2cm}@media print{body{font-size:11pt}main{max-width:none;padding:0}h2,h3,h4{break-after:avoid}"
    "tr{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}}"
)


def _html(block: _Block) -> str:
    match block:
        case _Heading():
            return f"<h{block.level + 1}>{html.escape(block.text)}</h{block.level + 1}>"
        case _Text():
            strong = f"<strong>{html.escape(block.bold)}</strong> " if block.bold else ""
            return f'<p class="a">{strong}{html.escape(_docx.plain(block.text))}</p>'
        case _Bullets():
            return "<ul>" + "".join(f"<li>{html.escape(item)}</li>" for item in block.items) + "</ul>"
        case _Table():
            return _html_table(block)
        case _Picture():
            data = base64.b64encode(block.svg.encode()).decode()
            return (
                f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{html.escape(block.alt)}">'
                f"<figcaption>{html.escape(block.caption)}</figcaption></figure>"
            )


def _html_table(block: _Table) -> str:
    def cells(row: Sequence[str], head: bool) -> str:
        found = []
        for at, text in enumerate(row):
            kind = ' class="n"' if at in block.numbers else ""
            written = html.escape(_docx.plain(text))
            if head:
                found.append(f'<th scope="col"{kind}>{written}</th>')
            elif at == 0:
                found.append(f'<th scope="row">{written}</th>')
            else:
                found.append(f"<td{kind}>{written}</td>")
        return f"<tr>{''.join(found)}</tr>"

    rows = "".join(cells(row, False) for row in block.rows)
    caption = html.escape(block.caption)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead>{cells(block.header, True)}</thead><tbody>{rows}</tbody></table></div>"
    )
