"""The tables of Kettleholt: what the company's own systems know, and apart from it what only we know."""

from customer_value.company._survey import TOUCHPOINTS
from customer_value.company.tables import Column, Table

_CUSTOMER = Column("customer_id", "whole", "customer")
_SCORES = (
    *(
        Column(f"{name}_score", "whole?", f"satisfaction with {name}, 1 (worst) to 10", "points")
        for name in TOUCHPOINTS
    ),
    Column("overall_score", "whole?", "satisfaction overall, 1 (worst) to 10", "points"),
    Column("recommend_score", "whole?", "would recommend Kettleholt, 0 (not at all) to 10", "points"),
)

_LEARNERS = (
    Table(
        "customers",
        "customers",
        "customer",
        (
            _CUSTOMER,
            Column("acquired_on", "day", "day of the first purchase", "day"),
            Column("channel", "text", "how the customer was won: store, search, social, deal site or referral"),
            Column("cac_eur", "money", "acquisition cost, as marketing books it (without discounts and gifts)", "EUR"),
            Column("country", "text", "country of residence"),
            Column("home_store", "text", "nearest store in that country"),
            Column("email_consent", "flag", "may be sent e-mail"),
            Column("referred_by", "whole?", "customer who recommended Kettleholt, where known"),
        ),
        ("customer_id",),
        (("home_store", "stores.store"), ("referred_by", "customers.customer_id")),
    ),
    Table(
        "transactions",
        "invoice lines, in the columns of the Online Retail data",
        "invoice line",
        (
            Column("InvoiceNo", "invoice", "invoice; a C before the number marks a credit note"),
            Column("StockCode", "text", "product; POST is postage, SAMPLE a free sample"),
            Column("Description", "text", "name of the product"),
            Column("Quantity", "whole", "pieces; below 0 on credit notes", "pieces"),
            Column("InvoiceDate", "time", "local time of the sale or the credit note", "minute"),
            Column("UnitPrice", "money", "price of a piece after discounts, without VAT", "EUR"),
            Column("CustomerID", "whole?", "customer, missing without a loyalty card"),
            Column("Country", "text", "country of the customer, or of the store"),
        ),
        (),
        (
            ("InvoiceNo", "orders.InvoiceNo"),
            ("StockCode", "products.StockCode"),
            ("CustomerID", "customers.customer_id"),
        ),
    ),
    Table(
        "orders",
        "orders: place, seller and delivery",
        "order",
        (
            Column("InvoiceNo", "invoice", "invoice"),
            Column("customer_id", "whole?", "customer, missing without a loyalty card"),
            Column("place", "text", "store, or web"),
            Column("employee_id", "text?", "adviser who is credited with the sale; missing on the web"),
            Column("voucher", "flag", "the voucher of autumn 2024 was used"),
            Column("promised_on", "day?", "promised delivery; missing in stores", "day"),
            Column("delivered_on", "day?", "delivery; missing in stores, if cancelled or after 2024-12-31", "day"),
        ),
        ("InvoiceNo",),
        (("customer_id", "customers.customer_id"), ("employee_id", "employees.employee_id")),
    ),
    Table(
        "returns",
        "returned lines",
        "credit note line",
        (
            Column("credit_note", "invoice", "InvoiceNo of the credit note"),
            Column("InvoiceNo", "invoice", "invoice that is returned or cancelled, in part or whole"),
            Column("StockCode", "text", "product"),
            Column("Quantity", "whole", "pieces taken back, above 0", "pieces"),
            Column("reason", "text", "what the customer said"),
            Column("resaleable", "flag", "sold again at full price; otherwise written off"),
        ),
        (),
        (
            ("credit_note", "transactions.InvoiceNo"),
            ("InvoiceNo", "orders.InvoiceNo"),
            ("StockCode", "products.StockCode"),
        ),
    ),
    Table(
        "products",
        "products",
        "product",
        (
            Column("StockCode", "text", "product"),
            Column("Description", "text", "name"),
            Column("category", "text", "coffee, kitchen, machine or none"),
            Column("list_price_eur", "money", "list price without VAT", "EUR"),
            Column("unit_cost_eur", "money", "cost of goods of a piece", "EUR"),
        ),
        ("StockCode",),
        once=True,
    ),
    Table(
        "subscriptions",
        "spells in the coffee club",
        "spell",
        (
            _CUSTOMER,
            Column("spell", "whole", "1 for the first time in the club, 2 for who came back"),
            Column("plan", "text", "coffee a month"),
            Column("price_eur", "money", "monthly price without VAT", "EUR"),
            Column("cost_eur", "money", "monthly variable cost: coffee, parcel, payment", "EUR"),
            Column("welcome_gift_eur", "money", "cost of goods given at the start", "EUR"),
            Column("started_on", "day", "first bill", "day"),
            Column("ended_on", "day?", "renewal not made; missing for who is still there at the end of 2024", "day"),
        ),
        ("customer_id", "spell"),
        (("customer_id", "customers.customer_id"),),
    ),
    Table(
        "contacts",
        "contacts with the service team",
        "contact",
        (
            Column("contact_id", "whole", "contact"),
            _CUSTOMER,
            Column("contacted_at", "time", "local time", "minute"),
            Column("medium", "text", "phone, chat, email or store"),
            Column("reason", "text", "what it was about"),
            Column("employee_id", "text", "service agent"),
            Column("minutes", "decimal", "handling time", "minutes", places=1),
            Column("resolved", "flag", "the customer's matter was settled"),
        ),
        ("contact_id",),
        (("customer_id", "customers.customer_id"), ("employee_id", "employees.employee_id")),
    ),
    Table(
        "activities",
        "activities and what they cost",
        "activity",
        (
            Column("activity", "text", "activity"),
            Column("department", "text", "who does it"),
            Column("minutes", "decimal", "working time each time", "minutes", places=1),
            Column("cost_per_minute_eur", "money", "cost of a minute of practical capacity", "EUR"),
            Column("outlay_eur", "money", "paid to others each time", "EUR"),
            Column("driver", "text", "what it is done for"),
        ),
        ("activity",),
        once=True,
    ),
    Table(
        "survey",
        "touchpoint survey of December 2024",
        "customer asked",
        (
            _CUSTOMER,
            Column("responded", "flag", "answered"),
            *_SCORES,
            Column("superior_experience", "flag?", "agrees that Kettleholt gives a superior experience"),
        ),
        ("customer_id",),
        (("customer_id", "customers.customer_id"),),
    ),
    Table(
        "managers_survey",
        "the same survey among managers",
        "manager",
        (
            Column("manager", "whole", "manager"),
            Column("role", "text", "area of work"),
            *_SCORES,
            Column("superior_experience", "flag", "believes that customers get a superior experience"),
        ),
        ("manager",),
        once=True,
    ),
    Table(
        "stock",
        "stock on the morning of 1 January 2025",
        "product",
        (
            Column("StockCode", "text", "product"),
            Column("on_hand", "whole", "pieces in the warehouse", "pieces"),
            Column("under_way", "whole", "pieces ordered from the supplier", "pieces"),
            Column("due_in_days", "whole?", "days until they arrive", "days"),
        ),
        ("StockCode",),
        (("StockCode", "products.StockCode"),),
        once=True,
    ),
    Table(
        "open_orders",
        "fifty open orders",
        "order",
        (
            Column("order_no", "whole", "order"),
            _CUSTOMER,
            Column("ordered_at", "time", "local time", "minute"),
            Column("StockCode", "text", "product"),
            Column("Quantity", "whole", "pieces", "pieces"),
            Column("UnitPrice", "money", "price of a piece without VAT", "EUR"),
        ),
        ("order_no",),
        (("customer_id", "customers.customer_id"), ("StockCode", "products.StockCode")),
        once=True,
    ),
    Table(
        "campaigns",
        "mailings: a catalogue and a voucher",
        "customer and campaign",
        (
            Column("campaign", "text", "spring catalogue or autumn voucher"),
            _CUSTOMER,
            Column("arm", "text", "mailed or not mailed; sent or held out"),
            Column("sent_on", "day", "day of the mailing, of both arms", "day"),
        ),
        ("campaign", "customer_id"),
        (("customer_id", "customers.customer_id"),),
    ),
    Table(
        "employees",
        "employees and their incentives",
        "employee",
        (
            Column("employee_id", "text", "employee"),
            Column("role", "text", "role"),
            Column("place", "text", "store, service or head office"),
            Column("salary_eur", "money", "fixed salary a year", "EUR"),
            Column("incentive", "text", "what variable pay depends on"),
            Column("commission", "decimal", "share of gross sales", "share", places=4),
            Column("bonus_eur", "money", "for each contact closed or customer won", "EUR"),
        ),
        ("employee_id",),
        once=True,
    ),
    Table(
        "stores",
        "stores",
        "store",
        (
            Column("store", "text", "store"),
            Column("city", "text", "city"),
            Column("country", "text", "country"),
            Column("fixed_cost_eur", "money", "rent and fittings a year", "EUR"),
        ),
        ("store",),
        once=True,
    ),
)

_TRUTH = (
    Table(
        "customers",
        "what drives each customer; no table of the company knows it",
        "customer",
        (
            _CUSTOMER,
            Column("purchases_per_week", "decimal", "rate of buying while a customer (lambda)", "per week", places=6),
            Column(
                "leaves_after_purchase",
                "decimal",
                "chance of leaving after each repeat purchase (p)",
                "share",
                places=5,
            ),
            Column("still_customer", "flag", "has not left by the end of 2024"),
            Column(
                "expected_purchases", "decimal", "purchases to be expected in 2025 (365.25 days)", "purchases", places=4
            ),
            Column("mean_order_eur", "money", "expected value of an order before discounts", "EUR"),
            Column("store_share", "decimal", "share of orders placed in a store", "share", places=4),
            Column("coffee_taste", "decimal", "share of coffee among small lines", "share", places=4),
            Column(
                "return_chance", "decimal", "chance that kitchenware bought on the web comes back", "share", places=4
            ),
            Column("serial_returner", "flag", "sends most things back"),
            Column("contacts_per_year", "decimal", "rate of contacting service", "per year", places=3),
            Column("needy", "flag", "contacts service again and again"),
            Column("advocate", "flag", "one of the few who bring most referrals"),
            Column(
                "contentment", "decimal", "added to every touchpoint in the survey", "standard deviations", places=4
            ),
            Column(
                "leaves_club_each_month",
                "decimal?",
                "chance of leaving the club at each renewal (theta)",
                "share",
                places=5,
            ),
            Column("voucher_type", "text", "what the autumn voucher would do"),
            Column("buys_without", "flag", "buys in the weeks of the voucher if not sent it"),
            Column("buys_with", "flag", "buys in the weeks of the voucher if sent it"),
            Column("leaves_club_with", "flag", "leaves the club because of the voucher if sent it"),
            Column("open_order_kind", "text?", "why the customer is among the fifty open orders"),
        ),
        ("customer_id",),
        truth=True,
    ),
)

LEARNERS: dict[str, Table] = {table.name: table for table in _LEARNERS}
TRUTH: dict[str, Table] = {table.name: table for table in _TRUTH}
