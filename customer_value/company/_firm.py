"""What the company has whoever its customers are: products, stores, employees, activities."""

from dataclasses import dataclass

import numpy as np

from customer_value.company._draws import Ints

CATEGORIES = ("coffee", "kitchen", "machine")
COFFEE, KITCHEN, MACHINE = range(3)

# Stock code, description, category, list price and unit cost in cents.
PRODUCTS: tuple[tuple[str, str, str, int, int], ...] = (
    ("KH101", "DRIP BAG SINGLE", "coffee", 190, 80),
    ("KH102", "FILTER PAPERS 100", "coffee", 320, 130),
    ("KH103", "HOUSE BLEND 100 G", "coffee", 450, 195),
    ("KH104", "DECAF 250 G", "coffee", 690, 300),
    ("KH105", "HOUSE BLEND 250 G", "coffee", 790, 340),
    ("KH106", "ESPRESSO ROAST 250 G", "coffee", 890, 385),
    ("KH107", "LOOSE LEAF TEA 200 G", "coffee", 990, 420),
    ("KH108", "SINGLE ORIGIN ETHIOPIA 250 G", "coffee", 1150, 505),
    ("KH109", "SINGLE ORIGIN COLOMBIA 250 G", "coffee", 1250, 545),
    ("KH110", "HOUSE BLEND 500 G", "coffee", 1450, 625),
    ("KH111", "ESPRESSO ROAST 500 G", "coffee", 1690, 725),
    ("KH112", "TASTING BOX OF FOUR", "coffee", 1990, 890),
    ("KH113", "HOUSE BLEND 1 KG", "coffee", 2590, 1140),
    ("KH114", "ESPRESSO ROAST 1 KG", "coffee", 2990, 1310),
    ("KH115", "MICROLOT RESERVE 500 G", "coffee", 3690, 1700),
    ("KH301", "TEASPOON STEEL", "kitchen", 250, 110),
    ("KH302", "ESPRESSO CUP", "kitchen", 490, 220),
    ("KH303", "MUG STONEWARE", "kitchen", 790, 360),
    ("KH304", "TEA TOWEL SET OF TWO", "kitchen", 1090, 500),
    ("KH305", "MILK JUG 350 ML", "kitchen", 1390, 640),
    ("KH306", "TAMPER BEECH", "kitchen", 1690, 780),
    ("KH307", "BREAD BOARD OAK", "kitchen", 2190, 1050),
    ("KH308", "POUR OVER DRIPPER", "kitchen", 2490, 1170),
    ("KH309", "FRENCH PRESS 1 L", "kitchen", 2990, 1420),
    ("KH310", "KITCHEN SCALE", "kitchen", 3490, 1720),
    ("KH311", "STORAGE JAR SET OF THREE", "kitchen", 3990, 1900),
    ("KH312", "STOVETOP POT 6 CUPS", "kitchen", 4490, 2190),
    ("KH313", "CHEF KNIFE 20 CM", "kitchen", 5990, 2960),
    ("KH314", "GOOSENECK KETTLE", "kitchen", 6990, 3550),
    ("KH315", "SAUCEPAN COPPER BASE", "kitchen", 8490, 4300),
    ("KH316", "CAST IRON PAN 28 CM", "kitchen", 9990, 5100),
    ("KH317", "COOKWARE SET OF THREE", "kitchen", 15900, 8300),
    ("KH701", "ESPRESSO MACHINE DUETTO", "machine", 54900, 43400),
    ("KH702", "HAND GRINDER", "machine", 7900, 5900),
    ("KH703", "CAPSULE MACHINE MINI", "machine", 9900, 7600),
    ("KH704", "ELECTRIC GRINDER", "machine", 13900, 10700),
    ("KH705", "FILTER MACHINE", "machine", 17900, 13900),
    ("KH706", "CAPSULE MACHINE MILK", "machine", 22900, 17800),
    ("KH707", "GRINDER PRO", "machine", 29900, 23300),
    ("KH708", "ESPRESSO MACHINE SOLO", "machine", 37900, 29700),
    ("KH709", "BEAN TO CUP MACHINE", "machine", 79900, 63100),
)
# Codes that are on invoices but are no goods of the range.
POSTAGE, SAMPLE = "POST", "SAMPLE"
OTHER_CODES: tuple[tuple[str, str, str, int, int], ...] = (
    (POSTAGE, "POSTAGE", "none", 395, 0),
    (SAMPLE, "FREE SAMPLE", "none", 0, 95),
)
ALL_CODES = (*PRODUCTS, *OTHER_CODES)
CODE_OF = {code: position for position, (code, *_) in enumerate(ALL_CODES)}
DESCRIPTIONS = tuple(row[1] for row in ALL_CODES)
CATEGORY = np.array([CATEGORIES.index(row[2]) if row[2] in CATEGORIES else -1 for row in ALL_CODES], dtype=np.int64)
LIST_PRICE = np.array([row[3] for row in ALL_CODES], dtype=np.int64)
UNIT_COST = np.array([row[4] for row in ALL_CODES], dtype=np.int64)


@dataclass(frozen=True)
class Shelf:
    """Products of one category, from the cheapest: positions in ``ALL_CODES``, and prices halfway between."""

    product: Ints
    between: Ints


def _shelf(category: int) -> Shelf:
    found = np.flatnonzero(category == CATEGORY).astype(np.int64)
    found = found[np.argsort(LIST_PRICE[found], kind="stable")]
    price = LIST_PRICE[found]
    return Shelf(found, (price[1:] + price[:-1]) // 2)


SHELVES = tuple(_shelf(category) for category in range(len(CATEGORIES)))

# Store, city, country, weight of its customers, rent and fittings in cents a year.
STORES: tuple[tuple[str, str, str, float, int], ...] = (
    ("S01", "Amsterdam", "Netherlands", 0.14, 14_800_000),
    ("S02", "Utrecht", "Netherlands", 0.12, 9_600_000),
    ("S03", "Rotterdam", "Netherlands", 0.11, 10_400_000),
    ("S04", "Groningen", "Netherlands", 0.07, 6_200_000),
    ("S05", "Eindhoven", "Netherlands", 0.08, 7_100_000),
    ("S06", "Haarlem", "Netherlands", 0.06, 7_800_000),
    ("S07", "Antwerp", "Belgium", 0.11, 9_900_000),
    ("S08", "Ghent", "Belgium", 0.09, 8_300_000),
    ("S09", "Leuven", "Belgium", 0.05, 6_900_000),
    ("S10", "Cologne", "Germany", 0.08, 9_800_000),
    ("S11", "Aachen", "Germany", 0.05, 6_400_000),
    ("S12", "Düsseldorf", "Germany", 0.04, 9_200_000),
)
ADVISERS_PER_STORE = 4
AGENTS = 12
# Position of the web shop where a place is asked for; stores come first.
WEB = len(STORES)
PLACES = (*(store[0] for store in STORES), "web")

# Activity, department, minutes, cost of a minute in cents, outlay in cents, what it is done for.
ACTIVITIES: tuple[tuple[str, str, float, int, int, str], ...] = (
    ("take web order", "web shop", 0.0, 0, 45, "web order"),
    ("pick and pack order", "warehouse", 2.5, 46, 38, "web order"),
    ("pick line", "warehouse", 0.8, 46, 0, "line of a web order"),
    ("ship parcel", "warehouse", 0.5, 46, 495, "web order"),
    ("advise and check out", "store", 6.0, 55, 0, "store order"),
    ("check out line", "store", 0.4, 55, 0, "line of a store order"),
    ("take payment", "finance", 0.2, 70, 22, "order"),
    ("process return from the web", "warehouse", 9.0, 46, 480, "return of a web order"),
    ("process return in a store", "store", 7.0, 55, 0, "return of a store order"),
    ("cancel order before dispatch", "web shop", 4.0, 62, 0, "cancelled order"),
    ("answer contact", "service", 1.0, 62, 0, "minute of a contact"),
    ("follow up contact", "service", 3.0, 62, 0, "contact"),
    ("send voucher", "marketing", 0.0, 0, 4, "voucher sent"),
    ("send catalogue", "marketing", 0.0, 0, 135, "catalogue mailed"),
    ("keep account", "marketing", 0.0, 0, 180, "customer and year"),
)


@dataclass(frozen=True)
class Employee:
    """One employee; ``weight`` and ``pushy`` or ``hasty`` are how they work and are in no learners' table."""

    employee_id: str
    role: str
    place: str
    salary: int
    incentive: str
    rate: int
    """Hundredths of a per cent of sales, or cents per contact, as ``incentive`` says."""
    odd: bool


def employees(pushy_every: int, hasty_every: int) -> tuple[Employee, ...]:
    """Advisers store by store, then service agents, then managers."""
    people = []
    for store in STORES:
        for place in range(ADVISERS_PER_STORE):
            number = len(people)
            people.append(
                Employee(
                    f"E{number + 1:03d}",
                    "store adviser",
                    store[0],
                    2_650_000 + 60_000 * ((number * 7) % 5),
                    "commission on gross sales",
                    150,
                    place == (number // ADVISERS_PER_STORE) % pushy_every,
                )
            )
    for agent in range(AGENTS):
        number = len(people)
        people.append(
            Employee(
                f"E{number + 1:03d}",
                "service agent",
                "service",
                2_800_000 + 50_000 * ((agent * 5) % 4),
                "bonus per closed contact",
                40,
                agent % hasty_every == 1,
            )
        )
    for role, salary, incentive, rate in (
        ("head of stores", 8_900_000, "commission on gross sales", 20),
        ("head of web shop", 8_900_000, "commission on gross sales", 20),
        ("head of service", 7_800_000, "bonus per closed contact", 2),
        ("head of marketing", 8_600_000, "bonus per new customer", 100),
        ("head of logistics", 8_200_000, "none", 0),
    ):
        people.append(Employee(f"E{len(people) + 1:03d}", role, "head office", salary, incentive, rate, False))
    return tuple(people)
