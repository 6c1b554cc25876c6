"""Every card tells the truth about its files, and the files load wherever the library runs."""

import errno
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from customer_value import datasets
from workbook import dataset_cards
from workbook.dataset_cards import Card, Table

ROOT = Path(__file__).resolve().parents[2]
CARDS = {name: dataset_cards.read(name) for name in datasets.names()}
TABLES = [pytest.param(card, table, id=f"{name}/{table.file}") for name, card in CARDS.items() for table in card.tables]
SAMPLES = {"kettleholt": ("sample_log", "sample_contracts")}
"""Functions that load a dataset as the file that a company would export."""


def load(table: Table) -> pd.DataFrame:
    """What a reader gets, its index among the columns if it has a name."""
    function, positional, named = table.call
    frame = getattr(datasets, function)(*positional, **named)
    return frame.reset_index() if frame.index.name else frame


def in_file(card: Card, table: Table) -> pd.DataFrame:
    return pd.read_csv(datasets.folder(card.name) / table.file)


@pytest.mark.parametrize(("card", "table"), TABLES)
def test_card_matches_file(card: Card, table: Table) -> None:
    packed = (datasets.folder(card.name) / table.file).read_bytes()
    assert hashlib.sha256(packed).hexdigest() == table.sha256
    if table.file.endswith(".gz"):
        assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == table.sha256_unpacked
    frame = in_file(card, table)
    assert list(frame.columns) == list(table.columns)
    assert len(frame) == table.rows
    for column, count in table.distinct.items():
        assert frame[column].nunique() == count
    for column, total in table.sums.items():
        assert round(float(frame[column].sum()), 2) == total


@pytest.mark.parametrize(("card", "table"), TABLES)
def test_card_matches_what_is_loaded(card: Card, table: Table) -> None:
    frame = load(table)
    loaded = {name: column for name, column in table.columns.items() if column.loaded}
    # Plain text is called object before pandas 3.
    kinds = {name: str(kind).replace("object", "str") for name, kind in frame.dtypes.items()}
    assert kinds == {name: column.dtype for name, column in loaded.items()}
    for name, column in loaded.items():
        assert frame[name].isna().sum() == column.missing, name
        if column.range is not None:
            edges = [pd.Timestamp(edge) if column.dtype.startswith("date") else edge for edge in column.range]
            assert [frame[name].min(), frame[name].max()] == edges, name
        if column.values is not None:
            assert tuple(frame[name].cat.categories) == column.values, name
            assert set(frame[name].dropna()) == set(column.values), name
    assert len(frame) == table.rows


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_every_file_is_on_the_card(card: Card) -> None:
    # Further pages may say more about the data.
    there = {path.name for path in datasets.folder(card.name).iterdir() if path.is_file() and path.suffix != ".md"}
    licence = {card.licence.file} - {None}
    extra = {"card.yml"} | licence | ({"build.py"} if "workbook datasets" in card.source.rebuild else set())
    assert there == {table.file for table in card.tables} | extra


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_used_by_names_the_chapters_that_load_it_and_no_others(card: Card) -> None:
    loaders = "|".join([*{table.call[0] for table in card.tables}, *SAMPLES.get(card.name, ())])
    users = set()
    for page in [*ROOT.glob("chapters/*/*.md"), *ROOT.glob("exercises/*/exercise.md")]:
        if re.search(rf"\b({loaders})\(", page.read_text(encoding="utf-8")):
            users.add(page.parent.name)
    assert set(card.used_by) == users, f"put these into used_by of datasets/{card.name}/card.yml: {sorted(users)}"


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_every_dataset_has_a_page_in_the_table_of_contents(card: Card) -> None:
    assert f"file: datasets/{card.name}/index\n" in (ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert f"{{dataset-card}} {card.name}\n" in (ROOT / f"datasets/{card.name}/index.md").read_text(encoding="utf-8")


def test_cdnow_quirks_are_as_stated() -> None:
    card = CARDS["cdnow"]
    for table in card.tables:
        frame = in_file(card, table)
        per_customer = frame.groupby("customer_id")["value"].sum()
        found = {
            "zero_value_rows": int((frame["value"] == 0).sum()),
            "customers_without_value": int((per_customer == 0).sum()),
            "same_day_rows": int(frame.duplicated(["customer_id", "date"]).sum()),
            "exact_duplicates": int(frame.duplicated().sum()),
        }
        assert found == {quirk.name: quirk.count[table.file] for quirk in card.quirks}
        assert set(frame.loc[frame["value"] == 0, "quantity"]) == {1}
        assert [frame["date"].min(), frame["date"].max()] == [str(card.period[edge]) for edge in ("first", "last")]
    first = datasets.load_cdnow().groupby("customer_id")["date"].min()
    assert (first.min(), first.max()) == (pd.Timestamp("1997-01-01"), pd.Timestamp("1997-03-25"))


def test_load_cdnow_is_typed_and_ordered() -> None:
    log = datasets.load_cdnow()
    assert list(log.columns) == ["customer_id", "date", "quantity", "value"]
    assert [str(kind) for kind in log.dtypes] == ["int64", "datetime64[ns]", "int64", "float64"]
    assert log.sort_values(["customer_id", "date"], kind="stable").index.equals(log.index)


def test_sample_is_part_of_the_full_log() -> None:
    columns = ["customer_id", "date", "quantity", "value"]
    sample, log = datasets.load_cdnow(sample=True), datasets.load_cdnow()
    part = log[log["customer_id"].isin(sample["customer_id"])]
    both = [frame.sort_values(columns, ignore_index=True) for frame in (sample, part)]
    pd.testing.assert_frame_equal(*both)


def test_sample_agrees_with_published_summary() -> None:
    """Customers 1 to 4 of the RFM table in Fader, Hardie & Lee (2005): purchases after the first, by week 39."""
    frame = pd.read_csv(datasets.folder("cdnow") / "cdnow_sample.csv.gz")
    days = frame[frame["date"] <= "1997-09-30"].groupby("sample_id")["date"].nunique() - 1
    assert [int(days[customer]) for customer in (1, 2, 3, 4)] == [2, 1, 0, 0]


def test_retention_survivors_are_the_published_ones() -> None:
    """Fader & Hardie (2007): years 0 to 7 fit the model, 8 to 12 are its holdout."""
    survivors = datasets.load_retention_survivors()
    assert survivors.index.tolist() == list(range(13))
    assert survivors.loc[:7, "regular"].tolist() == [1000, 631, 468, 382, 326, 289, 262, 241]
    assert survivors.loc[:7, "high_end"].tolist() == [1000, 869, 743, 653, 593, 551, 517, 491]
    assert survivors.loc[8:, "regular"].tolist() == [223, 207, 194, 183, 173]
    assert survivors.loc[8:, "high_end"].tolist() == [468, 445, 427, 409, 394]


def test_unknown_name_gets_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"no dataset named 'cdnwo'\. Did you mean 'cdnow'\? Known datasets: .*cdnow"):
        datasets.card("cdnwo")
    with pytest.raises(ValueError, match=r"no dataset named 'zzzz'\. Known datasets: "):
        datasets.folder("zzzz")


@pytest.mark.processes
def test_loading_data_does_not_need_yaml() -> None:
    program = "import sys; sys.modules['yaml'] = None\nimport customer_value.datasets as d\nprint(len(d.load_cdnow()))"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "69659"


@pytest.mark.processes
def test_card_without_yaml_says_what_to_install() -> None:
    program = "import sys; sys.modules['yaml'] = None\nfrom customer_value import datasets\ndatasets.card('cdnow')"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "needs PyYAML: install it with `pip install pyyaml`" in run.stderr


@pytest.mark.processes
def test_works_from_the_wheel(tmp_path: Path) -> None:
    """The wheel holds the data; imported from an unpacked wheel, nothing of the checkout is used."""
    for item in ("pyproject.toml", "README.md", "LICENSE", "customer_value", "datasets"):
        source = ROOT / item
        if source.is_dir():
            shutil.copytree(source, tmp_path / "src" / item, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (tmp_path / "src").mkdir(exist_ok=True)
            shutil.copy(source, tmp_path / "src" / item)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=tmp_path / "src", check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    shutil.rmtree(tmp_path / "src")
    program = "from customer_value import datasets\nprint(datasets.__file__, len(datasets.load_cdnow(sample=True)))"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    file, rows = run.stdout.split()
    assert Path(file).is_relative_to(tmp_path / "site")
    assert rows == "6919"


def test_donations_are_every_history_there_can_be_once() -> None:
    """Fader, Hardie & Shang (2010): 11,104 donors, of whom 3,464 never gave again and 1,203 every year."""
    table = datasets.load_donations()
    assert list(table.columns) == ["frequency", "recency", "n_periods", "counts"]
    assert {str(kind) for kind in table.dtypes} == {"int64"}
    possible = {(0, 0)} | {(x, last) for last in range(1, 7) for x in range(1, last + 1)}
    assert set(zip(table["frequency"], table["recency"], strict=True)) == possible
    assert (len(table), table["counts"].sum()) == (22, 11104)
    assert (table["counts"] * table["frequency"]).sum() == 24615
    assert (table["counts"].iloc[0], table["counts"].iloc[-1]) == (3464, 1203)


def test_telco_churn_is_fictional_and_says_so_everywhere() -> None:
    """modeldata's wa_churn: 7,043 customers and 20 columns, 1,869 of them churned."""
    table, card = datasets.load_telco_churn(), CARDS["telco-churn"]
    assert table.shape == (7043, 20)
    assert table["churn"].sum() == 1869
    assert table.attrs["fictional"] is True
    assert "fictional" in (datasets.load_telco_churn.__doc__ or "")
    assert card.fictional
    assert "fictional" in card.title
    assert list(table["contract"].cat.categories) == ["Month-to-month", "One year", "Two year"]
    assert table["contract"].cat.ordered
    new = table["tenure"] == 0
    assert new.equals(table["total_charges"].isna())
    found = {"new_without_total": int(new.sum()), "equal_rows": int(table.duplicated().sum())}
    assert found == {quirk.name: quirk.count["telco_churn.csv.gz"] for quirk in card.quirks}
    assert not table.loc[new, "churn"].any()


def test_a_customer_without_internet_has_no_internet_extras() -> None:
    table = datasets.load_telco_churn()
    extras = ["online_security", "online_backup", "device_protection", "tech_support", "streaming_tv"]
    for extra in [*extras, "streaming_movies"]:
        assert (table[extra] == "No internet service").equals(table["internet_service"] == "No")
    assert (table["multiple_lines"] == "No phone service").equals(~table["phone_service"])


def test_customer_satisfaction_is_a_scale_from_one_to_ten() -> None:
    """bayesm's customerSat: 1,811 respondents and 10 questions; not a likelihood to recommend."""
    answers, card = datasets.load_customer_satisfaction(), CARDS["customer-satisfaction"]
    assert answers.shape == (1811, 10)
    assert (answers.min().unique().tolist(), answers.max().unique().tolist()) == ([1], [10])
    assert "net promoter score" in card.known_biases[0]
    assert "net\n    promoter score" in (datasets.load_customer_satisfaction.__doc__ or "")
    found = {
        "same_answer_throughout": int((answers.nunique(axis=1) == 1).sum()),
        "ten_throughout": int((answers == 10).all(axis=1).sum()),
        "equal_rows": int(answers.duplicated().sum()),
    }
    assert found == {quirk.name: quirk.count["customer_satisfaction.csv.gz"] for quirk in card.quirks}


def pooled_logit(attributes: np.ndarray, chosen: np.ndarray, alternatives: int) -> tuple[np.ndarray, float]:
    """Coefficients and log-likelihood of a multinomial logit, the same for everyone."""
    x, y = attributes.astype(float), chosen.reshape(-1, alternatives)

    def minus_log_likelihood(beta: np.ndarray) -> tuple[float, np.ndarray]:
        utility = (x @ beta).reshape(y.shape)
        utility -= utility.max(axis=1, keepdims=True)
        share = np.exp(utility)
        total = share.sum(axis=1, keepdims=True)
        gradient = ((y - share / total).reshape(-1, 1) * x).sum(axis=0)
        return float(np.log(total).sum() - utility[y].sum()), -gradient

    fit = minimize(minus_log_likelihood, np.zeros(x.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-3})
    return fit.x, -float(fit.fun)


def test_camera_conjoint_gives_the_willingness_to_pay_of_a_pooled_logit() -> None:
    """332 people, 16 tasks, 5 alternatives; dollars for each feature, from a logit with a constant per brand."""
    survey = datasets.load_camera_conjoint()
    assert len(survey) == 332 * 16 * 5
    assert (survey.groupby(["person", "task"])["chosen"].sum() == 1).all()
    assert (survey["brand"] == "none").equals(survey["alternative"] == 5)
    outside = survey[survey["brand"] == "none"]
    features = ["zoom", "pixels", "video", "wifi", "swivel"]
    assert not outside[[*features, "price"]].any(axis=None)
    assert CARDS["camera-conjoint"].quirks[0].count == {"camera_conjoint.csv.gz": len(outside)}
    brands = [survey["brand"] == brand for brand in survey["brand"].cat.categories[1:]]
    beta, _ = pooled_logit(
        np.column_stack([*brands, survey[features], survey["price"] / 100]), survey["chosen"].to_numpy(), 5
    )
    worth = dict(zip(features, (-100 * beta[4:-1] / beta[-1]).round(), strict=True))
    assert worth == {"zoom": 55, "pixels": 51, "video": 42, "wifi": 39, "swivel": 25}


def test_electricity_choice_gives_the_known_conditional_logit() -> None:
    """361 people and 4,308 choices; the three figures of the fit were computed apart from this code."""
    survey, card = datasets.load_electricity_choice(), CARDS["electricity-choice"]
    assert survey.shape == (17232, 10)
    assert survey["person"].nunique() == 361
    tasks = survey.groupby("person")["task"].max()
    assert tasks.value_counts().to_dict() == {12: 348, 11: 8, 8: 2, 9: 2, 10: 1}
    assert (survey.groupby(["person", "task"])["chosen"].sum() == 1).all()
    unfixed = survey["time_of_day"] | survey["seasonal"]
    assert (survey["price"] == 0).equals(unfixed)
    assert not (survey["local"] & survey["well_known"]).any()
    found = {
        "price_of_zero": int(unfixed.sum()),
        "fewer_tasks": int((survey["person"].map(tasks) < 12).sum()),
        "other_number_in_the_documentation": len(survey),
    }
    assert found == {quirk.name: quirk.count["electricity_choice.csv.gz"] for quirk in card.quirks}
    attributes = ["price", "contract_years", "local", "well_known", "time_of_day", "seasonal"]
    beta, log_likelihood = pooled_logit(survey[attributes].to_numpy(), survey["chosen"].to_numpy(), 4)
    assert log_likelihood == pytest.approx(-4958.65, abs=0.005)
    assert beta[:2] == pytest.approx([-0.6252, -0.1083], abs=5e-5)


@pytest.mark.parametrize("name", ["camera-conjoint", "customer-satisfaction"])
def test_data_under_the_gnu_licence_come_with_its_text(name: str) -> None:
    text = (datasets.folder(name) / CARDS[name].licence.file).read_text(encoding="utf-8")
    assert "Copyright 2003-2017 Peter Rossi" in text
    assert re.search(r"GNU GENERAL PUBLIC LICENSE\s+Version 2, June 1991", text)
    assert "END OF TERMS AND CONDITIONS" in text


def test_a_file_that_cannot_be_fetched_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> pd.DataFrame:
        raise OSError(errno.EIO, "I/O error")

    monkeypatch.setattr(pd, "read_csv", unreachable)
    with pytest.raises(OSError, match=r"The data file donations\.csv cannot be fetched: check the connection"):
        datasets.load_donations()
