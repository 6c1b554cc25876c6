"""Published facts reach MyST-NB in the form its own `glue` uses."""

import pytest

from customer_value import facts


def test_a_fact_is_written_as_mystnb_glue_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    mystnb = pytest.importorskip("myst_nb.ext.glue")
    written: list[tuple[dict, dict]] = []

    def record(data: dict, raw: bool, metadata: dict) -> None:
        assert raw
        written.append((data, metadata))

    monkeypatch.setattr(facts, "display", record)
    monkeypatch.setattr(mystnb, "ipy_display", record)
    facts.publish(top="68%")
    mystnb.glue("top", "68%", display=False)
    ours, theirs = written
    assert ours == theirs


def test_numbers_must_be_rounded_first() -> None:
    with pytest.raises(TypeError, match=r"top must be text, already rounded and with its unit; got 0\.68"):
        facts.publish(top=0.68)
