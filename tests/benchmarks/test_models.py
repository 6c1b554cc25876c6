"""The benchmark of the models: it runs, takes turns, compares answers and says what is not met. No times are judged."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from benchmarks import machine
from benchmarks.models import __main__ as command
from benchmarks.models import memory, report
from benchmarks.models.importing import STATEMENTS
from benchmarks.models.measuring import SLOW, Effort, Measured, Outcome, difference, measure, rounds
from benchmarks.models.processes import Process, WorkerError
from benchmarks.models.tasks import TASKS, Task
from benchmarks.models.verdicts import judge
from benchmarks.results import Table, keep
from workbook import paths

EFFORT = Effort(budget=3.0, least=3, most=3, turn=0.25, repeats=1)
FIT = Task("fit", "beta_geo", "A fit, {rows} customers", "data", {"lifetimes": 25, "pymc": 40}, 0.1, memory=5)


class Stand:
    """Stands for a worker: writes down who was asked, answers at once and tells the seconds it was given."""

    def __init__(self, name: str, diary: list[str], seconds: float = 1.0, **answer: list[float]) -> None:
        self.name, self.diary, self.seconds, self.given = name, diary, seconds, answer or {"r": [0.25]}
        self.fails: Callable[[str], bool] = lambda what: False

    def ask(self, do: str, **told: object) -> dict:
        if self.fails(do):
            raise WorkerError(f"{self.name} has lost its way")
        self.diary.append(f"{self.name} {do}")
        self.told = told
        if do == "prepare":
            return {"input_bytes": 1000}
        if do == "measure":
            np.savez(told["answer"], **{name: np.array(value) for name, value in self.given.items()})
            return {"seconds": self.seconds, "peak_bytes": 3500}
        return {"seconds": [self.seconds], "processor_seconds": [self.seconds]}


def outcome(ours: float = 0.1, lifetimes: float = 5.0, pymc: float = 5.0) -> Outcome:
    libraries = {
        "ours": Measured([ours, ours, 99.0], peak_bytes=3500),
        "lifetimes": Measured([lifetimes], peak_bytes=9000, difference=0.0),
        "pymc": Measured([pymc], peak_bytes=9000, difference=0.0),
    }
    return Outcome(2_000_000, 1000, libraries)


def not_met(outcome: Outcome, task: Task = FIT, imports: float = 0.01) -> list[str]:
    verdicts = judge((task,), {task.name: outcome}, {STATEMENTS[0]: imports})
    return [verdict.what for verdict in verdicts if not verdict.met]


def test_a_small_run_of_all_tasks_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "WORK", tmp_path / "work")
    page, record = command.main(["--quick", "--libraries", "ours", "--output", str(tmp_path)])
    found = json.loads(record.read_text(encoding="utf-8"))
    assert set(found["tasks"]) == {task.name for task in TASKS}
    for task in found["tasks"].values():
        assert task["libraries"]["ours"]["error"] == ""
        assert all(seconds > 0 for seconds in task["libraries"]["ours"]["seconds"])
    text = page.read_text(encoding="utf-8")
    assert "| RFM summary, 69,659 rows |" in text
    assert "A run with small data" in text
    assert "Asked for and found" not in text
    assert found["targets"] == []
    # Data and answers are gone, only the workers' logs are left.
    assert {file.suffix for file in (tmp_path / "work").iterdir()} == {".log"}


def test_partial_results_do_not_replace_those_of_the_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "WORK", tmp_path)
    page, _ = command.main(["--quick", "--libraries", "ours", "--only", "alive-1m"])
    assert page == tmp_path / "results" / "models.md"


def test_the_libraries_take_turns(tmp_path: Path) -> None:
    diary: list[str] = []
    workers = {name: Stand(name, diary) for name in ("ours", "lifetimes", "pymc")}
    found = measure(FIT, tmp_path / "data.npz", 3, workers, EFFORT, tmp_path)
    assert [entry for entry in diary if entry.endswith("turn")] == 3 * ["ours turn", "lifetimes turn", "pymc turn"]
    assert {name: len(library.seconds) for name, library in found.libraries.items()} == dict.fromkeys(workers, 3)
    assert found.libraries["pymc"].difference == 0


def test_a_fast_library_runs_longer_beside_a_slow_one(tmp_path: Path) -> None:
    workers = {"ours": Stand("ours", [], seconds=0.1), "pymc": Stand("pymc", [], seconds=30.0)}
    found = measure(FIT, tmp_path / "data.npz", 3, workers, EFFORT, tmp_path)
    assert workers["ours"].told == {"seconds": 7.5, "most": 1}
    assert len(found.libraries["pymc"].seconds) == 1


def test_a_library_that_fails_leaves_the_others_alone(tmp_path: Path) -> None:
    workers = {name: Stand(name, []) for name in ("ours", "lifetimes", "pymc")}
    workers["lifetimes"].fails = lambda what: what == "prepare"
    workers["pymc"].fails = lambda what: what == "turn"
    found = measure(FIT, tmp_path / "data.npz", 3, workers, EFFORT, tmp_path)
    assert len(found.libraries["ours"].seconds) == 3
    assert found.libraries["lifetimes"].error == "lifetimes has lost its way"
    assert found.libraries["pymc"].median is None
    assert found.libraries["pymc"].processor_seconds == []
    assert not_met(found) == [
        "A fit, 3 customers: faster than lifetimes",
        "A fit, 3 customers: faster than pymc-marketing",
        "A fit, 3 customers: difference",
        "A fit, 3 customers: time",
    ]


def test_slow_tasks_get_fewer_rounds() -> None:
    effort = Effort(budget=40, least=3, most=9, turn=0.25)
    assert rounds({"ours": 0.001, "pymc": 0.5}, effort) == 9
    assert rounds({"ours": 0.001, "pymc": 7.75}, effort) == 5
    assert rounds({"ours": 0.3, "pymc": 19.0}, effort) == 3
    assert rounds({"ours": 0.3, "pymc": SLOW + 1}, effort) == 1


def test_difference_is_relative_and_refuses_what_cannot_be_compared() -> None:
    ours = {"x": np.array([0.0, 2.0, 4.0]), "count": np.array([1, 2, 3])}
    assert difference(ours, dict(ours)) == 0
    assert difference(ours, ours | {"x": np.array([0.0, 2.0, 5.0])}) == pytest.approx(0.2)
    assert difference(ours, ours | {"x": np.array([1e-9, 2.0, 4.0])}) == 1
    assert difference(ours, ours | {"x": np.array([0.0, np.nan, 4.0])}) == np.inf
    assert difference(ours | {"x": np.array([0.0, np.nan, 4.0])}, ours) == np.inf
    assert difference(ours, ours | {"x": np.array([0.0, 2.0])}) == np.inf
    assert difference(ours, {"x": ours["x"]}) == np.inf


def test_all_demands_met() -> None:
    assert not_met(outcome()) == []


@pytest.mark.parametrize(
    ("found", "what"),
    [
        (outcome(lifetimes=2.4), "A fit, 2,000,000 customers: faster than lifetimes"),
        (outcome(pymc=3.9), "A fit, 2,000,000 customers: faster than pymc-marketing"),
        (outcome(ours=0.131, lifetimes=50, pymc=50), "A fit, 2,000,000 customers: time"),
    ],
)
def test_a_demand_missed_by_a_little_is_not_met(found: Outcome, what: str) -> None:
    assert not_met(found) == [what]


@pytest.mark.parametrize("apart", [0.002, np.inf, np.nan, None])
@pytest.mark.parametrize("library", ["lifetimes", "pymc"])
def test_different_answers_are_not_met(library: str, apart: float | None) -> None:
    found = outcome()
    found.libraries[library].difference = apart
    assert not_met(found) == ["A fit, 2,000,000 customers: difference"]


def test_memory_counts_the_input_too() -> None:
    found = outcome()
    found.libraries["ours"].peak_bytes = 4000
    assert not_met(found) == []
    found.libraries["ours"].peak_bytes = 4001
    assert not_met(found) == ["A fit, 2,000,000 customers: peak memory"]
    found.libraries["ours"].peak_bytes = None
    assert not_met(found) == ["A fit, 2,000,000 customers: peak memory"]


def test_a_slow_import_is_not_met() -> None:
    assert not_met(outcome(), imports=0.051) == ["`import customer_value`, beyond numpy and pandas"]


def test_the_report_says_what_is_not_met_and_what_was_not_run(tmp_path: Path) -> None:
    alone = Task("big", "pareto_nbd", "Big, {rows} customers", "data", libraries=("ours",), left_out="too slow to run")
    run = report.Run(
        (FIT, alone),
        {"fit": outcome(lifetimes=2.0), "big": Outcome(7, 1, {"ours": Measured([1.234])})},
        MappingProxyType({STATEMENTS[0]: 0.0001}),
        {"python": "3.11", "numpy": "2"},
        machine.Machine("2026-01-02", "a processor", 2, 8.0, "Debian", "3.11", load=0.1),
        complete=True,
    )
    page, record = report.write(run, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert "Measured on 2026-01-02 on Debian with Python 3.11, 2 cores of a processor and 8 GiB of memory." in text
    assert "busy" not in text
    assert "5 of 6 targets are met; the last table lists them all. Not met:\n\n- A fit, 2,000,000" in text
    assert "| A fit, 2,000,000 customers: faster than lifetimes | at least 25 times | 20 times | **not met** |" in text
    assert "| A fit, 2,000,000 customers | 100 ms | 2.00 s (×20) | 5.00 s (×50) | 0 |" in text
    assert "| Big, 7 customers | 1.23 s | – | – | – |" in text
    assert "Big, 7 customers: the others are too slow to run." in text
    found = json.loads(record.read_text(encoding="utf-8"))
    assert [target["met"] for target in found["targets"]] == [False, True, True, True, True, True]
    assert found["tasks"]["fit"]["libraries"]["lifetimes"]["seconds"] == [2.0]


def test_a_busy_machine_is_confessed() -> None:
    here = machine.Machine("2026-01-02", "a processor", 2, 8.0, "Debian", "3.11", load=1.6)
    assert "The machine was busy when this began (1.6 processes wanted a core)" in here.sentence()


def test_a_worker_tells_what_went_wrong_and_can_be_asked_again(tmp_path: Path) -> None:
    with Process("ours", sys.executable, tmp_path) as worker:
        with pytest.raises(WorkerError, match="customer_value: KeyError: 'palmistry'"):
            worker.ask(do="prepare", kind="palmistry", file=str(_one_customer(tmp_path)), columns=["frequency"])
        assert worker.ask(do="versions", packages=["numpy", "no-such-package"])["versions"]["numpy"] == np.__version__


def test_a_worker_that_takes_too_long_is_ended_and_started_afresh(tmp_path: Path) -> None:
    with Process("ours", sys.executable, tmp_path, limit=0.01) as worker:
        with pytest.raises(WorkerError, match="ended without an answer"):
            worker.ask(do="versions", packages=[])
        worker.limit = 60
        assert "python" in worker.ask(do="versions", packages=[])["versions"]


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peak memory is read from Linux")
def test_peak_memory_is_that_of_the_call() -> None:
    np.ones(20_000_000)  # an earlier, higher peak, which must not count
    found, peak = memory.peak_of(lambda: np.ones(5_000_000).sum())
    assert found == 5_000_000
    assert peak == pytest.approx(40e6, rel=0.2)


def test_tables_line_up_numbers_and_refuse_a_short_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("Sizes", ("what", "MB"), numbers=("MB",))
    table.add("log", "12")
    with pytest.raises(ValueError, match="Sizes: a row of 1 cells for 2 columns"):
        table.add("log")
    path = keep("sizes", "All sizes", [table], "Measured today.", tmp_path)
    expected = "# All sizes\n\nMeasured today.\n\n## Sizes\n\n| what | MB |\n| --- | --: |\n| log | 12 |\n"
    assert path.read_text(encoding="utf-8") == expected
    assert capsys.readouterr().out == expected + "\n"


def test_the_lock_holds_what_is_asked_for() -> None:
    folder = paths.ROOT / "benchmarks"
    lines = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = {line.lower() for line in lines if line and not line.startswith("#")}
    locked = {line.lower() for line in (folder / "constraints.txt").read_text(encoding="utf-8").splitlines()}
    assert asked <= locked


def _one_customer(folder: Path) -> Path:
    path = folder / "customer.npz"
    np.savez(path, frequency=np.array([1]))
    return path
