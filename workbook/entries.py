"""YAML files that authors write by hand: fields are checked, and an error names file and line."""

from pathlib import Path
from typing import Any

import yaml

from workbook.errors import WorkbookError


def load(path: Path, missing: str) -> Any:
    """The content of a YAML file, its mappings with their line under ``LINE``.

    Raises WorkbookError when the file is not there (saying what it is for, ``missing``) or is no YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)
    except OSError:
        raise WorkbookError(f"{path} is missing: {missing}.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise WorkbookError(f"{path}:{mark.line + 1 if mark else 1}: {getattr(error, 'problem', error)}") from None


LINE = "__line__"


class Loader(yaml.SafeLoader):
    """YAML whose mappings know their line and hold no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a field is there twice", node.start_mark)
        mapping[LINE] = node.start_mark.line + 1
        return mapping


class Entry:
    """A mapping of the file, with errors that name its place."""

    def __init__(self, content: Any, path: Path, what: str, allowed: set[str]) -> None:
        if not isinstance(content, dict):
            raise WorkbookError(f"{path}: {what} must be fields with values; got {str(content)!r:.60}.")
        self.content, self.path, self.what, self.line = content, path, what, content[LINE]
        if unknown := sorted(str(name) for name in content if name != LINE and name not in allowed):
            raise self.wrong(f"has the field {unknown[0]!r}; known are {', '.join(sorted(allowed))}")

    def wrong(self, what: str) -> WorkbookError:
        """The error to raise for an author's slip, naming file and line."""
        return WorkbookError(f"{self.path}:{self.line}: {self.what} {what}.")

    def text(self, name: str) -> str:
        """A text that must be there; numbers are taken as they are written."""
        value = self.content.get(name)
        if isinstance(value, dict | list) or not str(value if value is not None else "").strip():
            raise self.wrong(f"has no `{name}`, or an empty one" if not value else f"has a `{name}` that is no text")
        return str(value).strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts that must be there and not empty."""
        values = self.content.get(name)
        if not isinstance(values, list) or not values:
            raise self.wrong(f"needs `{name}`, a list that is not empty")
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.wrong(f"has something in `{name}` that is empty or no text (quote what holds a colon)")
        return tuple(value.strip() for value in values)

    def entries(self, name: str) -> list[Any]:
        """A list of anything that must be there and not empty."""
        values = self.content.get(name)
        if not isinstance(values, list) or not values:
            raise self.wrong(f"needs `{name}`, a list that is not empty")
        return values
