"""Segments that serve a decision: a best-customer list, value tiers, and who is called low value.

``lists`` shows what returns do to a list of the best, ``tiers`` makes k-means tiers and says how far to trust them,
``calls`` predicts who will bring little and turns right and wrong calls into money, ``company`` works out what each
customer of Kettleholt brought. Scikit-learn is loaded when it is first needed.
"""

from customer_value.segments.calls import (
    Confusion,
    break_even_chance,
    chance_of_low_value,
    confusion,
    confusion_from_rates,
    cutoff_table,
    money_of_dropping,
)
from customer_value.segments.company import shop_contribution
from customer_value.segments.lists import BestLists, best_lists
from customer_value.segments.tiers import ValueTiers, agreement, log_features, tier_choice, value_tiers

__all__ = [
    "BestLists",
    "Confusion",
    "ValueTiers",
    "agreement",
    "best_lists",
    "break_even_chance",
    "chance_of_low_value",
    "confusion",
    "confusion_from_rates",
    "cutoff_table",
    "log_features",
    "money_of_dropping",
    "shop_contribution",
    "tier_choice",
    "value_tiers",
]
