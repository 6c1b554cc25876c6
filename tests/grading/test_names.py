"""Which code may change what other answers are given."""

import pytest

from workbook.grading.names import Given

GIVEN = Given(
    [
        "import numpy as np\nfrom customer_value import datasets\nlog = datasets.load_cdnow()\nyear = log.copy()",
        "def share(part):\n    rest = 1 - part\n    return rest\n\nprofit = share(0.2)",
        "not Python at all",
    ]
)


@pytest.mark.parametrize(
    "source",
    [
        "year = None",
        "year['revenue'] = 0",
        "year.loc[year.index[0], 'revenue'] = 0",
        "year.columns = ['a']",
        "del year",
        "for year in range(3):\n    pass",
        "import pandas as np",
        "def share(part):\n    return 2",
        "class year:\n    pass",
        "(year := 3)",
        "def f():\n    global year\n    year = 3",
        "def f():\n    year['revenue'] = 0",
        "year.drop(columns='revenue', inplace=True)",
        "year.pop('revenue')",
        "import builtins\nbuiltins.print = None",
        "from customer_value.checks import canonical\ncanonical.number = None",
        "def f():\n    import builtins\n    builtins.print = None",
        "get_ipython().run_cell = None",
        "setattr(log, 'x', 1)",
        "globals()['y' + 'ear'] = 3",
    ],
)
def test_what_may_change_the_given(source: str) -> None:
    assert GIVEN.may_be_changed_by(source)


@pytest.mark.parametrize(
    "source",
    [
        "q1 = year['revenue'].sum()",
        "mine = year.copy()\nmine['revenue'] = 0\nmine.drop(columns='revenue', inplace=True)",
        "def loss(totals, year):\n    profit = totals.sum()\n    profit[0] = 1\n    year['x'] = 2\n    return profit",
        "def f(log=[]):\n    log.append(1)",
        "f = lambda year: year.pop(0)",
        "def f():\n    import numpy as np\n    return np.sort([2, 1])",
        "q2 = np.sort([2, 1])",
        "def f():\n    rest = 3\n    return rest",
        "rest = 3",
        "class Mine:\n    def __init__(self):\n        self.year = 1",
        "q1 = (",
    ],
)
def test_what_leaves_the_given_alone(source: str) -> None:
    assert not GIVEN.may_be_changed_by(source)
