"""Numbers that chapter 15's text states in words are those the library computes."""

import functools

import customer_value.own_data as own
from tests.chapters.said import says

INDEX = "15-capstone/index.md"
LAB = "15-capstone/lab.md"


@functools.cache
def result() -> own.Result:
    """The sample as the chapter values it."""
    sample = own.sample_log()
    table = own.read_table(sample.content, sample.name)
    guesses = own.guess_mapping(table)
    mapped = own.to_log(table, guesses.mapping())
    cleaned = own.clean(mapped, test_codes=guesses.test_codes["product"])
    return own.value_log(cleaned, own.Terms(margin=0.4, discount_rate=0.10, currency="EUR"))


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
