"""The order of the test files where several run side by side."""

import pytest

LONGEST = ("test_running_pages.py", "test_numbers_in_pyodide.py", "test_jupyterlite.py", "test_pages.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: one that began last would leave the other processes waiting for it."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))
