"""Which column is which: guesses with reasons, questions instead of silent choices, and what the learner says."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from customer_value.datasets import load_cdnow, load_kettleholt
from customer_value.own_data import clean, guess_mapping, read_table, to_log, to_subscriptions
from customer_value.own_data._dates import order_of, read_dates
from customer_value.own_data._numbers import amounts, marks
from customer_value.own_data._words import ROLES, name_score, words
from customer_value.own_data.files import Table


def table(frame: pd.DataFrame, name: str = "mine.csv") -> Table:
    """As if it had come from a file: text only, or with the types of the frame for .parquet."""
    if name.endswith(".csv"):
        return read_table(frame.to_csv(index=False).encode(), name)
    return Table(frame, name, "parquet", {})


def sales(dates: list[str], *, rows: int = 120, **columns: object) -> pd.DataFrame:
    number = np.arange(rows)
    base = {
        "customer": [f"C{k % 30:03d}" for k in number],
        "date": [dates[k % len(dates)] for k in number],
        "amount": [f"{10 + k}.5" for k in number],
    }
    return pd.DataFrame(base | columns)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("customer_id order_id order_date total country", "customer order date amount country"),
        ("CustomerID InvoiceNo InvoiceDate Quantity UnitPrice Country", "customer order date quantity price country"),
        ("Kundennummer Rechnungsnr Rechnungsdatum Nettobetrag Land", "customer order date amount country"),
        ("KundenNr BestellNr Bestelldatum Umsatz Vertriebskanal", "customer order date amount channel"),
        ("Kd-Nr Belegnummer Belegdatum Menge Einzelpreis Artikelnummer", "- order date quantity price product"),
        ("id_client date_commande numero_facture montant_ht pays", "customer date order amount country"),
        ("client_id date_achat quantité prix_unitaire canal", "customer date quantity price channel"),
        ("klantnummer besteldatum factuurnummer bedrag land", "customer date order amount country"),
        ("klant_id datum aantal stuksprijs winkel", "customer date quantity price channel"),
        ("id_cliente fecha_pedido num_factura importe_total país", "customer date order amount country"),
        ("cliente fecha cantidad precio_unitario tienda", "customer date quantity price channel"),
        ("userId purchasedAt orderNumber grossRevenue salesChannel", "customer date order amount channel"),
    ],
)
def test_names_in_five_languages(names: str, expected: str) -> None:
    for name, role in zip(names.split(), expected.split(), strict=True):
        scores = {each: name_score(name, each)[0] for each in ROLES if each not in ("start", "end", "plan")}
        if role != "-":
            assert scores[role] >= 0.65, (name, scores)
            assert max(scores, key=lambda each: scores[each]) == role, (name, scores)


@pytest.mark.parametrize("name", ["CustomerName", "customer_country", "kunde_seit", "client_email", "CustomerType"])
def test_what_is_said_about_a_customer_is_no_customer(name: str) -> None:
    assert name_score(name, "customer")[0] < 0.45


def test_a_shops_export_with_many_columns() -> None:
    """Without a customer number the e-mail address stands for the customer; tax and shipping are no amount."""
    number = np.arange(300)
    frame = pd.DataFrame(
        {
            "Name": [f"#{1000 + k}" for k in number],
            "Email": [f"p{k % 90}@example.org" for k in number],
            "Financial Status": np.where(number % 20 == 0, "refunded", "paid"),
            "Paid at": pd.date_range("2023-01-01", periods=300, freq="31h").strftime("%Y-%m-%d %H:%M:%S +0100"),
            "Currency": "EUR",
            "Subtotal": (20 + number % 37 * 1.5).round(2),
            "Shipping": 4.9,
            "Taxes": (number % 37 * 0.3).round(2),
            "Total": (25 + number % 37 * 1.8).round(2),
            "Discount Amount": 0.0,
            "Created at": pd.date_range("2023-01-01", periods=300, freq="31h").strftime("%Y-%m-%d %H:%M:%S"),
            "Billing Country": np.where(number % 3 == 0, "DE", "AT"),
            "Source": np.where(number % 2 == 0, "web", "pos"),
        }
    )
    mapping = guess_mapping(table(frame)).mapping()
    assert mapping.columns["customer"] == "Email"
    assert mapping.columns["amount"] in ("Total", "Subtotal")
    assert mapping.columns["date"] in ("Created at", "Paid at")
    assert mapping.columns["country"] == "Billing Country"
    assert mapping.columns["channel"] == "Source"


def test_words_of_a_name() -> None:
    assert words("InvoiceDate") == ["invoice", "date"]
    assert words("Stückpreis_EUR") == ["stuckpreis", "eur"]
    assert words("HTTPServerID2") == ["http", "server", "id2"]


def test_cdnow_and_kettleholt_are_guessed() -> None:
    guesses = guess_mapping(table(load_cdnow(sample=True)))
    mapping = guesses.mapping()
    assert mapping.columns["customer"] == "customer_id"
    assert (mapping.columns["date"], mapping.columns["amount"]) == ("date", "value")
    assert "price" not in mapping.columns
    kettleholt = guess_mapping(table(load_kettleholt("transactions").head(20_000)))
    assert kettleholt.mapping().columns == {
        "customer": "CustomerID",
        "date": "InvoiceDate",
        "quantity": "Quantity",
        "price": "UnitPrice",
        "order": "InvoiceNo",
        "product": "StockCode",
        "country": "Country",
    }
    assert kettleholt.business == "purchases"
    assert kettleholt.test_codes["product"] == ("SAMPLE",)
    listed = kettleholt.table()
    assert listed.loc["customer", "confidence"] >= 0.9
    assert "customer" in listed.loc["customer", "reason"]
    assert len(kettleholt.roles["order"].examples) == 5


def test_a_log_through_csv_is_the_log() -> None:
    log = load_cdnow(sample=True)
    source = table(log)
    read = to_log(source, guess_mapping(source).mapping())
    assert read.rows_read == len(log)
    assert read.unreadable.empty
    pd.testing.assert_series_equal(read.log["value"], log["value"], check_names=False)
    assert (read.log["date"] == log["date"]).all()
    assert (read.log["customer_id"].astype("int64") == log["customer_id"]).all()


def test_a_price_that_is_called_value_is_still_a_price() -> None:
    frame = sales(["2023-01-05", "2023-02-06"]).rename(columns={"amount": "value"}).assign(pieces="2")
    source = table(frame)
    read = to_log(source, guess_mapping(source).mapping({"quantity": "pieces", "price": "value"}))
    assert read.log["value"].iloc[0] == 21.0


def test_quantity_times_price() -> None:
    lines = load_kettleholt("transactions").head(5_000)
    source = table(lines)
    read = to_log(source, guess_mapping(source).mapping())
    np.testing.assert_allclose(read.log["value"], lines["Quantity"] * lines["UnitPrice"])


# Days and months


def test_day_first_is_seen_where_a_day_decides_it() -> None:
    source = table(sales(["03/04/2023", "25/12/2023", "01/02/2023"]))
    mapping = guess_mapping(source).mapping()
    assert (mapping.date_order, mapping.questions) == ("day-month-year", ())
    assert to_log(source, mapping).log["date"].iloc[0] == pd.Timestamp("2023-04-03")


def test_month_first_is_seen_where_a_day_decides_it() -> None:
    source = table(sales(["03/04/2023 14:05", "12/25/2023 2:05 PM"]))
    log = to_log(source, guess_mapping(source).mapping()).log
    assert log["date"].iloc[0] == pd.Timestamp("2023-03-04 14:05")
    assert log["date"].iloc[1] == pd.Timestamp("2023-12-25 14:05")


def test_an_open_order_is_asked_and_not_guessed() -> None:
    source = table(sales(["03/04/2023", "05/06/2023"]))
    guesses = guess_mapping(source)
    (question,) = guesses.questions
    assert (question.about, question.column) == ("date_order", "date")
    assert question.choices == ("day-month-year", "month-day-year")
    assert "03/04/2023" in question.text
    with pytest.raises(ValueError, match=r"day first .* or with the month first"):
        to_log(source, guesses.mapping())
    for order, day in (("day-month-year", "2023-04-03"), ("month-day-year", "2023-03-04")):
        log = to_log(source, guesses.mapping(date_order=order)).log
        assert log["date"].iloc[0] == pd.Timestamp(day)


def test_both_orders_in_one_column_are_refused() -> None:
    source = table(sales(["25/12/2023", "12/25/2023"]))
    guesses = guess_mapping(source)
    assert "'date' mixes both orders, as 25/12/2023 and 12/25/2023" in guesses.questions[0].text
    with pytest.raises(ValueError, match="mixes both orders"):
        to_log(source, guesses.mapping())


def test_a_spreadsheet_that_swapped_day_and_month_is_recognised() -> None:
    """Typed 3/4/2023 (3 April) became 4 March; typed 25/4/2023 stayed text."""
    dates = [pd.Timestamp("2023-03-04"), "25/04/2023", pd.Timestamp("2023-05-04"), "13/04/2023"] * 30
    frame = sales([""]).assign(date=pd.Series(dates, dtype=object))
    guesses = guess_mapping(Table(frame, "book.xlsx", "excel", {}))
    assert "side by side" in guesses.questions[0].text
    with pytest.raises(ValueError, match="the two swapped"):
        to_log(guesses._table, guesses.mapping())


@pytest.mark.parametrize(
    ("written", "order"),
    [
        ("2023-12-31", "year-month-day"),
        ("2023/12/31 08:15", "year-month-day"),
        ("2023-12-31T08:15:59.123", "year-month-day"),
        ("31.12.2023", "day-month-year"),
        ("31.12.23", "day-month-year"),
        ("31-12-2023 08:15", "day-month-year"),
        ("12/31/2023 8:15 AM", "month-day-year"),
        ("31 Dec 2023", "month-name"),
        ("31. Dezember 2023", "month-name"),
        ("Dec 31, 2023", "month-name"),
        ("31 décembre 2023", "month-name"),
        ("31 de diciembre de 2023", "month-name"),
        ("20231231", "compact"),
        ("45291", "excel-serial"),
        ("1704000000", "unix-seconds"),
        ("1704000000000", "unix-milliseconds"),
    ],
)
def test_ways_to_write_a_date(written: str, order: str) -> None:
    column = pd.Series([written] * 3, name="day")
    assert order_of(column).order == order
    read, odd = read_dates(column, order)
    assert not odd.any()
    assert (read.dt.normalize() == pd.Timestamp("2023-12-31")).all()


def test_numbers_that_may_be_dates_are_asked_for() -> None:
    source = table(sales(["45291", "45292"]))
    guesses = guess_mapping(source)
    assert guesses.questions[0].choices == ("excel-serial",)
    log = to_log(source, guesses.mapping(date_order="excel-serial")).log
    assert log["date"].iloc[0] == pd.Timestamp("2023-12-31")


def test_dates_that_cannot_be_read_are_counted() -> None:
    source = table(sales(["2023-01-05", "2023-02-30", "unknown", "2023-03-01", "2023-03-02", "-"]))
    read = to_log(source, guess_mapping(source).mapping())
    assert read.unreadable.loc["date", "rows"] == 40
    assert read.unreadable.loc["date", "first"] == "2023-02-30"
    assert read.log["date"].isna().sum() == 60


def test_a_column_that_is_mostly_no_date_is_refused() -> None:
    source = table(sales(["soon", "later", "2023-01-05"]))
    with pytest.raises(ValueError, match=r"of 'date' are no dates.*the first 'soon'"):
        to_log(source, guess_mapping(source).mapping({"date": "date"}, date_order="year-month-day"))


# Amounts


def test_a_german_file() -> None:
    """Semicolons, decimal commas, points for thousands, Windows-1252, dates with points."""
    text = "Kundennummer;Rechnungsdatum;Nettobetrag (€)\n" + "".join(
        f"K{k % 20:04d};{1 + k % 28:02d}.{1 + k % 12:02d}.2023;{'1.' if k % 5 == 0 else ''}{200 + k},{k % 100:02d} €\n"
        for k in range(200)
    )
    source = read_table(text.encode("cp1252"), "umsatz.csv")
    mapping = guess_mapping(source).mapping()
    assert (mapping.decimal, mapping.date_order, mapping.questions) == (",", "day-month-year", ())
    log = to_log(source, mapping).log
    assert log["value"].iloc[0] == 1200.0
    assert log["value"].iloc[1] == 201.01
    assert log["date"].iloc[13] == pd.Timestamp("2023-02-14")
    assert log["customer_id"].iloc[1] == "K0001"


@pytest.mark.parametrize(
    ("written", "decimal", "value"),
    [
        ("1,234.50", ".", 1234.5),
        ("1.234,50", ",", 1234.5),
        ("1 234,50", ",", 1234.5),
        ("1\u00a0234,50", ",", 1234.5),
        ("1'234.50", ".", 1234.5),
        ("$1,234.50", ".", 1234.5),
        ("1.234,50 EUR", ",", 1234.5),
        ("-12,5", ",", -12.5),
        ("12,5-", ",", -12.5),
        ("(12.50)", ".", -12.5),
        ("−3", ".", -3.0),
        ("12,-", ",", 12.0),
        (".5", ".", 0.5),
        ("1.234.567", ",", 1234567.0),
    ],
)
def test_ways_to_write_an_amount(written: str, decimal: str, value: float) -> None:
    read, odd = amounts(pd.Series([written]), decimal)
    assert read.tolist() == [value]
    assert not odd.any()


@pytest.mark.parametrize("written", ["12.50", "1.23", "12a", "1,2,3", "True"])
def test_what_is_no_amount_with_a_decimal_comma_is_not_read(written: str) -> None:
    read, odd = amounts(pd.Series([written]), ",")
    assert read.isna().all()
    assert odd.all()


def test_words_for_nothing_are_missing_and_no_error() -> None:
    read, odd = amounts(pd.Series(["", "n/a", "NULL", "-", None]), ".")
    assert read.isna().all()
    assert not odd.any()


def test_an_open_decimal_mark_is_asked_for() -> None:
    assert marks(pd.Index(["1.250", "17"])).sure is False
    assert marks(pd.Index(["1.250", "17.5"]))[:2] == (".", True)
    assert marks(pd.Index(["1.250", "17,5"]))[:2] == (",", True)
    source = table(sales(["2023-01-05", "2023-02-06"]).assign(amount=[f"{1 + k % 9}.250" for k in range(120)]))
    guesses = guess_mapping(source)
    (question,) = guesses.questions
    assert question.about == "decimal"
    assert "'amount'" in question.text
    with pytest.raises(ValueError, match="decimal mark in 'amount'"):
        to_log(source, guesses.mapping())
    assert to_log(source, guesses.mapping(decimal=",")).log["value"].iloc[0] == 1250.0
    assert to_log(source, guesses.mapping(decimal=".")).log["value"].iloc[0] == 1.25


# Returns, customers, subscriptions


def test_a_return_marker_turns_amounts_and_is_counted() -> None:
    kinds = ["Rechnung", "Rechnung", "Rechnung", "Gutschrift"] * 30
    source = table(sales(["2023-01-05", "2023-02-06"]).assign(Belegart=kinds))
    guesses = guess_mapping(source)
    assert guesses.return_values == ("Gutschrift",)
    read = to_log(source, guesses.mapping())
    assert read.marked_returns == 30
    assert (read.log["value"] < 0).tolist() == [kind == "Gutschrift" for kind in kinds]
    assert to_log(source, guesses.mapping(return_values=())).marked_returns == 0


def test_a_sale_that_was_undone_in_its_own_row_is_left_out_not_turned() -> None:
    """A credit note is a row of its own; "refunded" is said of the sale, and turning it would undo another one."""
    states = ["paid", "paid", "refunded", "paid", "cancelled", "paid"] * 20
    source = table(sales(["2023-01-05", "2023-02-06"]).assign(status=states))
    guesses = guess_mapping(source)
    assert (guesses.return_values, guesses.void_values) == ((), ("refunded", "cancelled"))
    read = to_log(source, guesses.mapping())
    assert (read.marked_returns, int(read.void.sum())) == (0, 40)
    done = clean(read)
    assert done.table.loc["cancelled sales", "rows"] == 40
    assert len(done.log) == 80
    turned = to_log(source, guesses.mapping(return_values=("refunded",), void_values=()))
    assert (turned.marked_returns, int(turned.void.sum())) == (20, 0)


def test_returns_that_are_negative_already_are_left_alone() -> None:
    flags = ["no", "no", "yes"] * 40
    money = ["5.5", "6.5", "-5.5"] * 40
    source = table(sales(["2023-01-05", "2023-02-06"]).assign(is_return=flags, amount=money))
    guesses = guess_mapping(source)
    assert guesses.return_values == ("yes",)
    read = to_log(source, guesses.mapping())
    assert read.marked_returns == 0
    assert (read.log["value"] < 0).sum() == 40


def test_words_for_nobody_are_no_customer() -> None:
    people = ["a1", "NULL", "", "n/a", "b2", "c3"] * 20
    source = table(sales(["2023-01-05", "2023-02-06"]).assign(customer=people))
    log = to_log(source, guess_mapping(source).mapping({"customer": "customer"})).log
    assert log["customer_id"].isna().sum() == 60


def test_numbers_beside_text_are_the_same_customer_however_a_spreadsheet_holds_them() -> None:
    people = [17.0, 17, "A2", "17", None] * 24
    source = table(sales(["2023-01-05", "2023-02-06"]).assign(customer=pd.Series(people, dtype=object)), "x.xlsx")
    log = to_log(source, guess_mapping(source).mapping({"customer": "customer"}, date_order="year-month-day")).log
    assert set(log["customer_id"].dropna()) == {"17", "A2"}
    assert log["customer_id"].isna().sum() == 24


def test_decimals_of_a_database_are_amounts() -> None:
    money = [Decimal("12.50"), Decimal("3"), None] * 40
    source = table(sales(["2023-01-05", "2023-02-06"]).assign(amount=money), "x.parquet")
    log = to_log(source, guess_mapping(source).mapping({"amount": "amount"})).log
    assert log["value"].iloc[:2].tolist() == [12.5, 3.0]


def test_a_date_that_never_comes_is_none() -> None:
    column = pd.Series(["2023-01-05", "9999-12-31", "31.12.9999", None])
    read, odd = read_dates(column, order_of(column).order)
    assert read.notna().tolist() == [True, False, False, False]
    assert not odd.any()


def test_leading_zeros_stay() -> None:
    people = [f"{k % 30:05d}" for k in range(120)]
    source = table(sales(["2023-01-05", "2023-02-06"]).assign(customer=people))
    log = to_log(source, guess_mapping(source).mapping()).log
    assert log["customer_id"].iloc[3] == "00003"


def test_subscriptions_are_recognised() -> None:
    spells = load_kettleholt("subscriptions")
    source = table(spells)
    guesses = guess_mapping(source)
    assert guesses.business == "subscriptions"
    mapping = guesses.mapping()
    assert mapping.columns == {
        "customer": "customer_id",
        "start": "started_on",
        "end": "ended_on",
        "amount": "price_eur",
        "plan": "plan",
    }
    contracts, unreadable = to_subscriptions(source, mapping)
    assert unreadable.empty
    assert contracts["end"].isna().sum() == spells["ended_on"].isna().sum()
    np.testing.assert_allclose(contracts["price"], spells["price_eur"])
    with pytest.raises(ValueError, match="use to_subscriptions"):
        to_log(source, mapping)
    with pytest.raises(ValueError, match="use to_log"):
        to_subscriptions(source, guesses.mapping({"date": "started_on", "amount": "price_eur"}, business="purchases"))


def test_the_learner_has_the_last_word() -> None:
    source = table(sales(["2023-01-05", "2023-02-06"], buyer=[f"B{k % 40}" for k in range(120)]))
    guesses = guess_mapping(source)
    assert guesses.mapping().columns["customer"] == "customer"
    assert guesses.mapping({"customer": "buyer"}).columns["customer"] == "buyer"
    with pytest.raises(ValueError, match=r"No column of mine.csv is known as amount"):
        guesses.mapping({"amount": None})


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"customer": "nobody"}, {}, "no column 'nobody' to be the customer; it has customer, date, amount"),
        ({"who": "customer"}, {}, "no role 'who'"),
        ({"customer": "date", "date": "date"}, {}, "'date' cannot be both"),
        ({"customer": None}, {}, "known as customer"),
        ({"date": "note"}, {}, "'note' holds no dates"),
        (None, {"business": "bank"}, "business must be"),
        (None, {"date_order": "dmy"}, "date_order must be one of"),
        (None, {"decimal": ";"}, "decimal must be"),
    ],
)
def test_one_clear_error(columns: dict | None, options: dict, message: str) -> None:
    source = table(sales(["2023-01-05", "2023-02-06"]).assign(note="by phone"))
    with pytest.raises(ValueError, match=message):
        to_log(source, guess_mapping(source).mapping(columns, **options))


def test_a_price_without_quantity_is_asked_for() -> None:
    source = table(sales(["2023-01-05", "2023-02-06"]).rename(columns={"amount": "price"}))
    guesses = guess_mapping(source)
    with pytest.raises(ValueError, match="Is 'price' the price of a piece or the amount of the whole row"):
        guesses.mapping()
    assert to_log(source, guesses.mapping({"amount": "price"})).log["value"].iloc[0] == 10.5


def test_something_else_than_a_table_is_refused() -> None:
    with pytest.raises(TypeError, match="table must be of read_table"):
        guess_mapping(pd.DataFrame({"a": [1]}))  # type: ignore[arg-type]


def test_excel_dates_and_numbers() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Customer", "Order date", "Total"])
    for k in range(60):
        book.active.append(
            [1000 + k % 20, pd.Timestamp("2023-01-01").to_pydatetime() + pd.Timedelta(days=k), 5 + k / 2]
        )
    buffer = io.BytesIO()
    book.save(buffer)
    source = read_table(buffer.getvalue(), "orders.xlsx")
    log = to_log(source, guess_mapping(source).mapping()).log
    assert log["date"].iloc[59] == pd.Timestamp("2023-03-01")
    assert log["value"].iloc[1] == 5.5
    assert log["customer_id"].iloc[0] == 1000


def _german_workbook(date: Callable[[pd.Timestamp], Any], amount: Callable[[float], Any]) -> bytes:
    """Sixty orders below a title, as a German spreadsheet holds what another program exported."""
    book = pytest.importorskip("openpyxl").Workbook()
    sheet = book.active
    for row in (["Bericht vom 31.12.2023"], [], ["Kunden-Nr.", "Rechnungsdatum", "Betrag (EUR)"]):
        sheet.append(row)
    for k in range(60):
        sheet.append(
            [f"{10000 + k % 20}", date(pd.Timestamp("2023-01-01") + pd.Timedelta(days=k)), amount(990 + 5.25 * k)]
        )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _comma(amount: float) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize(
    "amount",
    [_comma, lambda amount: f"{_comma(amount)} €", lambda amount: amount if amount % 2 else _comma(amount)],
    ids=["text", "with the currency", "numbers and text"],
)
def test_german_text_in_a_spreadsheet(amount: Callable[[float], Any]) -> None:
    source = read_table(_german_workbook(lambda day: f"{day:%d.%m.%Y}", amount), "Umsatz.xlsx")
    mapping = guess_mapping(source).mapping()
    assert mapping.columns == {"customer": "Kunden-Nr.", "date": "Rechnungsdatum", "amount": "Betrag (EUR)"}
    assert (mapping.date_order, mapping.decimal, mapping.questions) == ("day-month-year", ",", ())
    mapped = to_log(source, mapping)
    assert mapped.unreadable.empty
    assert mapped.log["date"].iloc[[0, 1, 59]].tolist() == [
        pd.Timestamp(f"2023-{d}") for d in ("01-01", "01-02", "03-01")
    ]
    assert mapped.log["value"].iloc[[0, 2, 59]].tolist() == [990, 1000.5, 1299.75]


def test_a_spreadsheet_that_took_some_days_for_months_is_asked_about() -> None:
    half = _german_workbook(lambda day: day.to_pydatetime() if day.day <= 12 else f"{day:%d.%m.%Y}", _comma)
    (question,) = guess_mapping(read_table(half, "Umsatz.xlsx")).mapping().questions
    assert "dates and text side by side" in question.text
    assert "export it again" in question.text
