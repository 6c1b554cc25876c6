"""The formula ledger: its own entries hold, and a broken one is noticed and named."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook import book, ledger, ledger_checks, paths
from workbook.errors import WorkbookError

ONE = """\
groups:
  - id: sharing
    name: Sharing
    about: How it is shared.
    symbols:
      n: {latex: 'n', meaning: customers, unit: number}
    formulas:
      - id: top
        name: Top share
        latex: |
          S = 1 - L
        symbols: [n, {latex: 'S', meaning: 'share of the best, $S$', unit: share}]
        assumptions: [All count.]
        wrong_when: [Some do not.]
        sources: [{key: lorenz1905methods, where: p. 209}]
        code: [customer_value.concentration.top_share]
        tests: [tests/customer_value/test_concentration.py::test_cdnow]
        example:
          text: "{:.0%}"
          code: |
            from customer_value.concentration import top_share
            top_share([1, 1, 2], 0.2)
not_formulas:
  customer_value.concentration.gini: not here
  customer_value.concentration.lorenz_curve: not here
  customer_value.concentration.share_of_customers_for: not here
"""
CHECKED = ("customer_value.concentration",)
CODE, GINI = "code: [customer_value.concentration.top_share]", "customer_value.concentration.gini:"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the small ledger with one text in it replaced."""

    def write(old: str = "", new: str = "") -> Path:
        assert old in ONE
        file = tmp_path / "formulas.yml"
        file.write_text(ONE.replace(old, new) if old else ONE, encoding="utf-8")
        return file

    return write


def test_nothing_is_wrong_with_the_ledger() -> None:
    assert ledger_checks.problems(ledger.read()) == []


def test_the_small_ledger_is_sound(write: Write) -> None:
    found = ledger.read(write())
    assert ledger_checks.problems(found, modules=CHECKED) == []
    assert found.formulas["top"].example.worked() == "30%"
    assert [symbol.meaning for symbol in found.formulas["top"].symbols] == ["customers", "share of the best, $S$"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (".top_share]", ".tip_share]", r"formulas\.yml:8: top: its implementation .*\.tip_share is not there"),
        (CODE, "code: [customer_velue.top_share]", r"its implementation customer_velue\.top_share is not there"),
        (CODE, "code: [customer_value.concentration]", r"customer_value\.concentration is no function"),
        ("::test_cdnow", "::test_cdnew", r"formulas\.yml:8: top: its test .*::test_cdnew is not there"),
        ("::test_cdnow", "::gini", r"its test .*::gini is not there"),
        ("::test_cdnow", "", r"its test .*test_concentration\.py is not there"),
        ("test_concentration.py", "test_gone.py", r"its test .*test_gone\.py::test_cdnow is not there"),
        ("lorenz1905methods", "lorenz1805methods", r"top: lorenz1805methods is not in references\.bib"),
        ("S = 1 - L", r"S = \frac{1", "a brace or a .*left without its counterpart"),
        ("S = 1 - L", r"S = \left( 1 - L", "a brace or a .*left without its counterpart"),
        ("S = 1 - L", r"S = x^", "cannot be read"),
        ("S = 1 - L", r"S = \nosuch", r"uses \\nosuch, unknown"),
        ("best, $S$", r"best, $\nosuch$", r"uses \\nosuch, unknown"),
        ("latex: 'n'", r"latex: '\nosuch'", r"uses \\nosuch, unknown"),
        ('text: "{:.0%}"', 'text: "{:.0%} {}"', "the example does not work: IndexError"),
        ("top_share([1, 1, 2], 0.2)", "top_share([], 0.2)", "the example does not work: ValueError"),
        ("top_share([1, 1, 2], 0.2)", "x = 1", "its last line is no expression"),
        (f"  {GINI} not here\n", "", r"customer_value\.concentration\.gini is public and in no entry"),
        (GINI, "customer_value.*_share:", r"top_share has an entry and is also under `not_formulas`"),
        (GINI, "customer_value.concentration.theil:", "theil, which matches nothing public"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named(write: Write, old: str, new: str, complaint: str) -> None:
    found = ledger_checks.problems(ledger.read(write(old, new)), modules=CHECKED)
    assert any(re.search(complaint, problem) for problem in found), found


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("        wrong_when: [Some do not.]\n", "", r"yml:8: the formula top needs `wrong_when`"),
        ("wrong_when: [Some do not.]", "wrong_when: []", "needs `wrong_when`, a list that is not empty"),
        ("wrong_when: [Some do not.]", "wrong_when: ['']", "has something in `wrong_when` that is empty"),
        ("[Some do not.]", "[Some: do not.]", "has something in `wrong_when` that is empty or no text"),
        ("wrong_when:", "wrongwhen:", r"yml:8: a formula has the field 'wrongwhen'; known are assumptions, code"),
        ("        name: Top share", "        name: ''", "the formula top has no `name`"),
        ("latex: |\n          S = 1 - L", "latex: ''", "the formula top has no `latex`"),
        ("unit: number", "unit: ''", "the symbol n has no `unit`"),
        (", unit: share}", "}", r"a symbol of the formula top has no `unit`"),
        ("symbols: [n,", "symbols: [m,", "names the symbol 'm', which its group does not explain"),
        ("where: p. 209", "page: 209", "a source of the formula top has the field 'page'"),
        ("tests: [tests/customer_value/test_concentration.py::test_cdnow]", "tests: []", "needs `tests`"),
        (CODE, "code: customer_value.concentration.top_share", "needs `code`, a list"),
        ("      - id: top\n", "      - id: sharing\n", r"yml:8: the id 'sharing' is taken"),
        ("      - id: top\n", "      - id: Top Share\n", r"yml:8: the id 'Top Share' is taken or no id"),
        ("name: Top share\n", "name: Top share\n        name: Again\n", r"yml:8: a field is there twice"),
        ("name: Top share", "name: Top: share", r"yml:9: mapping values are not allowed"),
        ("gini: not here", "gini:", "`not_formulas` gives a reason for each name"),
        ("not_formulas:", "exceptions:", "the ledger has the field 'exceptions'"),
    ],
)  # fmt: skip
def test_a_badly_written_entry_is_named_with_its_line(write: Write, old: str, new: str, complaint: str) -> None:
    with pytest.raises(WorkbookError, match=complaint):
        ledger.read(write(old, new))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match=r"gone\.yml is missing"):
        ledger.read(tmp_path / "gone.yml")


def test_public_functions_are_those_a_reader_can_call() -> None:
    names = ledger_checks.public_functions()
    assert "customer_value.clv.margin_multiplier" in names
    assert "customer_value.btyd.ParetoNBDModel.expected_purchases" in names  # inherited
    assert "customer_value.btyd.BetaGeoModel.from_params" in names
    assert not [name for name in names if "._" in name or "Warning" in name or ".Elasticities" in name]


CHAPTER = """# A chapter

```{formula} gini
:symbols:
```

```{formula} margin-multiplier
```

See {formula}`gini` and {formula}`the curve <lorenz-curve>`.
"""
PAGE = "# Ledger\n\n```{formula-ledger}\n```\n"


def with_ledger(source: Path, page: str | None = PAGE) -> Path:
    shutil.copytree(paths.ROOT / "ledger", source / "ledger", ignore=shutil.ignore_patterns("*.md"))
    (source / "references.md").write_text("# References\n\n```{bibliography}\n```\n", encoding="utf-8")
    contents = source / "_toc.yml"
    contents.write_text(contents.read_text(encoding="utf-8") + "  - file: references\n", encoding="utf-8")
    if page is not None:
        (source / "ledger" / "index.md").write_text(page, encoding="utf-8")
        contents.write_text(contents.read_text(encoding="utf-8") + "  - file: ledger/index\n", encoding="utf-8")
    return source


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, make_book) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    return book.build(folder / "html", with_ledger(make_book(folder, "# A lab\n\n{formula}`gini`\n", CHAPTER)))


def test_a_chapter_shows_a_formula_with_a_link_to_its_entry(built: Path) -> None:
    html = (built / "chapters/01-tiny/index.html").read_text(encoding="utf-8")
    block = re.search(r'<div class="formula[^>]* id="shows-gini">(.*?)<div class="formula', html, re.DOTALL)[1]
    assert "<math " in block
    assert re.search(r'href="\.\./\.\./ledger/index\.html#formula-gini"[^>]*>.*?Gini coefficient', block)
    assert "counted from the smallest" in block
    assert 'class="formula-unit">·\N{NO-BREAK SPACE}number' in block
    assert html.count('<dl class="formula-symbols">') == 1  # asked for once only
    assert re.search(r'#formula-lorenz-curve"[^>]*>.*?the curve', html)


def test_the_ledger_page_holds_every_formula(built: Path) -> None:
    html = (built / "ledger/index.html").read_text(encoding="utf-8")
    known = ledger.read()
    assert re.findall(r'<section [^>]*id="formula-([a-z0-9-]+)"', html) == list(known.formulas)
    assert html.count('<div class="maths-formula"') == len(known.formulas)
    gini = html.split('id="formula-gini"')[1].split("</section>")[0]
    assert "customer_value.concentration.gini" in gini
    assert "test_concentration.py::test_gini_limits" in gini
    assert re.search(r'href="\.\./references\.html#[^"]*"[^>]*>[^<]*</a>', gini)
    assert ": 0.500." in gini  # computed in the build


def test_the_ledger_links_back_to_the_chapters_that_show_a_formula(built: Path) -> None:
    html = (built / "ledger/index.html").read_text(encoding="utf-8")
    assert html.count("Used in") == 2
    for name in ("gini", "margin-multiplier"):
        entry = html.split(f'id="formula-{name}"')[1].split("</section>")[0]
        assert re.search(rf'<a [^>]*href="\.\./chapters/01-tiny/index\.html#shows-{name}"[^>]*>A chapter</a>', entry)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("```{formula} ginni\n```", r"index\.md:3: formula: no formula has the id 'ginni' \(did you mean 'gini'\?\)"),
        ("See {formula}`ginni`.", r"index\.md:3: formula: no formula has the id 'ginni'"),
        ("```{formula} gini\n```\n\n```{formula} gini\n```", r"index\.md:6: formula: gini is shown above on this page"),
        ("```{formula} gini\n```", r"01-tiny/index: no page lists the formulas, so gini cannot be linked"),
    ],
)  # fmt: skip
def test_an_author_is_told_what_is_wrong(tmp_path: Path, make_book, text: str, complaint: str) -> None:
    source = with_ledger(make_book(tmp_path, "# A lab\n", f"# A chapter\n\n{text}\n"), page=None)
    with pytest.raises(WorkbookError, match=complaint):
        book.build(tmp_path / "html", source)


def test_an_example_that_stops_stops_the_build(tmp_path: Path, make_book) -> None:
    source = with_ledger(make_book(tmp_path, "# A lab\n"))
    file = source / "ledger" / "formulas.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("gini([10, 20,", "gini(['x', 20,"), encoding="utf-8")
    with pytest.raises(WorkbookError, match=r"formulas\.yml:\d+: gini: the example does not work: TypeError"):
        book.build(tmp_path / "html", source)
