"""Tables of results: printed, and kept as Markdown beside the code that made them."""

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "results"


@dataclass
class Table:
    """A heading, a row of column names and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    note: str = ""
    numbers: tuple[str, ...] = ()
    """Names of the columns that hold numbers, which line up on the right."""

    def add(self, *cells: str) -> None:
        """Append a row; it must have a cell for every column."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{self.title}: a row of {len(cells)} cells for {len(self.columns)} columns.")
        self.rows.append(cells)

    def markdown(self) -> str:
        """The table as Markdown, its note below."""
        lines = [f"## {self.title}", "", "| " + " | ".join(self.columns) + " |"]
        lines.append("| " + " | ".join("--:" if name in self.numbers else "---" for name in self.columns) + " |")
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        return "\n".join([*lines, "", self.note, ""] if self.note else [*lines, ""])


def keep(name: str, heading: str, tables: list[Table], preface: str = "", folder: Path = FOLDER) -> Path:
    """Print the tables and write them to ``NAME.md`` in ``folder``, below the ``preface``."""
    opening = f"# {heading}\n\n" + (f"{preface}\n\n" if preface else "")
    text = opening + "\n".join(table.markdown() for table in tables)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    print(text)
    return path
