"""Kettleholt's files: written by its generator, joined without gaps, silent about the truth."""

import gzip
import hashlib
import re

import numpy as np
import pandas as pd
import pytest

from customer_value import company, datasets
from customer_value.company import files, schema
from customer_value.company.assumptions import Assumptions
from customer_value.company.tables import csv_text, kinds, typed

HOME = datasets.folder("kettleholt")
CARD_FREE = re.compile(r"serial|needy|pushy|hasty|advocate|persuad|sleeping|sure thing|lost cause|latent|alive", re.I)


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return dict(files.texts())


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {name: datasets.load_kettleholt(name) for name in schema.LEARNERS}


def test_the_generator_writes_the_committed_files(written: dict[str, str]) -> None:
    """On Linux and in the browser: whatever runs this test must come to the same bytes."""
    there = {path.relative_to(HOME).as_posix() for path in HOME.rglob("*") if path.is_file()}
    assert set(written) == {name for name in there if not name.endswith((".yml", ".md"))}
    for name, text in written.items():
        content = (HOME / name).read_bytes()
        plain = gzip.decompress(content) if name.endswith(".gz") else content
        assert hashlib.sha256(plain).hexdigest() == hashlib.sha256(text.encode()).hexdigest(), name


def test_small_is_small() -> None:
    assert sum(path.stat().st_size for path in HOME.rglob("*") if path.is_file()) < 2_000_000


def test_files_load_as_they_were_simulated(tables: dict[str, pd.DataFrame]) -> None:
    simulated = company.learner_tables()
    assert list(simulated) == list(tables)
    for name, frame in simulated.items():
        pd.testing.assert_frame_equal(frame, tables[name])
    truth = company.truth_tables()["customers"]
    pd.testing.assert_frame_equal(truth, datasets.load_kettleholt_truth().customers)


def test_types_are_those_of_the_schema(tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in tables.items():
        said = {column.name: column.dtype for column in schema.LEARNERS[name].columns}
        # Plain text is called object before pandas 3.
        assert {c: str(kind).replace("object", "str") for c, kind in frame.dtypes.items()} == said, name
        for column in schema.LEARNERS[name].columns:
            assert column.optional or not frame[column.name].isna().any(), (name, column.name)
            assert frame[column.name].notna().any()


def test_keys_are_unique_and_join(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in schema.LEARNERS.items():
        if table.key:
            assert not tables[name].duplicated(list(table.key)).any(), name
        for column, target in table.joins:
            other, there = target.split(".")
            here = tables[name][column].dropna()
            if (name, column) == ("transactions", "InvoiceNo"):
                here = here[~here.str.startswith("C")]
            assert set(here) <= set(tables[other][there]), (name, column)
    assert set(tables["customers"]["customer_id"]) == set(tables["transactions"]["CustomerID"].dropna())
    assert set(tables["orders"]["InvoiceNo"]) | set(tables["returns"]["credit_note"]) == set(
        tables["transactions"]["InvoiceNo"]
    )


def test_the_log_has_the_columns_of_online_retail(tables: dict[str, pd.DataFrame]) -> None:
    log = tables["transactions"]
    assert list(log.columns) == (
        ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
    )
    credit = log["InvoiceNo"].str.startswith("C")
    assert (log.loc[credit, "Quantity"] < 0).all()
    assert (log.loc[~credit, "Quantity"] > 0).all()
    assert log["InvoiceDate"].is_monotonic_increasing
    assert (log["InvoiceDate"].min() >= pd.Timestamp("2022-01-01")) & (
        log["InvoiceDate"].max() < pd.Timestamp("2025-01-01")
    )


def test_nothing_comes_back_before_it_was_sold_or_twice(tables: dict[str, pd.DataFrame]) -> None:
    log = tables["transactions"].drop_duplicates()
    when = log.groupby("InvoiceNo")["InvoiceDate"].first()
    returns = tables["returns"]
    assert (returns["credit_note"].map(when) > returns["InvoiceNo"].map(when)).all()
    keys = ["InvoiceNo", "StockCode"]
    back = returns.groupby(keys)["Quantity"].sum()
    sold = log.groupby(keys)["Quantity"].sum()
    assert (back <= sold.reindex(back.index)).all()
    credited = log[log["InvoiceNo"].str.startswith("C")]
    assert -credited["Quantity"].sum() == pytest.approx(returns["Quantity"].sum(), rel=0.005)


def test_each_order_is_first_and_last_where_it_belongs(tables: dict[str, pd.DataFrame]) -> None:
    """First purchase on the day of acquisition; nobody buys before; web orders have promises, store orders sellers."""
    orders = tables["orders"].merge(
        tables["transactions"].groupby("InvoiceNo")["InvoiceDate"].first().dt.normalize(), on="InvoiceNo"
    )
    first = orders.dropna(subset=["customer_id"]).groupby("customer_id")["InvoiceDate"].min()
    acquired = tables["customers"].set_index("customer_id")["acquired_on"]
    assert (first.to_numpy() == acquired.reindex(first.index.astype("int64")).to_numpy()).all()
    web = orders["place"] == "web"
    assert orders.loc[web, "promised_on"].notna().all()
    assert orders.loc[web, "employee_id"].isna().all()
    assert orders.loc[~web, ["promised_on", "delivered_on"]].isna().all(axis=None)
    assert orders.loc[~web, "employee_id"].notna().all()
    staff = tables["employees"].set_index("employee_id")["place"]
    assert (orders.loc[~web, "employee_id"].map(staff) == orders.loc[~web, "place"]).all()
    referred = tables["customers"].dropna(subset=["referred_by"])
    assert (referred["referred_by"].map(acquired) <= referred["acquired_on"]).all()
    contacts = tables["contacts"]
    assert (contacts["contacted_at"].dt.normalize() >= contacts["customer_id"].map(acquired)).all()


def test_no_table_of_the_company_names_what_only_the_truth_knows(written: dict[str, str]) -> None:
    latent = {column.name for column in schema.TRUTH["customers"].columns} - {"customer_id"}
    for table in schema.LEARNERS.values():
        assert not latent & {column.name for column in table.columns}
        assert not CARD_FREE.search(written[table.file]), table.name


def test_no_number_of_the_company_is_a_latent_value_in_disguise(tables: dict[str, pd.DataFrame]) -> None:
    """No column of one row per customer gives a latent value away, not even its rank."""
    truth = datasets.load_kettleholt_truth().customers.set_index("customer_id")
    latent = truth.select_dtypes("number").rank()
    for name in ("customers", "survey"):
        seen = tables[name].set_index("customer_id").select_dtypes(["number", "bool", "boolean"])
        seen = seen.drop(columns="referred_by", errors="ignore").astype("float64").rank()
        together = latent.join(seen, how="inner").corr().loc[latent.columns, seen.columns]
        assert together.abs().max().max() < 0.75
    # The order of rows tells nothing either.
    assert (
        truth.reset_index()
        .select_dtypes(["number", "bool"])
        .astype(float)
        .corr()["customer_id"]
        .drop("customer_id")
        .abs()
        .drop(["still_customer", "expected_purchases", "buys_without", "buys_with"])
        .max()
        < 0.05
    )
    waiting = tables["open_orders"].merge(truth["open_order_kind"], on="customer_id")
    assert waiting["open_order_kind"].notna().all()
    assert waiting.groupby("open_order_kind")["order_no"].mean().between(9_010, 9_042).all()


def test_blocks_are_the_same_in_any_size_of_the_company() -> None:
    small, large = next(company.blocks(5_000)), company.blocks(10_500)
    first, second, third = large
    table = schema.LEARNERS["contacts"]
    assert csv_text(table, first.learners["contacts"]) == csv_text(table, small.learners["contacts"])
    assert "open_orders" not in second.learners
    ids = [block.learners["customers"]["customer_id"].numbers for block in (first, second, third)]
    assert np.concatenate(ids).tolist() == list(range(10_001, 20_501))
    numbers = [np.abs(block.learners["transactions"]["InvoiceNo"].numbers) for block in (first, second, third)]
    assert numbers[0].max() < numbers[1].min() <= numbers[1].max() < numbers[2].min()


@pytest.mark.parametrize("customers", [1, 2, 7])
def test_a_tiny_company_is_whole(customers: int) -> None:
    tables = company.learner_tables(customers, seed=5)
    assert len(tables["customers"]) == customers
    assert set(tables) == set(schema.LEARNERS)
    assert set(tables["transactions"]["CustomerID"].dropna()) == set(tables["customers"]["customer_id"])


def test_another_seed_is_another_company_and_other_assumptions_another_kind() -> None:
    first, other = company.learner_tables(200), company.learner_tables(200, seed=1)
    assert not first["customers"]["acquired_on"].equals(other["customers"]["acquired_on"])
    from dataclasses import replace

    spend = replace(Assumptions().spend, gamma=52.0)
    dearer = company.learner_tables(200, assumptions=replace(Assumptions(), spend=spend))
    money = [(t["transactions"]["Quantity"] * t["transactions"]["UnitPrice"]).sum() for t in (first, dearer)]
    assert money[1] > 1.7 * money[0]
    assert first["customers"].equals(dearer["customers"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"customers": 0}, "customers must be a whole number from 1; got 0"),
        ({"customers": 2.5}, "customers must be a whole number from 1; got 2.5"),
        ({"customers": True}, "customers must be a whole number from 1; got True"),
        ({"seed": -1}, "seed must be a whole number from 0; got -1"),
    ],
)
def test_bad_sizes_and_seeds_are_refused(arguments: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        company.learner_tables(**arguments)


def test_text_files_are_for_small_companies() -> None:
    with pytest.raises(ValueError, match=r"at most 5,000 for text files; got 6,000"):
        list(files.texts(6_000))


def test_an_unknown_table_gets_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"no table 'transaction'\. Did you mean 'transactions'\? Its tables: customers, "
    ):
        datasets.load_kettleholt("transaction")


def test_every_parameter_has_a_range_and_a_source() -> None:
    def leaves(part: dict) -> list[dict]:
        return [part] if "value" in part else [leaf for inner in part.values() for leaf in leaves(inner)]

    listed = leaves(datasets.load_kettleholt_truth().parameters["parameters"])
    assert len(listed) > 120
    for entry in listed:
        assert entry["range"]
        assert entry["source"]
    assert (
        sum(channel["share"]["value"] for channel in company.truth_parameters()["parameters"]["channels"].values()) == 1
    )


def test_an_empty_table_is_read_with_its_types() -> None:
    table = schema.LEARNERS["subscriptions"]
    loaded = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds(table).items()})
    assert str(typed(table, loaded)["started_on"].dtype) == "datetime64[ns]"
