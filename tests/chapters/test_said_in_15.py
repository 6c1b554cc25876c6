"""Numbers that chapter 15's text states in words are those the library computes."""

import functools

import pandas as pd

import customer_value.own_data as own
from tests.chapters.said import says

INDEX = "15-capstone/index.md"
LAB = "15-capstone/lab.md"
EXERCISE = "15-capstone/exercise.md"


@functools.cache
def cleaned() -> own.Cleaned:
    """The sample as the chapter cleans it."""
    sample = own.sample_log()
    table = own.read_table(sample.content, sample.name)
    guesses = own.guess_mapping(table)
    mapped = own.to_log(table, guesses.mapping())
    return own.clean(mapped, test_codes=guesses.test_codes["product"])


@functools.cache
def result() -> own.Result:
    """The sample as the chapter values it."""
    return own.value_log(cleaned(), own.Terms(margin=0.4, discount_rate=0.10, currency="EUR"))


def test_the_interval_of_the_quiz_is_that_of_the_sample() -> None:
    total = result().total
    low, high = (f"{round(total[end], -3):,.0f}" for end in ("low", "high"))
    says(INDEX, f"The 90% interval of the total runs from {low} to {high} euros.")


def test_a_quarter_of_the_rows_does_not_count_and_most_were_sent_back() -> None:
    report = result().cleaning
    rows = report.loc["in the file", "rows"]
    says(INDEX, "A quarter of the rows do not count after cleaning.")
    assert 0.22 < 1 - report.loc["count", "rows"] / rows < 0.28
    sent_back = report.loc[["returns", "purchases sent back"], "rows"].sum()
    says(INDEX, "most were sent back")
    assert sent_back > 0.5 * (rows - report.loc["count", "rows"])


def test_the_limits_are_those_of_the_checks() -> None:
    from customer_value.own_data import diagnosis

    says(INDEX, f"Some {diagnosis.FEWEST_CUSTOMERS} customers, {diagnosis.FEWEST_REPEATERS} of them with a second")
    says(LAB, f"The page reads up to {own.MOST_ROWS:,} rows.")


def test_the_uplift_that_breaks_even() -> None:
    says(INDEX, "2,000 / (1,000 × 0.4) = 5.")
    assert own.UseCase("any", reach=1_000, uplift=5, cost=2_000).gain(0.4) == 0


def chance_between_halves() -> float:
    """Standard error of the difference of half a year's sales between two halves of the best tenth."""
    log = cleaned().log
    middle = result().today - pd.DateOffset(months=6)
    earlier = log[log["date"] <= middle].groupby("customer_id")["value"].sum()
    later = log[log["date"] > middle].groupby("customer_id")["value"].sum()
    spread = later.reindex(earlier.nlargest(len(earlier) // 10).index, fill_value=0.0).std()
    says(EXERCISE, f"has a standard deviation of {spread:.0f} euros.")
    return spread * (2 / 247) ** 0.5


def test_a_test_of_the_calls_sees_little() -> None:
    chance = chance_between_halves()
    says(
        EXERCISE,
        f"differ by some {chance:.0f} euros by chance alone, and a test sees an uplift from some {2 * chance:.0f}.",
    )


def test_rows_and_money_are_lost_in_different_measure() -> None:
    money, rows = cleaned().table["money"], cleaned().table["rows"]
    says(LAB, f"Of 100 rows in the sample {100 * (1 - rows['count'] / rows['in the file']):.0f} do not count")
    assert money["count"] / money["in the file"] > 0.9
    tiers = result().tiers
    assert f"{tiers.iloc[0]['share']:.0%}" == "50%"
    says(LAB, "those from whom most is still to come: half of all value")


def test_the_facts_for_the_summary_are_those_of_the_sample() -> None:
    found, margin = result(), 0.4
    total, holdout, tiers = found.total, found.holdout["error"], found.tiers
    worth, low, high = (f"{round(total[end], -3):,.0f}" for end in ("value", "low", "high"))
    says(
        EXERCISE,
        f"The {total['customers']:,.0f} customers are worth {worth} euros over 36 months, 90% interval {low} to {high}",
    )
    says(EXERCISE, f"expected {-holdout['purchases']:.1%} too few purchases, and {-holdout['money']:.1%} too little")
    says(EXERCISE, "No check of the data warns.")
    assert len(found.findings) == 0
    money = found.cleaning["money"]
    says(EXERCISE, f"without a customer are {money['no customer'] / money['in the file']:.0%} of the money in the file")
    best, once, last = (
        len(found.customers[chosen])
        for chosen in (
            found.customers["tier"] == tiers.index[0],
            found.customers["purchases"] == 1,
            found.customers["tier"] == tiers.index[-1],
        )
    )
    assert f"{tiers.iloc[0]['share']:.0%}" == "50%"
    says(EXERCISE, f"The best tenth, {best:,} customers, hold half of the value.")
    says(EXERCISE, f"cost 400 euros and pay from {400 / (best * margin):.2f} euros more sales each")
    says(EXERCISE, f"A guide to the {once:,} who bought once costs 900 euros and pays from {900 / (once * margin):.2f}")
    says(EXERCISE, f"my_memo({best}, {once}, {last})")
    says(EXERCISE, f"calls to {best // 2} of our {best} best customers")


def test_what_the_use_cases_of_the_lab_need() -> None:
    customers, margin = result().customers, 0.4
    best = customers[customers["tier"] == 1]
    silent = int((best["probability_alive"] < 0.5).sum())
    once = int((customers["purchases"] == 1).sum())
    calls = own.UseCase("calls", len(best), 6.0, 400).break_even(margin)
    call_back = own.UseCase("silent", silent, 20.0, 150).break_even(margin)
    guide = own.UseCase("guide", once, 1.5, 900).break_even(margin)
    says(LAB, f"The calls need about {calls:.2f} euros more from each; with a range of 0 to 12")
    says(LAB, f"Only {silent} of the best have probably fallen silent, and each would have to buy for {call_back:.0f}")
    says(LAB, f"or let somebody call these {silent} without a project")
    says(LAB, f"The guide needs {guide:.2f} from each, which is more than the 1.50")
    says(LAB, f"sees uplifts from some {2 * chance_between_halves():.0f} euros only")
    assert 0 < calls < 12
    assert guide > 1.5
