"""Does a model hold? Tables that set what happened beside what one or several models expected.

Each function returns a plain data frame with a column ``actual`` and one column per model; ``customer_value.plots``
draws them under the same names. ``models`` is always one model, or several as {name: model}.
"""

from customer_value.validation.counts import frequency_bins, history_counts
from customer_value.validation.errors import tracking_errors
from customer_value.validation.histories import alive_matrix, purchases_matrix
from customer_value.validation.holdout import conditional_expectations, holdout_errors
from customer_value.validation.over_time import alive_over_time, cumulative, tracking
from customer_value.validation.ranking import capture_curve, value_groups
from customer_value.validation.spending import spend_bins
from customer_value.validation.survival import TrendLine, survivor_projection, trend_line

__all__ = [
    "TrendLine",
    "alive_matrix",
    "alive_over_time",
    "capture_curve",
    "conditional_expectations",
    "cumulative",
    "frequency_bins",
    "history_counts",
    "holdout_errors",
    "purchases_matrix",
    "spend_bins",
    "survivor_projection",
    "tracking",
    "tracking_errors",
    "trend_line",
    "value_groups",
]
