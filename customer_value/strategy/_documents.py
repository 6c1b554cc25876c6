"""Small files that one chapter writes and another reads: JSON with a format and a version, checked when read."""

import json
from abc import ABC, abstractmethod
from typing import Any, ClassVar, NoReturn, Self

_PREFIX = "customer-value/"


class Document(ABC):
    """A picture a team has made, kept as JSON. A subclass names its kind and says what it holds."""

    kind: ClassVar[str]
    version: ClassVar[int] = 1

    @abstractmethod
    def _content(self) -> dict[str, Any]:
        """The fields as JSON knows them."""

    @classmethod
    @abstractmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        """The document from such fields; the constructor checks their values."""

    @classmethod
    @abstractmethod
    def _fields(cls) -> tuple[str, ...]:
        """Names of the fields, all of which a file must have."""

    def to_json(self) -> str:
        """The document as JSON text with ``format`` and ``version``; the same document gives the same text."""
        head = {"format": _PREFIX + self.kind, "version": self.version}
        return json.dumps({**head, **self._content()}, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The document that ``to_json`` wrote.

        Raises ``ValueError`` or ``TypeError`` for what is no JSON, another format or version, a missing or unknown
        field, and for values that the document itself refuses.
        """
        content = parsed(text)
        found = content.pop("format")
        if found != _PREFIX + cls.kind:
            raise ValueError(f"This file has the format {found!r}; {cls.__name__} reads {_PREFIX + cls.kind!r}.")
        version = content.pop("version", None)
        if version != cls.version or isinstance(version, bool):
            raise ValueError(f"This file has version {version!r}, and this library reads version {cls.version} only.")
        wanted = set(cls._fields())
        if missing := sorted(wanted - set(content)):
            raise ValueError(f"This file lacks {', '.join(missing)}.")
        if unknown := sorted(set(content) - wanted):
            raise ValueError(f"This file has unknown fields: {', '.join(unknown)}.")
        return cls._from_content(content)


def parsed(text: str) -> dict[str, Any]:
    """The object that JSON ``text`` holds, with a ``format``."""
    if not isinstance(text, str):
        raise TypeError(f"A file's text must be a string; got {type(text).__name__}.")
    try:
        content = json.loads(text, parse_constant=_refused)
    except ValueError as reason:
        raise ValueError(f"This is not a file that the workbook wrote: {reason}.") from reason
    if not isinstance(content, dict) or not isinstance(content.get("format"), str):
        raise ValueError("This is not a file that the workbook wrote: it has no format.")
    return content


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON knows")


def words(value: Any, name: str, *, empty: bool = False) -> str:
    """``value`` as text of one line; ``empty`` text only where allowed."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text; got {value!r}.")
    if not value.strip() and not empty:
        raise ValueError(f"{name} is empty: write a name.")
    if "\n" in value:
        raise ValueError(f"{name} must be one line; got {value!r}.")
    return value


def mapping(value: Any, name: str) -> dict[str, Any]:
    """``value`` as a mapping from text."""
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise TypeError(f"{name} must be a mapping from names; got {value!r}.")
    return value
