"""placeholder"""


def write(cohort, out) -> None:
    """x"""
