"""Grading a cohort with the workbook, beside plain nbval, nbgrader and otter-grader on the same notebooks."""
