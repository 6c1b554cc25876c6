"""Bring your own data: from a file to values and a memo, step by step, in the page, in JupyterLite or in Jupyter.

``own_data`` makes the guide. It holds no arithmetic: every step is a function of ``customer_value.own_data``, called
with what the controls say, and each says in a sentence what was done and what comes next.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

import customer_value.own_data as own
from customer_value.own_answers import company_answers
from customer_value.own_data import shown
from customer_value.own_data.completeness import USE_CASES
from customer_value.own_data.export import Answers

_ACCEPTED = ".csv,.tsv,.txt,.xlsx,.xlsm,.parquet,.pq,.gz,.zip"
_WIDE = {"width": "100%", "max_width": "36rem"}
_HIDDEN = "none"
_STYLE = """<style>
.own-data, .own-data .widget-box, .own-data .widget-html, .own-data .widget-html-content { min-width: 0; }
.own-data .widget-box, .own-data .widget-html { max-width: 100%; }
.own-data.own-data .widget-inline-hbox { flex-wrap: wrap; height: auto; max-width: 100%; }
.own-data.own-data.own-data .widget-inline-hbox > .widget-label {
  flex: 1 0 100%; max-width: 100%; white-space: normal; height: auto; text-align: left; line-height: 1.4;
}
.own-data :is(button, input, select, textarea, summary, .own-scroll):focus-visible {
  outline: 3px solid var(--pst-color-primary, var(--jp-brand-color1, currentcolor)) !important; outline-offset: 1px;
}
.own-data .widget-html { height: auto; }
.own-data details { margin: 0.5em 0; }
.own-data summary { cursor: pointer; font-weight: 600; padding: 0.25em 0; }
.own-data .own-scroll { overflow-x: auto; max-width: 100%; }
.own-data table { border-collapse: collapse; margin: 0.25em 0; table-layout: auto; }
.own-data caption { text-align: left; }
.own-data th, .own-data td { padding: 0.2em 0.6em; text-align: left; vertical-align: top; line-height: 1.4; }
.own-data .own-number { text-align: right; font-variant-numeric: tabular-nums; }
.own-data p, .own-data li { line-height: 1.5; }
.own-data a[download] { display: inline-block; padding: 0.25em 0; }
.own-data .own-long { min-width: 14rem; }
.own-data img { max-width: 100%; height: auto; }
.own-data .jupyter-button {
  align-self: flex-start; width: auto; max-width: 100%; height: auto; min-height: 2.25rem; margin: 0.25rem 2px;
  padding: 0.25rem 0.9rem; border: 1px solid currentcolor; line-height: 1.4; white-space: normal;
}
</style>"""

_ROLES = {
    "customer": "Customer",
    "date": "Date of the purchase",
    "amount": "Amount of the row",
    "quantity": "Quantity",
    "price": "Price of one piece",
    "order": "Order or invoice",
    "product": "Product",
    "return_marker": "Column that marks returns",
    "start": "Start of the contract",
    "end": "End of the contract",
    "plan": "Plan or tariff",
    "country": "Country",
    "channel": "Channel",
}
_BUSINESS = {
    "Purchases: each row is something bought": "purchases",
    "Contracts: each row has a start and an end": "subscriptions",
}
_RETURNS = {"take them off the purchase that they belong to": "net", "leave purchases as they are": "apart"}
_PERIODS = {"every month": "month", "every week": "week", "every year": "year"}
_SAMPLE_TERMS = {"margin": "40", "rate": "10", "currency": "EUR"}
_IN_A_BROWSER = sys.platform == "emscripten"


def own_data(path: str | Path | None = None) -> "OwnData":
    """The guide to show as the last line of a cell; ``path``: a file that is opened at once.

    A file chosen in the guide goes from the browser to the Python behind the page. Jupyter on your own computer limits
    what it takes that way to some 10 MB: give larger files there by ``path``.
    """
    return OwnData(path)


class OwnData(ipywidgets.VBox):
    """The guide, and what it has found so far.

    ``table``, ``mapping``, ``cleaned`` (or ``contracts``), ``result`` and ``memo``: each is ``None`` until its step is
    done, and again when an earlier step is repeated.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.table: own.Table | None = None
        self.mapping: own.Mapping | None = None
        self.cleaned: own.Cleaned | None = None
        self.contracts: pd.DataFrame | None = None
        self.result: own.Result | None = None
        self.memo: own.Memo | None = None
        self._guesses: own.Guesses | None = None
        self._unreadable: pd.DataFrame | None = None
        self._answers: Answers = {}
        self._file_steps()
        self._mapping_steps()
        self._cleaning_steps()
        self._terms_steps()
        self._memo_steps()
        self._parts = [self._file_part, self._mapping_part, self._cleaning_part, self._terms_part, self._memo_part]
        super().__init__([ipywidgets.HTML(_STYLE), *self._parts])
        self.add_class("own-data")
        self._show_parts(1)
        if path is not None:
            with self._trying(self._file_said):
                self._open(Path(path).name, Path(path).read_bytes())

    # --- 1: a file

    def _file_steps(self) -> None:
        self._chooser = ipywidgets.FileUpload(
            accept=_ACCEPTED,
            multiple=False,
            description="Choose a file",
            tooltip="Choose a file (CSV, Excel or Parquet)",
            layout={"width": "12rem"},
        )
        self._sample_log = _button("Try the sample: a shop's sales")
        self._sample_contracts = _button("Try the sample: a coffee club's contracts")
        self._sheet = _menu("Sheet", {"please choose": None})
        self._sheet.layout.display = _HIDDEN
        self._file_said, self._preview = _said(), ipywidgets.HTML()
        self._waiting: tuple[str, bytes] | None = None
        self._chooser.observe(self._chosen, names="value")
        self._sheet.observe(self._sheet_chosen, names="value")
        self._sample_log.on_click(lambda _: self._sample(own.sample_log()))
        self._sample_contracts.on_click(lambda _: self._sample(own.sample_contracts()))
        self._file_part = ipywidgets.VBox(
            [
                _heading("1. A file"),
                self._chooser,
                self._sample_log,
                self._sample_contracts,
                self._sheet,
                self._file_said,
                self._preview,
            ]
        )
        _say(
            self._file_said,
            "Choose a file with one row per purchase (or contract): CSV, Excel or Parquet. It is read here and goes"
            " nowhere else. Or take a sample.",
        )

    def _chosen(self, _change: object) -> None:
        if not self._chooser.value:
            return
        file = self._chooser.value[0]
        name, content = file["name"], bytes(file["content"])
        # The bytes are held once, not in the control as well.
        self._chooser.value = ()
        with self._trying(self._file_said):
            self._open(name, content)

    def _sample(self, sample: Any) -> None:
        with self._trying(self._file_said):
            self._open(sample.name, sample.content)
            for name, value in _SAMPLE_TERMS.items():
                getattr(self, f"_{name}").value = value

    def _open(self, name: str, content: bytes) -> None:
        self._forget(1)
        self._preview.value = ""
        self._sheet.layout.display = _HIDDEN
        _say(self._file_said, f"Reading {name} …")
        sheets = own.sheet_names(content, name)
        if len(sheets) > 1:
            self._waiting = None
            self._sheet.options = [("please choose", None), *((sheet, sheet) for sheet in sheets)]
            self._sheet.value = None
            self._waiting = name, content
            self._sheet.layout.display = ""
            _say(self._file_said, f"{name} has {len(sheets)} sheets: choose the one with the purchases.")
            return
        self._take(own.read_table(content, name))

    def _sheet_chosen(self, _change: object) -> None:
        if self._waiting is None or self._sheet.value is None:
            return
        name, content = self._waiting
        with self._trying(self._file_said):
            _say(self._file_said, f"Reading {name} …")
            self._take(own.read_table(content, name, sheet=self._sheet.value))

    def _take(self, table: own.Table) -> None:
        self._forget(1)
        self._guesses = own.guess_mapping(table)
        self.table = table
        read = "; ".join(f"{what}: {how}" for what, how in table.notes.items())
        _say(
            self._file_said,
            f"{table.name}: {len(table.frame):,} rows and {len(table.frame.columns)} columns"
            f"{f' ({read})' if read else ''}. Are these your columns? Then go on to step 2.",
        )
        self._preview.value = shown.table(table.preview(5), "The first rows", index=False)
        self._offer_mapping()
        self._show_parts(2)

    # --- 2: which column is which

    def _mapping_steps(self) -> None:
        self._business = _menu("What a row is", _BUSINESS)
        self._roles = ipywidgets.VBox()
        self._role_menus: dict[str, ipywidgets.Dropdown] = {}
        self._date_order = _menu(
            "How dates are written",
            {"as the entries show": None, **{words: key for key, words in own.DATE_ORDERS.items()}},
        )
        self._decimal = _menu(
            "Decimal mark of amounts",
            {"as the entries show": None, "a point, as 1,234.50": ".", "a comma, as 1.234,50": ","},
        )
        self._return_values = _text("Entries that mark a return, with commas between", "")
        self._read = _button("Read the columns this way", primary=True)
        self._mapping_said = _said()
        self._business.observe(self._business_changed, names="value")
        self._read.on_click(lambda _: self._read_columns())
        self._mapping_part = ipywidgets.VBox(
            [
                _heading("2. Which column is which"),
                self._business,
                self._roles,
                self._date_order,
                self._decimal,
                self._return_values,
                self._read,
                self._mapping_said,
            ]
        )

    def _offer_mapping(self) -> None:
        assert self._guesses is not None
        if self._business.value == self._guesses.business:
            self._offer_roles()
        else:
            self._business.value = self._guesses.business
        self._date_order.value = self._decimal.value = None
        self._return_values.value = ", ".join(self._guesses.return_values)
        asked = _for_the_guide(" ".join(question.text for question in self._guesses.questions))
        _say(
            self._mapping_said,
            f"This looks like {self._guesses.business}: {self._guesses.business_reason}. Check each guess by its five"
            f" values, then press the button. {asked}",
        )

    def _business_changed(self, _change: object) -> None:
        if self._guesses is not None:
            self._forget(2)
            self._offer_roles()
            self._show_parts(2)

    def _offer_roles(self) -> None:
        guesses, table = self._guesses, self.table or self._guesses._table
        columns = {"(none)": None} | {str(name): name for name in table.frame.columns}
        held = table.columns()["examples"]
        self._role_menus, rows = {}, []
        for role in own.LOG_ROLES if self._business.value == "purchases" else own.SUBSCRIPTION_ROLES:
            guess = guesses.roles.get(role)
            menu = _menu(_ROLES[role], columns, guess.column if guess else None)
            note = ipywidgets.HTML(_why(guess, menu.value, held))
            menu.observe(
                lambda change, guess=guess, note=note: setattr(note, "value", _why(guess, change["new"], held)),
                names="value",
            )
            self._role_menus[role] = menu
            rows += [menu, note]
        self._roles.children = rows

    def _read_columns(self) -> None:
        with self._trying(self._mapping_said):
            self._forget(2)
            _say(self._mapping_said, "Reading the columns …")
            mapping = self._guesses.mapping(
                {role: menu.value for role, menu in self._role_menus.items()},
                business=self._business.value,
                date_order=self._date_order.value,
                decimal=self._decimal.value,
                return_values=_listed(self._return_values.value),
            )
            if mapping.questions:
                raise ValueError(_for_the_guide(" ".join(question.text for question in mapping.questions)))
            if mapping.business == "purchases":
                self._mapped = own.to_log(self.table, mapping)
                rows, lost = self._mapped.rows_read, self._mapped.unreadable
            else:
                self.contracts, self._unreadable = own.to_subscriptions(self.table, mapping)
                rows, lost = len(self.contracts), self._unreadable
            self.mapping = mapping
            odd = "".join(
                f" {row.rows:,} entries of {row.Index!r} could not be read, the first is {row.first!r}."
                for row in lost.itertuples()
            )
            after = "cleaned" if mapping.business == "purchases" else "valued"
            _say(self._mapping_said, f"{rows:,} rows are read.{odd} Below they are {after}.")
            if mapping.business == "purchases":
                codes = self._guesses.test_codes
                self._test_codes.value = ", ".join(codes.get("product", ())) if "product" in mapping.columns else ""
                self._test_codes.layout.display = "" if "product" in mapping.columns else _HIDDEN
                self._not_customers.value = ", ".join(codes.get("customer", ()))
                self._clean()
            else:
                period, reason = own.guess_period(self.contracts)
                self._period.value = period
                _say(self._terms_said, f"{_ask_terms()} Contracts: {reason}.")
                self._show_parts(4)

    # --- 3: cleaning

    def _cleaning_steps(self) -> None:
        self._test_codes = _text("Product codes that are no sales (tests, postage), with commas between", "")
        self._not_customers = _text("Customers that are none (tests, staff), with commas between", "")
        self._returns = _menu("Returns", _RETURNS)
        self._today = _text("Today: the last day that counts (empty: the last day in the file)", "", "2024-12-31")
        self._clean_again = _button("Clean again with these settings")
        self._cleaning_said, self._report = _said(), ipywidgets.HTML()
        self._clean_again.on_click(lambda _: self._clean())
        self._cleaning_part = ipywidgets.VBox(
            [
                _heading("3. Rows that count"),
                self._cleaning_said,
                self._report,
                self._test_codes,
                self._not_customers,
                self._returns,
                self._today,
                self._clean_again,
            ]
        )

    def _clean(self) -> None:
        with self._trying(self._cleaning_said):
            self._forget(3)
            self._show_parts(3)
            _say(self._cleaning_said, "Cleaning …")
            self._report.value = ""
            has_products = "product" in self.mapping.columns
            self.cleaned = own.clean(
                self._mapped,
                returns=self._returns.value,
                test_codes=_listed(self._test_codes.value) if has_products else (),
                not_customers=_listed(self._not_customers.value),
                today=self._today.value.strip() or None,
            )
            _say(
                self._cleaning_said,
                f"{len(self.cleaned.log):,} of {self.cleaned.rows_read:,} rows count; {self.cleaned.left_out:,} do not,"
                " and the table says why. Are these decisions yours? Change them below, or go on to step 4.",
            )
            self._report.value = shown.cleaning(self.cleaned.table)
            _say(self._terms_said, _ask_terms())
            self._show_parts(4)

    # --- 4: terms and values

    def _terms_steps(self) -> None:
        self._margin = _text("Margin: what is left of 100 of sales after costs that come with them, %", "", "40")
        self._rate = _text("Discount rate: what money costs your company, % a year", "", "10")
        self._currency = _text("Currency of the file", "", "EUR")
        self._horizon = _text("Months from today that count", "36")
        self._period = _menu("Contracts are renewed", {"please choose": None, **_PERIODS})
        self._price = _text("Price per period, where the file has none", "")
        self._run = _button("Value my customers", primary=True)
        self._terms_said, self._found = _said(), ipywidgets.HTML()
        self._run.on_click(lambda _: self._value())
        self._terms_part = ipywidgets.VBox(
            [
                _heading("4. What your customers are worth"),
                self._margin,
                self._rate,
                self._currency,
                self._horizon,
                self._period,
                self._price,
                self._run,
                self._terms_said,
                self._found,
            ]
        )

    def terms(self) -> own.Terms:
        """What the controls of step 4 say. Raises ``ValueError`` naming the field that lacks or cannot be read."""
        if not self._currency.value.strip():
            raise ValueError("Currency is empty: write the code or sign of the money in the file, such as EUR.")
        return own.Terms(
            margin=_percent(self._margin.value, "Margin"),
            discount_rate=_percent(self._rate.value, "Discount rate"),
            currency=self._currency.value.strip(),
            horizon_months=_whole(self._horizon.value, "Months from today that count"),
            today=self._today.value.strip() or None,
        )

    def _value(self) -> None:
        with self._trying(self._terms_said):
            self._forget(4)
            self._found.value = ""
            terms = self.terms()

            def progress(step: str, number: int, of: int) -> None:
                _say(self._terms_said, f"Step {number} of {of}: {step} …")

            if self.mapping.business == "purchases":
                result = own.value_log(self.cleaned, terms, progress=progress)
            else:
                if self._period.value is None:
                    raise ValueError("Say how often contracts are renewed: every month, week or year.")
                price = self._price.value.strip()
                result = own.value_subscriptions(
                    self.contracts,
                    terms,
                    period=self._period.value,
                    price=_number(price, "Price per period") if price else None,
                    unreadable=self._unreadable,
                    progress=progress,
                )
            _say(self._terms_said, "Drawing the figures …")
            self._found.value = shown.results(result)
            self.result = result
            grave = sum(finding.weight != "note" for finding in result.findings)
            read_first = f" Read the {grave} warning{'s' if grave > 1 else ''} first." if grave else ""
            _say(self._terms_said, f"{result.headline()}{read_first} Below, step 5 writes the memo.")
            self._gather()
            _say(
                self._memo_said,
                "Fill in what you have decided; everything here may stay empty. Then press the button.",
            )
            self._show_parts(5)

    # --- 5: the memo

    def _memo_steps(self) -> None:
        self._company = _text("Company", "")
        self._author = _text("Written by", "")
        self._discipline = _menu(
            "Value discipline", {"not decided yet": None} | {name: name for name in own.DISCIPLINES}
        )
        self._reason = ipywidgets.Textarea(
            description="Why this discipline", style={"description_width": "initial"}, layout=_WIDE
        )
        self._cases = [
            {
                "name": _text(f"Use case {number}: what to do", ""),
                "reach": _text(f"Customers that it reaches (use case {number})", ""),
                "uplift": _text(f"More sales from each of them, an assumption until tested (use case {number})", ""),
                "low": _text(f"At least; empty: no range (use case {number})", ""),
                "high": _text(f"At most; empty: no range (use case {number})", ""),
                "cost": _text(f"All it costs; a saving with a minus (use case {number})", ""),
            }
            for number in range(1, USE_CASES + 1)
        ]
        for case in self._cases:
            case["name"].layout.margin = "1rem 2px 2px"
        self._answers_file = ipywidgets.FileUpload(
            accept=".json",
            multiple=False,
            description="Choose a file of answers",
            tooltip="Choose a file of answers exported by My progress (.json)",
            layout={"width": "16rem"},
        )
        self._answers_said, self._memo_said, self._links = _said(), _said(), ipywidgets.HTML()
        self._write = _button("Write the memo and pack the figures", primary=True)
        self._answers_file.observe(self._answers_chosen, names="value")
        self._write.on_click(lambda _: self._write_memo())
        self._memo_part = ipywidgets.VBox(
            [
                _heading("5. The memo, and what to take away"),
                self._company,
                self._author,
                self._discipline,
                self._reason,
                *(field for case in self._cases for field in case.values()),
                self._answers_said,
                self._answers_file,
                self._write,
                self._memo_said,
                self._links,
            ]
        )

    def _gather(self) -> None:
        """Take the answers that the page put beside the notebook, unless a file was chosen."""
        with self._trying(self._answers_said):
            self._answers = self._answers or company_answers()
            self._tell_answers()

    def _tell_answers(self) -> None:
        count, chapters = sum(map(len, self._answers.values())), len(self._answers)
        several = "s" if chapters > 1 else ""
        _say(
            self._answers_said,
            f"Your answers to “Apply it to your company” go into the memo: {count} from {chapters} chapter{several}."
            if count
            else "No answers to “Apply it to your company” are here. If you wrote some, export them on the page"
            " My progress and choose that file.",
        )

    def _answers_chosen(self, _change: object) -> None:
        if not self._answers_file.value:
            return
        content = bytes(self._answers_file.value[0]["content"])
        self._answers_file.value = ()
        with self._trying(self._answers_said):
            self._answers = company_answers(content)
            self._tell_answers()

    def _write_memo(self) -> None:
        with self._trying(self._memo_said):
            self._links.value = ""
            _say(self._memo_said, "Writing the memo …")
            if not self._answers:
                self._gather()
            said = {
                "company": self._company.value,
                "answers": self._answers,
                "discipline": self._discipline.value,
                "discipline_reason": self._reason.value,
                "use_cases": [
                    _use_case(case, number) for number, case in enumerate(self._cases, start=1) if _begun(case)
                ],
            }
            memo = own.write_memo(self.result, author=self._author.value, **said)
            page, document = memo.to_html().encode(), memo.to_docx()
            _say(self._memo_said, "Packing the figures …")
            self._links.value = shown.downloads(
                ("customers.csv", "text/csv", own.customer_csv(self.result), "Customer list"),
                ("figures.zip", "application/zip", own.figures_zip(self.result), "Figures, PNG and SVG"),
                ("customer-value-memo.html", "text/html", page, "Memo as a page"),
                ("customer-value-memo.docx", _DOCX, document, "Memo for Word"),
            )
            self.memo = memo
            gaps = own.memo_gaps(**said)
            lacks = f" It still lacks something: {' '.join(gaps)}" if gaps else " Nothing is missing in it."
            _say(self._memo_said, f"The memo is written. Save the files below: this page keeps none of them.{lacks}")

    # --- between the steps

    def _show_parts(self, last: int) -> None:
        for number, part in enumerate(self._parts, start=1):
            skipped = number == 3 and self._business.value == "subscriptions"
            part.layout.display = _HIDDEN if number > last or skipped else ""
        contracts = self._business.value == "subscriptions"
        for field in (self._period, self._price):
            field.layout.display = "" if contracts else _HIDDEN
        self._return_values.layout.display = _HIDDEN if contracts else ""

    def _forget(self, step: int) -> None:
        """Drop what a step and those after it have found; what stands below it is hidden."""
        self.memo = self.result = None
        self._links.value = self._found.value = ""
        if step <= 3:
            self.cleaned = None
        if step <= 2:
            self.mapping = self.contracts = self._unreadable = None
            self._mapped: own.MappedLog | None = None
        if step <= 1:
            self.table = self._guesses = None
        self._show_parts(step)

    @contextmanager
    def _trying(self, said: ipywidgets.HTML) -> Iterator[None]:
        """Says in place what goes wrong: an error in a control's handler is shown nowhere else."""
        try:
            yield
        except ImportError as reason:
            _say(said, _without_pip(reason), wrong=True)
        except MemoryError:
            _say(
                said,
                "There is not enough memory for this file here. Export fewer columns or fewer years; a log of millions"
                " of rows is valued on your own computer, see the end of the lab.",
                wrong=True,
            )
        except (ValueError, TypeError, OSError) as reason:
            _say(said, _for_the_guide(str(reason)), wrong=True)
        except Exception as reason:
            _say(
                said,
                f"This stopped in a way that the guide does not know: {type(reason).__name__}: {reason}.",
                wrong=True,
            )


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


# Controls


def _button(label: str, primary: bool = False) -> ipywidgets.Button:
    # The colours of `button_style` have too little contrast on some pages: what comes next is bold instead.
    return ipywidgets.Button(
        description=label,
        tooltip=label,
        style={"font_weight": "bold" if primary else "normal"},
        layout={"width": "auto"},
    )


def _menu(label: str, options: Mapping[str, Any], value: Any = None) -> ipywidgets.Dropdown:
    made = ipywidgets.Dropdown(
        options=list(options.items()), description=label, style={"description_width": "initial"}, layout=dict(_WIDE)
    )
    # To ipywidgets a value of None can be an option or no option at all, which shows as an empty list.
    made.observe(_first_if_none, names="index")
    if value is not None:
        made.value = value
    elif made.index is None:
        made.index = 0
    return made


def _first_if_none(change: Any) -> None:
    if change["new"] is None and change["owner"].options:
        change["owner"].index = 0


def _text(label: str, value: str, example: str = "") -> ipywidgets.Text:
    return ipywidgets.Text(
        value=value,
        description=label,
        placeholder=f"for example {example}" if example else "",
        style={"description_width": "initial"},
        layout=dict(_WIDE),
    )


def _heading(text: str) -> ipywidgets.HTML:
    # A heading of the theme would be set as a section of the page.
    return ipywidgets.HTML(
        f'<p role="heading" aria-level="3" style="font-size: 1.15em; margin: 1em 0 0.25em">'
        f"<strong>{escape(text)}</strong></p>"
    )


def _said() -> ipywidgets.HTML:
    # The role is there before the first message, or a screen reader would not read that.
    return ipywidgets.HTML(_message(""))


def _say(place: ipywidgets.HTML, text: str, wrong: bool = False) -> None:
    place.value = _message(("<strong>Not yet: </strong>" if wrong else "") + escape(text))


def _message(markup: str) -> str:
    return f'<p role="status" style="line-height: 1.5; margin: 0.5em 0">{markup}</p>'


def _why(guess: "own.Guess | None", column: Any, held: pd.Series) -> str:
    """Why a column was guessed, and five values of the one that is chosen."""
    if column is None:
        said = "No column."
    else:
        said = f"Guessed: {guess.reason}. " if guess is not None and guess.column == column else "Your choice. "
        said += "Values: " + (" · ".join(held[column]) or "none") + "."
    return f'<p style="margin: 0 0 0.75em; overflow-wrap: anywhere; line-height: 1.4">{escape(said)}</p>'


_WORDS_FOR_CODE = (
    (r" \(date_order='[^']*'\)", ""),
    (r"No entry decides it\.", "No entry decides it: choose under “How dates are written”."),
    (r"or say date_order\b", "or choose how dates are written"),
    (r"say decimal='\.' or decimal=','", "choose it under “Decimal mark of amounts”"),
    (r"say which one is, with columns=\{[^}]*\}", "choose its column in the lists above"),
    (r"Say columns=\{[^}]*\}", "Choose it as the amount of the row, and (none) as the price,"),
    (r",? or say (header=False|another delimiter|its encoding)", ""),
    (r" Say which delimiter it has\.", ""),
)


def _for_the_guide(text: str) -> str:
    """A sentence of the library in which what is to be written as code is what is to be chosen here."""
    for code, words in _WORDS_FOR_CODE:
        text = re.sub(code, words, text)
    return text


def _ask_terms() -> str:
    return (
        "Three numbers are not in the file, and no default fits every company: margin, discount rate and currency. Ask"
        " your finance department, fill them in and press the button."
    )


# What the controls say


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _number(text: str, what: str) -> float:
    plain = text.strip().removesuffix("%").strip()
    try:
        return float(plain.replace(",", ".") if "." not in plain else plain)
    except ValueError:
        if not plain:
            raise ValueError(f"{what} is empty: write a number.") from None
        raise ValueError(f"{what} must be a number; got {text.strip()!r}.") from None


def _percent(text: str, what: str) -> float:
    value = _number(text, what)
    if not 0 <= value <= 100:
        raise ValueError(f"{what} is in per cent, from 0 to 100; got {text.strip()!r}.")
    if 0 < value < 1 and "%" not in text:
        raise ValueError(f"{what} is in per cent: write {100 * value:g} if you mean {value:.0%}, or {value:g}%.")
    return value / 100


def _whole(text: str, what: str) -> int:
    value = _number(text, what)
    if not value.is_integer():
        raise ValueError(f"{what} must be a whole number; got {text.strip()!r}.")
    return int(value)


def _begun(case: Mapping[str, ipywidgets.Text]) -> bool:
    return any(field.value.strip() for field in case.values())


def _use_case(case: Mapping[str, ipywidgets.Text], number: int) -> own.UseCase:
    if not case["name"].value.strip():
        raise ValueError(f"Use case {number} has numbers and no name: say what to do, or empty its fields.")
    reach, uplift, cost = (_number(case[field].value, case[field].description) for field in ("reach", "uplift", "cost"))
    low, high = (
        _number(case[end].value, case[end].description) if case[end].value.strip() else None for end in ("low", "high")
    )
    return own.UseCase(case["name"].value.strip(), reach, uplift, cost, uplift_low=low, uplift_high=high)


def _without_pip(reason: ImportError) -> str:
    """What to do where nothing can be installed: a package comes with the cell that imports it."""
    if not _IN_A_BROWSER:
        return str(reason)
    kind = next((name for name in ("openpyxl", "pyarrow") if name in str(reason)), None)
    if kind is None:
        return str(reason)
    return f"This kind of file needs the package {kind}: run a cell with `import {kind}`, then choose the file again."
