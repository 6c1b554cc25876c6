"""What customers experience: two surveys held against each other, what drives contentment, and what it is worth."""

from customer_value.experience.company import (
    bad_experiences,
    encounters,
    first_met,
    order_classes,
    orders_between,
    passages,
)
from customer_value.experience.drivers import driver_importance, relative_weights, shapley_shares
from customer_value.experience.gap import delivery_gap, response_weights, weighted_means
from customer_value.experience.journey import journey_map
from customer_value.experience.nps import (
    Change,
    NetPromoterScore,
    SameMean,
    answers_needed,
    net_promoter_score,
    score_change,
    scores_of_mean,
)
from customer_value.experience.priorities import Effect, effect_of, priorities
from customer_value.experience.scales import ScaleUse, Standardised, scale_use, within_person

__all__ = [
    "Change",
    "Effect",
    "NetPromoterScore",
    "SameMean",
    "ScaleUse",
    "Standardised",
    "answers_needed",
    "bad_experiences",
    "delivery_gap",
    "driver_importance",
    "effect_of",
    "encounters",
    "first_met",
    "journey_map",
    "net_promoter_score",
    "order_classes",
    "orders_between",
    "passages",
    "priorities",
    "relative_weights",
    "response_weights",
    "scale_use",
    "score_change",
    "scores_of_mean",
    "shapley_shares",
    "weighted_means",
    "within_person",
]
