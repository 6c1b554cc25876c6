"""What people choose, and what that says about what they would pay.

=====================================  ===========================================================================
question                               classes and functions
=====================================  ===========================================================================
what counts in a choice, on average    ``MultinomialLogit``
how much tastes differ                 ``MixedLogit`` (by a distribution), ``LatentClassLogit`` (by segments),
                                       ``compare_classes``
what an attribute is worth             ``willingness_to_pay``, ``wtp_distribution``
what would sell                        ``market_shares``, ``price_response``, ``profit_curve``, ``optimal_price``
how sure is that                       ``profit_interval``
one price or several                   ``price_fences``
what was asked                         ``choice_card``, ``with_constant``
=====================================  ===========================================================================

Data are one row per alternative of a task, as ``datasets.load_camera_conjoint`` gives: who was asked, in which task,
what was offered, and which alternative was taken.
"""

from customer_value.choice._model import ChoiceModel, Tastes
from customer_value.choice.fences import Fences, price_fences
from customer_value.choice.intervals import profit_interval
from customer_value.choice.latent import LatentClassLogit, Segment, compare_classes
from customer_value.choice.market import (
    ExtrapolationWarning,
    OptimalPrice,
    market_shares,
    optimal_price,
    price_response,
    profit_curve,
)
from customer_value.choice.mixed import MixedLogit
from customer_value.choice.multinomial import MultinomialLogit
from customer_value.choice.prepared import choice_card, with_constant
from customer_value.choice.willingness import willingness_to_pay, wtp_distribution

__all__ = [
    "ChoiceModel",
    "ExtrapolationWarning",
    "Fences",
    "LatentClassLogit",
    "MixedLogit",
    "MultinomialLogit",
    "OptimalPrice",
    "Segment",
    "Tastes",
    "choice_card",
    "compare_classes",
    "market_shares",
    "optimal_price",
    "price_fences",
    "price_response",
    "profit_curve",
    "profit_interval",
    "willingness_to_pay",
    "with_constant",
    "wtp_distribution",
]
