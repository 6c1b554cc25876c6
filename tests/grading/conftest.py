"""One reference for all tests of grading."""

import pytest

from workbook.grading import reference
from workbook.grading.reference import Reference

SLUG = "02-heterogeneity"


@pytest.fixture(scope="session")
def published() -> Reference:
    """The reference as it is published, seed 0."""
    return reference.load(SLUG)
