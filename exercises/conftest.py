"""`pytest --nbval-lax exercises/NN-slug/exercise.ipynb` compares a learner's notebook with the reference."""

from workbook.nbval_reference import pytest_collection_modifyitems

__all__ = ["pytest_collection_modifyitems"]
