"""Who will leave, whom an offer moves, and what that is worth.

=============================  ====================================================================================
question                       functions
=============================  ====================================================================================
what is known of a customer    ``encode_features``, ``history_features``, ``bought_between``, ``random_split``
who will leave                 ``fit_churn_model``, ``prediction_measures``, ``calibration_table``, ``lift_table``
whom to contact by risk        ``offer_profit``, ``break_even_probability``, ``profit_curve``, ``best_share``,
                               ``expected_maximum_profit``
whom an offer moves            ``share_effect``, ``mean_effect``, ``effects_by_group``
how large a test must be       ``people_per_arm``, ``power_of_test``, ``people_per_arm_for_means``
who comes back                 ``win_back_gain``, ``break_even_return``
which lever is worth how much  ``CustomerYear``, ``lever_values``
Kettleholt's own tables        ``purchase_log``, ``voucher_results``, ``catalogue_results``, ``club_returns``,
                               ``club_year``
=============================  ====================================================================================

A *risk* is the probability that a customer leaves; an *effect* is what an offer changes in it. The first can be learned
from what happened, the second only from comparing people drawn by lot (``effects_by_group``).

The learning models are scikit-learn's, imported when one is fitted.
"""

from customer_value.churn.company import catalogue_results, club_returns, club_year, purchase_log, voucher_results
from customer_value.churn.effects import Effect, effects_by_group, mean_effect, share_effect
from customer_value.churn.experiments import people_per_arm, people_per_arm_for_means, power_of_test
from customer_value.churn.features import bought_between, encode_features, history_features, random_split
from customer_value.churn.levers import CustomerYear, lever_values
from customer_value.churn.measures import calibration_table, lift_table, prediction_measures
from customer_value.churn.models import ChurnModel, fit_churn_model
from customer_value.churn.targeting import (
    BestShare,
    ExpectedProfit,
    best_share,
    break_even_probability,
    expected_maximum_profit,
    offer_profit,
    profit_curve,
)
from customer_value.churn.winback import break_even_return, win_back_gain

__all__ = [
    "BestShare",
    "ChurnModel",
    "CustomerYear",
    "Effect",
    "ExpectedProfit",
    "best_share",
    "bought_between",
    "break_even_probability",
    "break_even_return",
    "calibration_table",
    "catalogue_results",
    "club_returns",
    "club_year",
    "effects_by_group",
    "encode_features",
    "expected_maximum_profit",
    "fit_churn_model",
    "history_features",
    "lever_values",
    "lift_table",
    "mean_effect",
    "offer_profit",
    "people_per_arm",
    "people_per_arm_for_means",
    "power_of_test",
    "prediction_measures",
    "profit_curve",
    "purchase_log",
    "random_split",
    "share_effect",
    "voucher_results",
    "win_back_gain",
]
