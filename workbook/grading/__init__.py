"""Grading a cohort: handed-in notebooks in, gradebook and feedback out.

The learner's answers are put into the pristine notebook and run in a sandbox; nbval, outside the sandbox,
compares what the check cells print with the reference. Nothing that a submission does reaches the reference,
the disk, the network, another submission or its own verdict.
"""
