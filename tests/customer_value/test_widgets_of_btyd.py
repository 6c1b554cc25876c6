"""The explorations of buy-till-you-die models answer in words, follow their controls and work at both ends."""

import pandas as pd
import pytest

from customer_value import btyd_widgets
from customer_value.btyd import BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from customer_value.datasets import load_cdnow
from customer_value.transactions import rfm_summary
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner

LOG, UNTIL = load_cdnow(sample=True), "1997-09-30"
SUMMARY = rfm_summary(LOG, UNTIL)
BG = BetaGeoModel().fit(SUMMARY)
MODELS = {"BG/NBD": BG, "MBG/NBD": ModifiedBetaGeoModel().fit(SUMMARY), "Pareto/NBD": ParetoNBDModel().fit(SUMMARY)}
EVERY = {
    "silence": lambda: btyd_widgets.alive_explorer(MODELS, 11.64, 2),
    "silence of one model": lambda: btyd_widgets.alive_explorer({"BG/NBD": BG}, 11.64, 2),
    "mixing": lambda: btyd_widgets.mixing_explorer(SUMMARY, 11.64),
    "next purchase": lambda: btyd_widgets.next_purchase(LOG, 2389, BG, UNTIL, 11.64),
}


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY.keys())
def test_every_corner_works_and_every_control_has_a_label(make, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(make, monkeypatch)


def test_silence_is_worth_what_the_model_expects() -> None:
    made = btyd_widgets.alive_explorer(MODELS, margin=10, cost=2, frequency=4, recency=30, silent=5)
    known = pd.DataFrame({"frequency": [4], "recency": [30.0], "T": [35.0]})
    alive, bought = BG.expected_probability_alive(known)[0], BG.expected_purchases(known, 39)[0]
    lost = 10 * bought * (1 / alive - 1)
    assert f"BG/NBD: alive with {alive:.0%}" in sentence(made)
    assert f"{bought:.1f} purchases, ${10 * bought:,.0f} of margin" in sentence(made)
    assert f"pays if it works on more than {2 / lost:.0%} of those who left" in sentence(made)


def test_one_who_never_came_back_cannot_be_won_back_under_bg_nbd() -> None:
    made = btyd_widgets.alive_explorer(MODELS, margin=10, cost=2, frequency=0, recency=30, silent=20)
    assert "BG/NBD: alive with 100% (MBG/NBD 46%, Pareto/NBD 46%)" in sentence(made)
    assert "would add $0.00, less than a letter at $2.00 costs." in sentence(made)
    assert sentence(made).endswith("that slider does nothing.")
    before = sentence(made)
    controls(made)[1].value = 5
    assert sentence(made) == before


def test_mixing_reaches_the_fit() -> None:
    made = btyd_widgets.mixing_explorer(SUMMARY, 10)
    far = float(sentence(made).split("log-likelihood is ")[1].split(" below")[0].replace(",", ""))
    yearly, alike, leaving, firm = controls(made)
    yearly.value, alike.value, leaving.value, firm.value = 3, 0.24, 25, 3.2
    near = float(sentence(made).split("log-likelihood is ")[1].split(" below")[0].replace(",", ""))
    assert 0 <= near < 1 < 500 < far
    assert "59% would not have come back by now; 60% did not." in sentence(made)
    bought = 1_000 * BG.expected_purchases_new_customer(39)
    said = float(sentence(made).split("customers make ")[1].split(" repeat")[0].replace(",", ""))
    assert said == pytest.approx(bought, rel=0.05)


def test_a_purchase_ends_the_doubt() -> None:
    made = btyd_widgets.next_purchase(LOG, 2389, BG, UNTIL, 10)
    assert sentence(made).startswith("On 1997-09-30 alive with 10%, 0.5 purchases expected in the next 39 weeks.")
    assert "lifts it" not in sentence(made)
    controls(made)[1].value = True
    known = pd.DataFrame({"frequency": [8], "recency": [41.5714], "T": [41.5714]})
    assert f"lifts it to {BG.expected_probability_alive(known)[0]:.0%}" in sentence(made)


def test_only_what_was_known_counts() -> None:
    known = LOG[LOG["date"] <= UNTIL]
    one, two = (btyd_widgets.next_purchase(log, 2389, BG, UNTIL, 10) for log in (LOG, known))
    assert sentence(one) == sentence(two)
    with pytest.raises(ValueError, match="customer_id -1 has no purchase"):
        btyd_widgets.next_purchase(LOG, -1, BG, UNTIL, 10)
