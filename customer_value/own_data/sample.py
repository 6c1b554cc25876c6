"""Files for those who bring none: the sales and the coffee club of Kettleholt, which does not exist."""

from typing import NamedTuple

from customer_value.datasets import load_kettleholt


class SampleFile(NamedTuple):
    """A file as a learner could have it."""

    name: str
    content: bytes


def sample_log() -> SampleFile:
    """Three years of invoice lines of a simulated retailer, as CSV: returns, lines without customer, free samples."""
    return SampleFile("kettleholt-sales.csv", _csv("transactions"))


def sample_contracts() -> SampleFile:
    """The spells in that retailer's coffee club, as CSV: a start, an end where there is one, and a price a month."""
    return SampleFile("kettleholt-coffee-club.csv", _csv("subscriptions"))


def _csv(table: str) -> bytes:
    return load_kettleholt(table).to_csv(index=False, lineterminator="\r\n").encode()
