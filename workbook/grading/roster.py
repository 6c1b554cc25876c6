"""The list of learners: who was to hand in, and under which names their files may come."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError

_COLUMNS = {
    "key": (
        "id",
        "learner",
        "learner id",
        "student id",
        "sis user id",
        "id number",
        "orgdefinedid",
        "username",
        "user",
    ),
    "name": ("name", "full name", "student", "learner name", "participant"),
    "first": ("first name", "given name", "firstname"),
    "last": ("last name", "surname", "family name", "lastname"),
    "email": ("email", "e-mail", "email address", "mail"),
}


@dataclass(frozen=True)
class Learner:
    """``key`` is unique in a cohort and names the learner's files; ``listed`` is false for one not on the roster."""

    key: str
    name: str = ""
    email: str = ""
    listed: bool = True


class Roster:
    """Learners by their key, in the order of the file."""

    def __init__(self, learners: list[Learner]) -> None:
        self.learners = learners
        self._known: dict[str, Learner | None] = {}
        for learner in learners:
            for text in (learner.key, learner.name, learner.email, learner.email.partition("@")[0], _turned(learner)):
                plain = _plain(text)
                if plain:
                    # A name that two learners share identifies neither.
                    same = self._known.get(plain, learner)
                    self._known[plain] = learner if same == learner else None

    def find(self, texts: list[str]) -> Learner | None:
        """The learner whom one of ``texts`` names, the first that does; whole, then as a part of a file name."""
        for text in texts:
            if learner := self._known.get(_plain(text)):
                return learner
        for text in texts:
            words = [word for word in re.split(r"[\s_.,()-]+", text) if word]
            spans = [(i, j) for i in range(len(words)) for j in range(i + 1, min(i + 5, len(words) + 1))]
            tries = {_plain("".join(words[i:j])) for i, j in spans}
            hits = {self._known[part] for part in tries if self._known.get(part) and len(part) > 2}
            if len(hits) == 1:
                return hits.pop()
        return None


def read(path: Path) -> Roster:
    """A CSV with a column for the learner's id, name or email (comma or semicolon, any order).

    Raises
    ------
    WorkbookError
        Naming the line, where an id is missing or stands twice, or no column can be understood.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise WorkbookError(f"The roster {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        text = path.read_text(encoding="cp1252", errors="replace")
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    if not rows:
        raise WorkbookError(f"The roster {path.name} is empty.")
    where = _understood(rows[0])
    if "key" not in where and "email" not in where and "name" not in where:
        listed = ", ".join(cell.strip() for cell in rows[0])
        raise WorkbookError(f"The roster {path.name} has the columns {listed}: one must be id, name or email.")
    learners: list[Learner] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        value = {field: row[index].strip() if index < len(row) else "" for field, index in where.items()}
        name = value.get("name") or " ".join(filter(None, (value.get("first"), value.get("last"))))
        key = value.get("key") or value.get("email") or name
        if not key:
            raise WorkbookError(f"The roster {path.name}, line {number}, has no id, name or email.")
        if key.casefold() in seen:
            raise WorkbookError(f"The roster {path.name} lists {key!r} on lines {seen[key.casefold()]} and {number}.")
        seen[key.casefold()] = number
        learners.append(Learner(key, name or key, value.get("email", "")))
    if not learners:
        raise WorkbookError(f"The roster {path.name} lists nobody: it has a heading and no line below it.")
    return Roster(learners)


def _understood(heading: list[str]) -> dict[str, int]:
    plain = [re.sub(r"[\s_]+", " ", cell.strip().lower()) for cell in heading]
    return {
        field: next(plain.index(name) for name in names if name in plain)
        for field, names in _COLUMNS.items()
        if any(name in plain for name in names)
    }


def _turned(learner: Learner) -> str:
    """Family name first, as some systems write it."""
    words = learner.name.split()
    return " ".join([words[-1], *words[:-1]]) if len(words) > 1 else ""


def _plain(text: str) -> str:
    """Letters and digits only, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())
