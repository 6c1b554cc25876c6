"""What is planted in the simulated company for the chapters to find, and how it shows in the company's own tables."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something true of Kettleholt that the chapters look for."""

    name: str
    chapters: tuple[str, ...]
    statement: str
    how_to_see: str


FINDINGS: tuple[Finding, ...] = (
    Finding(
        "cheap_channel",
        ("07", "08"),
        "The deal site has the lowest acquisition cost and is the worst channel: half-price first orders, gifts to new"
        " subscribers, few repeat purchases.",
        "customers, transactions, products, subscriptions: contribution after acquisition cost per customer by channel",
    ),
    Finding(
        "churn_by_channel",
        ("08", "12"),
        "Subscribers won by the deal site leave the coffee club several times faster than those won by referral.",
        "subscriptions, customers: survivors of first spells by channel",
    ),
    Finding(
        "serial_returners",
        ("05", "09", "13"),
        "A few customers of the hundred with the highest gross revenue send most of it back and fall off the list.",
        "transactions: rank by gross revenue and by revenue net of credit notes",
    ),
    Finding(
        "costly_service",
        ("02", "05"),
        "A few customers contact service so often that it eats the margin of all they buy.",
        "contacts, activities, transactions, products: profit after cost to serve",
    ),
    Finding(
        "machines_have_thin_margins",
        ("05", "07"),
        "Machines bring a large part of revenue and a small part of margin, and come back most.",
        "transactions, products, returns: margin and return rate by category",
    ),
    Finding(
        "returns_on_the_web",
        ("05", "09"),
        "Web orders come back more often than store orders; the stores' exception is in employees' incentives.",
        "transactions, orders, returns: value returned by place",
    ),
    Finding(
        "catalogue_did_nothing",
        ("12",),
        "Customers mailed the catalogue buy far more afterwards than others; the catalogue had no effect: it went to"
        " the best customers, who had bought more before as well.",
        "campaigns, transactions: purchases after and before the mailing by arm",
    ),
    Finding(
        "voucher_moves_the_lapsing",
        ("12",),
        "Drawn by lot, the voucher lifts buying among customers who had not bought for two months to a year, and hardly"
        " among recent buyers, who use it on what they would have bought anyway.",
        "campaigns, transactions, orders: buyers by arm and days since the latest purchase",
    ),
    Finding(
        "sleeping_dogs",
        ("12",),
        "The voucher reminds subscribers of their subscription: more of them leave the club if they were sent it.",
        "campaigns, subscriptions: spells ended in the eight weeks after the voucher by arm",
    ),
    Finding(
        "delivery_gap",
        ("03",),
        "Most managers believe that customers get a superior experience; few customers agree. The gap is widest at"
        " delivery, returns and service.",
        "survey, managers_survey: superior_experience and mean scores",
    ),
    Finding(
        "delivery_drives_contentment",
        ("03",),
        "Delivery matters most to the overall score among web customers, price least.",
        "survey: scores against overall_score, each less the person's own mean",
    ),
    Finding(
        "late_in_germany",
        ("03", "13"),
        "Parcels to Germany are late far more often, and German customers rate delivery lower.",
        "orders, customers, survey: delivered_on after promised_on by country",
    ),
    Finding(
        "recovery_pays",
        ("03", "13"),
        "A late parcel lowers the delivery score; where a first contact put it right the score is as good as on time.",
        "orders, contacts, survey: delivery_score by lateness and resolution",
    ),
    Finding(
        "happy_people_answer",
        ("03",),
        "Loyal customers answer the survey more often, so its mean flatters the company.",
        "survey, transactions: response by orders in the year",
    ),
    Finding(
        "two_channels_more_orders",
        ("09", "13"),
        "Customers seen in stores and on the web order more; not because of it: whoever orders often is seen in more"
        " places. With an equal number of orders the difference is gone.",
        "orders: customers by places used, all and among equals",
    ),
    Finding(
        "hidden_advocates",
        ("02", "11", "13"),
        "A few customers bring most of the referrals, and they are not the ones who spend most.",
        "customers: referred_by against revenue",
    ),
    Finding(
        "commission_rewards_returns",
        ("14",),
        "In each store the adviser with the highest gross sales, and so the highest commission, sells what comes back.",
        "orders, transactions, returns, employees: gross and net sales and margin by adviser",
    ),
    Finding(
        "bonus_per_contact",
        ("14",),
        "Agents paid per contact closed who are quickest settle fewer cases, and their customers ask again.",
        "contacts: minutes, resolved and contacts within a week by agent",
    ),
    Finding(
        "first_come_first_served",
        ("13",),
        "Shipping the scarce machines in order of date or order value serves customers of little future value first;"
        " ranking by expected margin net of returns keeps more.",
        "open_orders, stock, transactions, returns: expected margin of who is served",
    ),
)
