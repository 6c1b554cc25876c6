"""Checks for the exercises: feedback at once while learning, a canonical answer while grading.

An exercise begins with ``check = checks.start("02-heterogeneity")`` and then calls ``check("q1", q1)``.

While learning (the default) each call shows one verdict: right, not yet (with the misconception behind a
known wrong answer), or not attempted; hints open one at a time. Free text is recorded, and its marking guide
opens. It never raises.

While grading (environment variable ``CUSTOMER_VALUE_CHECKS=grading``) it prints the learner's answer in
canonical form, ``Q1 = 0.49``, and no verdict: the comparison with the reference happens outside the
learner's kernel, where nothing in the notebook can reach it.

Expected answers are kept as salted digests. They cannot be read at a glance; someone who tries every value
on the grid can find them, which is accepted for self-study.
"""

from customer_value.checks.exercise import Exercise, start

__all__ = ["Exercise", "start"]
