"""Your own company's data: from a file to customers with values, warnings, and a memo, all on your own computer.

==================  ================================================================================================
step                functions
==================  ================================================================================================
read a file         ``read_table``, ``sheet_names``: bytes and a name to a ``Table``, as it is written;
                    ``sample_log`` and ``sample_contracts`` for those who bring none
say what is what    ``guess_mapping``, ``Guesses.mapping``: which column is which, with reasons and questions
read the columns    ``to_log``, ``to_subscriptions``
decide about rows   ``clean``: what is left out, returns, the cleaning report
value               ``Terms``, ``guess_period``, ``value_log``, ``value_subscriptions``; for logs too long for a page
                    ``summarise_files`` and ``value_summary``; a ``Result`` with tables, findings and figures
take away           ``customer_csv``, ``figures_zip``, ``write_memo``, ``read_answers``
==================  ================================================================================================

Each step is loaded when it is first asked for.
"""

from importlib import import_module
from typing import Any

_PLACES = {
    "ANSWERS": "export",
    "DATE_ORDERS": "mapping",
    "DISCIPLINES": "memo",
    "LOG_ROLES": "mapping",
    "MOST_ROWS": "files",
    "SUBSCRIPTION_ROLES": "mapping",
    "Cleaned": "report",
    "Finding": "diagnosis",
    "Guess": "mapping",
    "Guesses": "mapping",
    "MappedLog": "mapping",
    "Mapping": "mapping",
    "Memo": "memo",
    "Question": "mapping",
    "Result": "pipeline",
    "Summaries": "large",
    "Table": "files",
    "Terms": "terms",
    "UseCase": "memo",
    "as_table": "diagnosis",
    "clean": "report",
    "customer_csv": "export",
    "daily_table": "diagnosis",
    "figures_zip": "export",
    "guess_mapping": "mapping",
    "guess_period": "contracts",
    "memo_gaps": "completeness",
    "money": "terms",
    "read_answers": "export",
    "read_table": "files",
    "sample_contracts": "sample",
    "sample_log": "sample",
    "sheet_names": "files",
    "summarise_files": "large",
    "to_log": "mapping",
    "to_subscriptions": "mapping",
    "value_log": "pipeline",
    "value_subscriptions": "contracts",
    "value_summary": "pipeline",
    "write_memo": "memo",
}

__all__ = sorted(_PLACES)


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
