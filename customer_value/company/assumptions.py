"""Every number the simulated company Kettleholt is made of, each with its range and where it comes from.

All of them are teaching assumptions: chosen so that a question of the course has an answer to be found. ``range`` is
what we would still call plausible for such a retailer; ``source`` names the publication that suggested the size, or
says "teaching assumption" where there is none. Money is in euros, time in weeks unless said. ``as_truth`` lists them
all for ``truth.json``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

FIRST_DAY, LAST_DAY = "2022-01-01", "2024-12-31"
CURRENCY = "EUR"
OURS = "teaching assumption"

_BTYD = "BG/NBD of Fader, Hardie & Lee (2005), r .24, alpha 4.41, a .79, b 2.43 for CDs; coffee is bought more often"
_SBG = "sBG of Fader & Hardie (2007), who find alpha .67 and .70, beta 1.18 and 3.81 for yearly contracts; here monthly"
_NRF = "returned in the USA in 2023: 14.5% of sales, 17.6% online, 10.0% in stores (NRF & Appriss Retail, 2023)"
_TDABC = "time-driven activity-based costing, Kaplan & Anderson (2004)"
_SCALE = "scale use as in Rossi, Gilula & Allenby (2001)"


def given(value: Any, plausible: str, source: str = OURS) -> Any:
    """A field with its default, its plausible range and its source."""
    notes = {"range": plausible, "source": source}
    if isinstance(value, dict):
        return field(default_factory=lambda: dict(value), metadata=notes)
    return field(default=value, metadata=notes)


@dataclass(frozen=True)
class Channel:
    """How customers won through one channel behave; one instance per channel in ``CHANNELS``."""

    share: float = given(0.2, "share of new customers; all add to 1")
    cac: float = given(20.0, "5–40 € per customer in the first year")
    cac_growth: float = given(1.0, "1.0–1.3 a year; paid media become dearer")
    first_order_discount: float = given(0.0, "0–0.5 off the prices of the first order")
    r: float = given(0.8, "0.2–1.5", _BTYD)
    alpha: float = given(6.5, "4–10 weeks", _BTYD)
    a: float = given(0.5, "0.3–1.0", _BTYD)
    b: float = given(4.0, "1.5–6", _BTYD)
    store_a: float = given(1.0, "0.5–6; share of orders placed in stores is Beta(store_a, store_b)")
    store_b: float = given(5.0, "2–6")
    subscribes: float = given(0.15, "0.05–0.3 of the customers")
    welcome_gift: float = given(0.0, "0–40 € of goods given to a new subscriber")
    sbg_alpha: float = given(0.8, "0.5–1.5", _SBG)
    sbg_beta: float = given(8.0, "2–12", _SBG)


CHANNELS: dict[str, Channel] = {
    "store": Channel(
        share=0.34, cac=9.0, r=0.85, alpha=6.5, a=0.5, b=4.5, store_a=6.0, store_b=2.0,
        subscribes=0.10, sbg_alpha=0.9, sbg_beta=10.0,
    ),
    "search": Channel(
        share=0.22, cac=30.0, cac_growth=1.1, r=0.7, alpha=6.0, a=0.6, b=3.8, store_a=1.0, store_b=6.0,
        subscribes=0.16, sbg_alpha=0.9, sbg_beta=7.5,
    ),
    "social": Channel(
        share=0.18, cac=20.0, cac_growth=1.25, r=0.5, alpha=6.0, a=0.8, b=2.6, store_a=1.0, store_b=6.0,
        subscribes=0.18, sbg_alpha=1.0, sbg_beta=4.5,
    ),
    "deal site": Channel(
        share=0.15, cac=7.0, first_order_discount=0.5, r=0.4, alpha=6.5, a=0.95, b=1.9, store_a=0.6, store_b=6.0,
        subscribes=0.28, welcome_gift=35.0, sbg_alpha=1.2, sbg_beta=2.6,
    ),
    "referral": Channel(
        share=0.11, cac=15.0, r=1.0, alpha=7.0, a=0.45, b=5.4, store_a=2.0, store_b=4.0,
        subscribes=0.22, sbg_alpha=0.7, sbg_beta=11.0,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class People:
    """Who the customers are."""

    countries: Mapping[str, float] = given({"Netherlands": 0.58, "Belgium": 0.25, "Germany": 0.17}, "shares add to 1")
    growth: float = given(0.4, "0–1: new customers a week rise by this share from the first to the last week")
    email_consent: float = given(0.82, "0.6–0.9")
    advocates: float = given(0.04, "0.02–0.1 of customers bring nearly all referrals; Kumar, Petersen & Leone (2007)")
    referred_by_advocate: float = given(0.85, "0.6–0.95 of referred customers; the others by anybody")
    serial_returner: float = given(0.03, "0.01–0.05 of customers")
    serial_returner_big_spender: float = given(0.16, "0.05–0.2 of the tenth with the highest mean order")
    needy: float = given(0.05, "0.02–0.08 of customers call service again and again")


@dataclass(frozen=True)
class Spend:
    """Value of an order: gamma-gamma, whatever the channel and however often one buys."""

    p: float = given(5.5, "3–8", "Fader & Hardie (2013), note 025: 6.25 for CDs")
    q: float = given(4.2, "3–6", "Fader & Hardie (2013), note 025: 3.74 for CDs")
    gamma: float = given(26.0, "10–40 €", "Fader & Hardie (2013), note 025: 15.44 $ for CDs")
    postage: float = given(3.95, "3–6 € on web orders below free_above")
    free_above: float = given(35.0, "25–50 €")
    price_noise: float = given(0.15, "0–0.3: how far promotions move a price from the list, about")


@dataclass(frozen=True)
class Baskets:
    """How an order splits into lines."""

    further_lines: float = given(1.3, "0.5–3 lines after the first, on average, if the order is large enough")
    least_per_line: float = given(5.0, "2–10 €")
    coffee_a: float = given(4.0, "1–6; taste for coffee is Beta(coffee_a, coffee_b)")
    coffee_b: float = given(2.0, "1–6")
    machine_from: float = given(85.0, "60–150 €: smallest line that may be a machine")
    machine: float = given(0.6, "0.3–0.8 of such lines")


@dataclass(frozen=True)
class Orders:
    """Delivery and what goes wrong with the records."""

    promised_days: int = given(2, "1–3 days")
    late: Mapping[str, float] = given(
        {"Netherlands": 0.06, "Belgium": 0.09, "Germany": 0.27}, "0.03–0.3 of parcels; the carrier abroad is worse"
    )
    late_days: float = given(2.5, "1–5 days more, on average")
    anonymous: float = given(0.10, "0.05–0.3 of store orders without a loyalty card")
    double_posted: float = given(0.002, "0.001–0.01 of lines recorded twice")
    free_sample: float = given(0.02, "0–0.1 of web orders carry a line of price 0")
    pushy_advisers: int = given(4, "one adviser in so many sells more than the customer wants")
    pushy_weight: float = given(1.3, "1–2: orders of a pushy adviser relative to a colleague")


@dataclass(frozen=True)
class Returns:
    """What comes back. A line's chance is the customer's own times the factors, at most ``most``."""

    usual_a: float = given(1.2, "chance of a usual customer is Beta(usual_a, usual_b)", _NRF)
    usual_b: float = given(5.5, "5–12", _NRF)
    serial_a: float = given(9.0, "chance of a serial returner is Beta(serial_a, serial_b), whatever the goods")
    serial_b: float = given(3.0, "2–8")
    in_store: float = given(0.35, "0.3–0.8 relative to the web", _NRF)
    coffee: float = given(0.45, "0.2–0.6 relative to kitchenware")
    machine: float = given(1.6, "1–2.5 relative to kitchenware")
    pushy_adviser: float = given(5.0, "2–6 relative to other advisers")
    most: float = given(0.95, "at most 1")
    after_days: float = given(9.0, "5–20 days after the first three, on average")
    part_of_line: float = given(0.3, "0.1–0.5 of returned lines with several pieces come back in part")
    resaleable: Mapping[str, float] = given(
        {"coffee": 0.05, "kitchen": 0.8, "machine": 0.7}, "share sold again at full price; the rest is written off"
    )
    cancelled: float = given(0.025, "0.01–0.04 of web orders cancelled before dispatch")


@dataclass(frozen=True)
class Subscriptions:
    """The coffee club: a parcel a month until the customer leaves."""

    plans: Mapping[str, tuple[float, float, float]] = given(
        {"250 g": (14.9, 10.3, 0.5), "500 g": (24.9, 15.2, 0.35), "1 kg": (39.9, 23.8, 0.15)},
        "price €, variable cost € (coffee, parcel, payment), share of subscribers",
    )
    delay_days: float = given(20.0, "0–60 days after the first purchase, on average")
    comes_back: float = given(0.14, "0.05–0.25 of leavers")
    comes_back_months: int = given(6, "2–12 months at most until they do")


@dataclass(frozen=True)
class Service:
    """Contacts with the service team."""

    usual_shape: float = given(0.5, "0.3–1; contacts a year of a usual customer are gamma")
    usual_mean: float = given(0.25, "0.1–0.5 contacts a year besides deliveries and returns")
    needy_mean: float = given(28.0, "10–40 contacts a year of a needy customer")
    after_late: float = given(0.5, "0.3–0.6 of late deliveries lead to a contact")
    after_return: float = given(0.2, "0.1–0.4 of returns do")
    minutes: Mapping[str, float] = given(
        {"phone": 9.0, "chat": 7.0, "email": 6.0, "store": 8.0}, "4–15 minutes on average", _TDABC
    )
    hasty_agents: int = given(3, "one agent in so many works to the clock")
    hasty_minutes: float = given(0.55, "0.4–0.8 of a colleague's time")
    resolved: float = given(0.88, "0.7–0.95 solved at the first contact")
    resolved_hasty: float = given(0.6, "0.5–0.8")
    calls_again: float = given(0.75, "0.5–0.9 of unsolved cases come back")


@dataclass(frozen=True)
class Survey:
    """Touchpoint survey: ordinal probit on ten points, with scale use and non-response."""

    asked: float = given(0.9, "0.3–1 of the customers who bought in the year")
    mean: Mapping[str, float] = given(
        {"store": 0.6, "web": 0.2, "delivery": 0.1, "product": 0.65, "price": -0.4, "service": -0.1, "returns": -0.3},
        "latent means, in standard deviations of one answer",
    )
    weight: Mapping[str, float] = given(
        {
            "store": 0.15,
            "web": 0.10,
            "delivery": 0.50,
            "product": 0.20,
            "price": 0.05,
            "service": 0.25,
            "returns": 0.05,
        },
        "what each touchpoint adds to the overall experience",
    )
    person: float = given(0.45, "0.3–0.8: spread of general contentment")
    leaving: float = given(-0.35, "−0.6–0: contentment per standard deviation of log odds of leaving")
    late: float = given(-1.8, "−2–−0.5 on delivery if a parcel of the year was late")
    recovered: float = given(1.7, "0–2 on delivery and service if a first contact then put it right")
    unresolved: float = given(-1.1, "−2–−0.5 on service after an unsolved contact")
    noise: float = given(0.7, "spread of the overall answer beyond the touchpoints")
    shift: float = given(0.6, "0.3–0.9: spread of where people put themselves on a scale", _SCALE)
    stretch: float = given(0.3, "0.2–0.5: spread of the log of how much of it they use", _SCALE)
    cuts: tuple[float, ...] = given((-2.4, -2.0, -1.6, -1.2, -0.75, -0.25, 0.3, 0.95, 1.7), "between 1 and 10, rising")
    response: float = given(-1.0, "log odds of answering of a customer with no contentment and one order a year")
    response_contentment: float = given(0.9, "0.3–1.2: the contented answer")
    response_orders: float = given(0.09, "0–0.2 per order of the year: the loyal answer")
    superior: float = given(1.5, "0.8–2: overall experience from which one calls it superior")
    managers: int = given(60, "20–200")
    managers_lift: Mapping[str, float] = given(
        {"store": 0.5, "web": 0.8, "delivery": 1.4, "product": 0.6, "price": 0.4, "service": 1.2, "returns": 1.3},
        "0–2: how much better managers believe it to be",
        "Bain (2005): 80% of firms believed their experience superior, 8% of customers agreed",
    )


@dataclass(frozen=True)
class Campaigns:
    """A spring catalogue sent to the best customers, without effect; an autumn voucher drawn by lot, with several."""

    catalogue_on: str = given("2024-04-08", "a Monday")
    catalogue_share: float = given(0.25, "0.1–0.4 of customers, by revenue of the twelve months before")
    voucher_on: str = given("2024-11-04", "a Monday")
    voucher_days: int = given(28, "14–42")
    voucher_off: float = given(0.2, "0.1–0.3 off the first order in these days")
    redeems: float = given(0.85, "0.5–0.95 of those who buy")
    sent: float = given(0.5, "share drawn for the voucher; the others are held out")
    lapsing_days: tuple[int, int] = given((60, 400), "days since the latest purchase that make a customer lapsing")
    persuadable_lapsing: float = given(0.15, "0.05–0.3; types as in Radcliffe (2007)")
    persuadable_others: float = given(0.01, "0–0.1")
    sleeping_dog_subscriber: float = given(0.16, "0.02–0.2: reminded of the parcel, they leave the coffee club")
    sleeping_dog_others: float = given(0.01, "0–0.05: reminded of the firm, they have their data deleted")


@dataclass(frozen=True)
class OpenOrders:
    """Fifty web orders for one machine on 1 January 2025, and too few machines."""

    scarce: str = given("KH701", "stock code")
    on_hand: int = given(22, "fewer than ordered")
    next_delivery: str = given("2025-02-17", "some weeks later")
    leaves_if_late: float = given(0.30, "0.1–0.4: chance that a customer who waits never buys again")
    leaves_if_served: float = given(0.04, "0–0.1")
    kinds: Mapping[str, int] = given(
        {
            "loyal": 10,
            "serial returner": 8,
            "needy": 5,
            "advocate": 4,
            "deal site": 8,
            "new": 5,
            "reseller": 3,
            "any": 7,
        },
        "how many of each; they add to 50",
    )
    reseller_quantity: int = given(5, "3–10 pieces")


@dataclass(frozen=True)
class Assumptions:
    """All of them; change some with ``dataclasses.replace`` and simulate another company."""

    channels: dict[str, Channel] = field(default_factory=lambda: dict(CHANNELS))
    people: People = field(default_factory=People)
    spend: Spend = field(default_factory=Spend)
    baskets: Baskets = field(default_factory=Baskets)
    orders: Orders = field(default_factory=Orders)
    returns: Returns = field(default_factory=Returns)
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    service: Service = field(default_factory=Service)
    survey: Survey = field(default_factory=Survey)
    campaigns: Campaigns = field(default_factory=Campaigns)
    open_orders: OpenOrders = field(default_factory=OpenOrders)


def as_truth(assumptions: Assumptions) -> dict[str, Any]:
    """Every parameter as ``{"value", "range", "source"}``, nested as in the assumptions: what ``truth.json`` holds."""
    return {part.name: _listed(getattr(assumptions, part.name)) for part in fields(assumptions)}


def _listed(part: Any) -> dict[str, Any]:
    if isinstance(part, dict):
        return {name: _listed(each) for name, each in part.items()}
    assert is_dataclass(part)
    return {each.name: {"value": getattr(part, each.name), **each.metadata} for each in fields(part)}
