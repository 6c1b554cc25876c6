"""From a transaction log to one row per customer.

A log has one row per transaction with ``customer_id``, ``date`` and ``value`` (money). ``reading`` makes one from a
file or a frame with other column names, ``cleaning`` decides and counts what to leave out, ``totals``, ``summary``,
``scores`` and ``cohorts`` count. ``lazy`` is the summary for logs larger than memory, on DuckDB or any other Ibis
backend.
"""

from customer_value.transactions.cleaning import CleanLog, clean_log
from customer_value.transactions.cohorts import cohort_table
from customer_value.transactions.lazy import open_log, rfm_expression
from customer_value.transactions.reading import read_log
from customer_value.transactions.scores import rfm_scores
from customer_value.transactions.summary import rfm_summary
from customer_value.transactions.totals import before_and_after, customer_totals, odd_and_even_weeks, weekly_revenue

__all__ = [
    "CleanLog",
    "before_and_after",
    "clean_log",
    "cohort_table",
    "customer_totals",
    "odd_and_even_weeks",
    "open_log",
    "read_log",
    "rfm_expression",
    "rfm_scores",
    "rfm_summary",
    "weekly_revenue",
]
