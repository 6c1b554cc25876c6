"""The guide from a file to a memo, used as a learner uses it: by its controls."""

import io
import json
import re
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from html import unescape

import ipywidgets
import numpy as np
import pandas as pd
import pytest

from customer_value.own_answers import FILE
from customer_value.own_data_widgets import OwnData, own_data


def _all(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _all(child)


def _named(guide: OwnData, label: str) -> ipywidgets.Widget:
    found = _named_all(guide, label)
    (one,) = [one for one in found if one.description == label] or found
    return one


def _named_all(guide: OwnData, label: str) -> list[ipywidgets.Widget]:
    return [one for one in _all(guide) if getattr(one, "description", "").startswith(label)]


def _text(guide: OwnData) -> str:
    """What can be read: hidden parts left out."""

    def seen(widget: ipywidgets.Widget) -> Iterator[str]:
        if widget.layout.display == "none":
            return
        if isinstance(widget, ipywidgets.HTML):
            yield unescape(re.sub("<[^>]+>", " ", re.sub("<style>.*?</style>", "", widget.value, flags=re.DOTALL)))
        for child in getattr(widget, "children", ()):
            yield from seen(child)

    return " ".join(" ".join(seen(guide)).split())


def _shown(guide: OwnData, label: str) -> bool:
    def within(widget: ipywidgets.Widget) -> bool:
        if widget.layout.display == "none":
            return False
        return getattr(widget, "description", "").startswith(label) or any(map(within, getattr(widget, "children", ())))

    return within(guide)


def _choose(guide: OwnData, name: str, content: bytes, chooser: str = "Choose a file") -> None:
    uploader = next(one for one in _all(guide) if isinstance(one, ipywidgets.FileUpload) and one.description == chooser)
    uploader.value = [
        {
            "name": name,
            "type": "",
            "size": len(content),
            "last_modified": pd.Timestamp("2025-01-01", tz="UTC").to_pydatetime(),
            "content": memoryview(content),
        }
    ]


def _press(guide: OwnData, label: str) -> None:
    _named(guide, label).click()


def _fill(guide: OwnData, **fields: str) -> None:
    for start, value in fields.items():
        _named(guide, start.replace("_", " ")).value = value


def _links(guide: OwnData) -> dict[str, bytes]:
    found = [match for one in _all(guide) if isinstance(one, ipywidgets.HTML) for match in _LINK.findall(one.value)]
    return {name: b64decode(content) for name, content in found}


_LINK = re.compile(r'<a download="([^"]+)" href="data:[^;]+;base64,([^"]+)"')


@pytest.fixture(scope="module")
def german() -> pd.DataFrame:
    """Purchases of 400 customers in two years, as a German shop would export them."""
    rng = np.random.default_rng(7)
    rows = []
    for customer in range(400):
        day, rate = rng.integers(0, 300), rng.gamma(1.2, 1 / 60)
        while day < 730:
            bought = pd.Timestamp("2023-01-01") + pd.Timedelta(days=int(day))
            rows.append((f"K{customer:04d}", bought, rng.gamma(4, 12)))
            day += max(1, rng.exponential(1 / rate))
            if rng.random() < 0.08:
                break
    log = pd.DataFrame(rows, columns=["KundenNr", "Rechnungsdatum", "Betrag"]).sort_values("Rechnungsdatum")
    log["Rechnungsdatum"] = log["Rechnungsdatum"].dt.strftime("%d.%m.%Y")
    log["Betrag"] = log["Betrag"].map(lambda amount: f"{amount:.2f}".replace(".", ","))
    return log


@pytest.fixture
def guide(tmp_path, monkeypatch) -> OwnData:
    monkeypatch.chdir(tmp_path)
    return own_data()


def test_a_german_file_becomes_values_and_a_memo(guide, german, tmp_path):
    (tmp_path / FILE).write_text(
        json.dumps(
            {
                "format": "customer-value/company-answers",
                "version": 1,
                "answers": {"purse": {"share": "About half"}},
                "questions": {"purse": {"chapter": "Heterogeneity", "fields": {"share": "Share of the best tenth"}}},
            }
        ),
        encoding="utf-8",
    )
    assert not _shown(guide, "Customer")
    _choose(guide, "Umsätze.csv", german.to_csv(index=False, sep=";").encode("cp1252"))
    assert "Umsätze.csv" in _text(guide)
    assert {
        label: _named(guide, label).value for label in ("Customer", "Date of the purchase", "Amount of the row")
    } == {"Customer": "KundenNr", "Date of the purchase": "Rechnungsdatum", "Amount of the row": "Betrag"}
    assert german["Betrag"].iloc[4] in _text(guide)
    _press(guide, "Read the columns")
    assert f"{len(german):,} of {len(german):,} rows count" in _text(guide)

    _press(guide, "Value my customers")
    assert "Not yet: Currency is empty" in _text(guide)
    _fill(guide, Margin="35", Discount_rate="0.1", Currency="EUR")
    _press(guide, "Value my customers")
    assert "Discount rate is in per cent: write 10 if you mean 10%" in _text(guide)
    _fill(guide, Discount_rate="8,5")
    _press(guide, "Value my customers")
    assert guide.result.terms.margin == 0.35
    assert guide.result.terms.discount_rate == pytest.approx(0.085)
    assert guide.result.headline() in _text(guide)
    for section in ("Warnings and notes", "Value by tier", "RFM", "Cohorts", "The model", "Test on days"):
        assert section in _text(guide)
    assert "1 from 1 chapter." in _text(guide)

    _fill(guide, Company="Muster GmbH", Use_case_1="Call the best")
    _press(guide, "Write the memo")
    assert "Customers that it reaches (use case 1) is empty" in _text(guide)
    for label, value in {"Customers that it reaches": "40", "More sales": "30", "All it costs": "200"}.items():
        _named_all(guide, label)[0].value = value
    _press(guide, "Write the memo")
    assert "1 of 3 use cases are sized" in _text(guide)
    assert "The uplift of 'Call the best' is one number" in _text(guide)
    files = _links(guide)
    assert list(files) == ["customers.csv", "figures.zip", "customer-value-memo.html", "customer-value-memo.docx"]
    memo = files["customer-value-memo.html"].decode()
    for said in ("Muster GmbH", "Share of the best tenth", "About half", "Call the best"):
        assert said in memo
    assert zipfile.is_zipfile(io.BytesIO(files["customer-value-memo.docx"]))
    assert any(name.endswith(".svg") for name in zipfile.ZipFile(io.BytesIO(files["figures.zip"])).namelist())
    assert files["customers.csv"].startswith(b"\xef\xbb\xbf")


def test_dates_that_can_be_read_two_ways_are_asked(guide, german):
    early = german[german["Rechnungsdatum"].str[:2].astype(int) <= 12]
    _choose(guide, "a.csv", early.to_csv(index=False, sep=";").encode())
    _press(guide, "Read the columns")
    assert guide.mapping is None
    assert "Not yet:" in _text(guide)
    assert "No entry decides it: choose under “How dates are written”." in _text(guide)
    assert "date_order" not in _text(guide)
    assert not _shown(guide, "Returns")
    _named(guide, "How dates are written").value = "day-month-year"
    _press(guide, "Read the columns")
    assert guide.mapping.date_order == "day-month-year"
    assert _shown(guide, "Returns")


def test_an_excel_file_with_two_sheets_asks_which(guide, german):
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        german.to_excel(writer, sheet_name="Umsatz", index=False)
        german.head(3).to_excel(writer, sheet_name="Notizen", index=False)
    _choose(guide, "Umsatz.xlsx", buffer.getvalue())
    assert guide.table is None
    assert "has 2 sheets" in _text(guide)
    _named(guide, "Sheet").value = "Umsatz"
    assert len(guide.table.frame) == len(german)


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def test_a_parquet_file_is_read(guide, german):
    _choose(guide, "sales.parquet", _parquet(german))
    assert guide.table.kind == "parquet"
    assert len(guide.table.frame) == len(german)


def test_the_samples_go_through_both_kinds_of_business(guide):
    _press(guide, "Try the sample: a coffee club")
    assert _named(guide, "What a row is").value == "subscriptions"
    _press(guide, "Read the columns")
    assert _named(guide, "Contracts are renewed").value == "month"
    assert not _shown(guide, "Returns")
    _press(guide, "Value my customers")
    assert guide.result.kind == "subscriptions"
    assert "Contracts left" in _text(guide)

    _press(guide, "Try the sample: a shop")
    assert guide.result is None
    assert not _shown(guide, "Value my customers")
    assert not _shown(guide, "Contracts are renewed")
    _press(guide, "Read the columns")
    assert "SAMPLE" in _named(guide, "Product codes that are no sales").value
    _named(guide, "Today").value = "2023-12-31"
    _press(guide, "Clean again")
    assert guide.cleaned.log["date"].max() < pd.Timestamp("2024-01-01")


def test_what_is_to_be_chosen_is_not_asked_for_as_code(guide, german):
    thousands = german.assign(Betrag=[f"1,{k % 900 + 100}" for k in range(len(german))])
    _choose(guide, "a.csv", thousands.to_csv(index=False, sep=";").encode())
    _press(guide, "Read the columns")
    assert "choose it under “Decimal mark of amounts”" in _text(guide)
    _named(guide, "Amount of the row").value = None
    _press(guide, "Read the columns")
    assert "choose its column in the lists above" in _text(guide)
    priced = german.rename(columns={"Betrag": "UnitPrice"})
    _choose(guide, "a.csv", priced.to_csv(index=False, sep=";").encode())
    _press(guide, "Read the columns")
    assert "Choose it as the amount of the row" in _text(guide)
    for code in ("decimal=", "columns=", "date_order"):
        assert code not in _text(guide)


def test_a_column_in_two_roles_is_refused(guide, german):
    _choose(guide, "a.csv", german.to_csv(index=False, sep=";").encode())
    _named(guide, "Order or invoice").value = "KundenNr"
    _press(guide, "Read the columns")
    assert "Not yet: The column 'KundenNr' cannot be both customer and order" in _text(guide)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty.csv is empty"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old.xls"),
        ("one.csv", b"a\n1\n2\n", "one.csv has one column only"),
        ("broken.parquet", b"PAR1" + b"\0" * 40, "broken.parquet"),
    ],
)
def test_a_file_that_cannot_be_used_is_answered_in_a_sentence(guide, name, content, said):
    _choose(guide, name, content)
    assert "Not yet:" in _text(guide)
    assert said in _text(guide)
    assert "Say which delimiter" not in _text(guide)
    assert not _shown(guide, "What a row is")


def test_answers_come_from_a_file_too(guide):
    guide._show_parts(5)
    _choose(guide, "answers.json", b"{}", "Choose a file of answers")
    assert "Not yet: This is no file of answers" in _text(guide)
    exported = {"file": "customer-value-workbook progress", "written": {"company:purse": {"share": "Half"}}}
    _choose(guide, "answers.json", json.dumps(exported).encode(), "Choose a file of answers")
    assert "1 from 1 chapter." in _text(guide)


def test_a_file_beside_the_notebook_is_opened_at_once(german, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sales.csv").write_bytes(german.to_csv(index=False, sep=";").encode())
    assert len(own_data("sales.csv").table.frame) == len(german)
    assert "Not yet:" in _text(own_data("other.csv"))


def test_every_control_has_a_name(guide):
    _press(guide, "Try the sample: a shop")
    fields = (ipywidgets.Text, ipywidgets.Textarea, ipywidgets.Dropdown, ipywidgets.Button, ipywidgets.FileUpload)
    names = [one.description for one in _all(guide) if isinstance(one, fields)]
    assert len(names) > 30
    assert all(len(name) > 4 for name in names)


def test_no_list_is_shown_empty(guide):
    _press(guide, "Try the sample: a shop")
    for menu in (one for one in _all(guide) if isinstance(one, ipywidgets.Dropdown)):
        assert menu.index is not None, menu.description
        if menu.options[0][1] is None:
            menu.index = len(menu.options) - 1
            menu.value = None
            assert menu.index == 0, menu.description


def test_what_a_file_holds_is_shown_as_text(guide, german: pd.DataFrame):
    nasty = german.rename(columns={"Betrag": "<b>Betrag</b>"})
    _choose(guide, "<i>.csv", nasty.to_csv(index=False, sep=";").encode())
    held = "".join(one.value for one in _all(guide) if isinstance(one, ipywidgets.HTML))
    assert "<b>Betrag" not in held
    assert "<i>.csv" not in held
