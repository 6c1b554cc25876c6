"""Numbers that a page's text takes from its own code, so that prose and data cannot drift apart."""

from IPython.display import display

_RECORD = "application/papermill.record/"


def publish(**facts: str) -> None:
    """Give computed texts a name; the page's prose shows them with the role ``{glue:text}`` and that name.

    Works wherever the cell runs (on a page that Python runs in nothing is shown) and writes what MyST-NB's
    ``glue`` writes, without needing MyST-NB. Raises ``TypeError`` for anything but text: how a number is
    rounded is decided where it is computed.
    """
    for name, text in facts.items():
        if not isinstance(text, str):
            raise TypeError(f"{name} must be text, already rounded and with its unit; got {text!r}.")
        data = {_RECORD + "text/plain": repr(text)}
        display(data, raw=True, metadata={"scrapbook": {"name": name, "mime_prefix": _RECORD}})
