"""The pages that come out of a small book."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from workbook import book, paths
from workbook.errors import WorkbookError
from workbook.extensions import launch

INDEX = """# A chapter

Inline $\\bar x$ and see {eq}`gini`.

```{math}
:label: gini
G = \\frac{1}{n} \\sum_i x_i
```

$$
\\begin{aligned} a &= b \\\\ &= c \\end{aligned}
$$

```{quiz}
- question: Is $0$ a number?
  choices:
    - text: "Yes"
      right: true
      feedback: Indeed.
    - text: "No"
      feedback: Think of an empty purse.
```

```{your-company} purse
- name: share
  label: Your share
  hint: Rough is fine
- name: decision
  label: Your decision
  lines: 3
```

```{guess} top-fifth
:label: Share of the best 20 %, in per cent
```

```{guesses}
```
"""

LAB = """# A lab

The ideas are in [the text](index.md).

```{code-cell} python
:tags: [remove-cell]
secret = 1
```

```{code-cell} python
import pandas as pd
pd.DataFrame({"spend": [1, 2]})
```

```{code-cell} python
from customer_value.plots import Figure
def draw():
    figure = Figure("A line that rises", figsize=(4, 2))
    figure.subplots().plot([1, 2])
    return figure
draw()
```

```{code-cell} python
import ipywidgets
from IPython.display import display
share = ipywidgets.FloatSlider(value=0.2, max=1, description="Share of customers", readout_format=".0%")
kind = ipywidgets.Dropdown(options=[("By sales", 1), ("By profit", 2)], value=2, description="Ranked:")
picture = ipywidgets.Output()
with picture:
    print("</script> stays text")
    display(draw())
ipywidgets.VBox([share, kind, ipywidgets.HTML("<p>They hold half.</p>"), picture])
```

```{code-cell} python
:tags: [hide-input, hide-output]
print("A folded answer")
```
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, make_book) -> Path:
    folder = tmp_path_factory.mktemp("book")
    return book.build(folder / "html", make_book(folder, LAB, INDEX))


@pytest.fixture(scope="module")
def text(built: Path) -> str:
    return (built / "chapters/01-tiny/index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def lab(built: Path) -> str:
    return (built / "chapters/01-tiny/lab.html").read_text(encoding="utf-8")


def live_cells(html: str) -> dict:
    match = re.search(r'<script type="application/json" id="live-cells">(.*?)</script>', html, re.DOTALL)
    assert match
    return json.loads(match[1])


def test_formulas_are_mathml_and_need_no_script(text: str) -> None:
    assert text.count("<math ") == 4  # two of them in lines of text
    assert "MathJax" not in text
    assert "_static/maths.css" in text
    assert "<mtable" in text  # the aligned lines


def test_a_page_without_formulas_does_not_load_the_maths_font(lab: str) -> None:
    assert "maths.css" not in lab


def test_a_labelled_formula_has_a_number_that_text_can_refer_to(text: str) -> None:
    assert 'id="equation-gini"' in text
    assert re.search(r'href="#equation-gini"[^>]*>\(1\)</a>', text)
    assert '<span class="eqno">(1)' in text


def test_pages_load_nothing_from_other_hosts(built: Path) -> None:
    for page in built.rglob("*.html"):
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]+)"', page.read_text("utf-8"))
        assert loaded
        assert [url for url in loaded if "//" in url] == []


def test_pages_carry_no_more_than_they_use(built: Path, text: str) -> None:
    for page in built.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert "fontawesome.js" not in html
        assert len(re.findall(r'rel="stylesheet"', html)) == 1 + ("<math " in html)
        for script in re.findall(r"<script [^>]*src=[^>]*>", html):
            assert "defer" in script or 'type="module"' in script
    assert "quiz.js" in text
    assert "quiz.js" not in (built / "index.html").read_text(encoding="utf-8")
    assert not list(built.rglob("*.map"))
    (icons,) = built.rglob("fa-*.*")
    assert icons.stat().st_size < 10_000


def test_every_address_in_the_style_sheet_is_a_file(built: Path) -> None:
    (styles,) = (built / "_static").glob("styles-*.css")
    addresses = re.findall(r'url\("([^"]+)"\)', styles.read_text(encoding="utf-8"))
    local = [address for address in addresses if not address.startswith("data:")]
    assert any(address.endswith("fa-solid-900.woff2") for address in local)
    assert [
        a for a in local if a.endswith(".woff2") and "fa-solid" in a and not (built / "_static" / a).is_file()
    ] == []


def test_a_figure_has_its_text_and_its_size(lab: str) -> None:
    images = re.findall(r"<img class=\"figure\"[^>]*>", lab)
    assert len(images) == 2
    for image in images:
        assert 'alt="A line that rises"' in image
        assert re.search(r'width="\d+" height="\d+"', image)


def test_a_data_frame_has_no_empty_header(lab: str) -> None:
    assert '<table class="dataframe">' in lab
    assert not re.search(r"<th>\s*</th>", lab)


def test_a_widget_stands_still_with_its_settings_as_text(lab: str) -> None:
    still = lab[lab.index('<div class="widget-still') :]
    assert "<dt>Share of customers</dt><dd>20%</dd>" in still
    assert "<dt>Ranked</dt><dd>By profit</dd>" in still
    assert "They hold half." in still
    assert "&lt;/script&gt; stays text" in still
    assert "Run this page" in still
    assert "widget-state" not in lab
    assert "widget-view" not in lab


def test_the_live_page_gets_every_cell_in_order(lab: str) -> None:
    page = live_cells(lab)
    assert page["root"] == "../../"
    assert [cell["element"] for cell in page["cells"]] == [None, *(f"live-cell-{n}" for n in range(1, 5))]
    assert page["cells"][0] == {"element": None, "source": "secret = 1", "tags": ["remove-cell"]}
    for cell in page["cells"][1:]:
        assert f'id="{cell["element"]}"' in lab
    assert "</script> stays text" in page["cells"][3]["source"]
    assert re.search(r'</h1>\s*<div id="live-bar"></div>', lab)
    assert '<script type="module" src="../../live/start.js"></script>' in lab


def test_a_page_without_code_is_not_live(built: Path) -> None:
    welcome = (built / "index.html").read_text(encoding="utf-8")
    assert "live" not in welcome.replace("aria-live", "")


def test_lab_and_chapter_offer_the_same_notebook(text: str, lab: str) -> None:
    opens = r'href="\.\./\.\./lite/notebooks/index\.html\?path=(chapters/01-tiny/lab-[0-9a-f]{6}\.ipynb)"'
    (from_text,), (from_lab,) = re.findall(opens, text), re.findall(opens, lab)
    assert from_text == from_lab
    assert live_cells(lab)["lite"].endswith(from_lab)
    download = 'href="../../notebooks/chapters/01-tiny/lab.ipynb" download'
    assert download in text
    assert download in lab


def test_the_download_is_a_clean_notebook(built: Path) -> None:
    notebook = nbformat.read(built / "notebooks/chapters/01-tiny/lab.ipynb", as_version=4)
    nbformat.validate(notebook)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(codes) == 5
    assert not any(cell.outputs for cell in codes)
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_the_download_says_how_to_install_the_library(built: Path) -> None:
    note, first, *_ = nbformat.read(built / "notebooks/chapters/01-tiny/lab.ipynb", as_version=4).cells
    assert f"pip install ADDRESS/{launch.wheel()}" in note.source
    assert (paths.WHEELS / Path(launch.wheel()).name).is_file()
    assert "“A chapter”" in first.source


def test_a_known_address_of_the_site_stands_in_the_download() -> None:
    note = launch.install_note("https://example.org/course/")
    assert f"pip install https://example.org/course/{launch.wheel()}" in note
    assert "ADDRESS" not in note


def test_jupyterlite_opens_beside_the_page(lab: str) -> None:
    link = re.search(r"<a[^>]*lite/notebooks[^>]*>", lab)[0]
    assert 'target="_blank"' in link
    assert 'rel="noopener"' in link


def test_a_quiz_can_be_read_without_javascript(text: str) -> None:
    assert text.count('type="radio"') == 2
    answers = text[text.index('<details class="quiz-answers">') :]
    assert re.search(r"</span> Right</strong>\s*Indeed\.", answers)
    assert re.search(r"</span> Not right</strong>\s*Think of an empty purse\.", answers)


def test_every_field_of_a_company_form_has_a_label_and_a_promise(text: str) -> None:
    assert '<label for="company-purse-share">Your share</label>' in text
    assert 'id="company-purse-share" name="share"' in text
    assert '<textarea rows="3" id="company-purse-decision"' in text
    assert "Nothing is sent anywhere." in text


def test_a_guess_is_a_question_with_a_line_to_write_on(text: str) -> None:
    guess = text[text.index('<div class="guess" id="guess-top-fifth"') :]
    assert "Your guess: Share of the best 20 %, in per cent</span>" in guess
    assert '<a href="#guess-top-fifth">Share of the best 20 %, in per cent</a>' in guess
    assert "guess.js" in text


def test_only_pages_with_a_guess_load_its_script(lab: str) -> None:
    assert "guess.js" not in lab


def test_a_folded_output_says_what_it_hides(lab: str) -> None:
    folded = lab[lab.index('id="live-cell-4"') :]
    summaries = re.findall(r'<p class="collapsed admonition-title">(.*?)</p>', folded)
    assert summaries == ["Show the code", "Show the result"]
    output = folded[folded.index("Show the result") : folded.index("</details>", folded.index("Show the result"))]
    assert "A folded answer" in output


def test_a_cell_that_raises_is_named_and_the_finished_book_stays(tmp_path: Path, make_book) -> None:
    source = make_book(
        tmp_path,
        "# A lab\n\n```{code-cell} python\na = 1\n```\n\n```{code-cell} python\n# divide\nshare = a / 0\n```\n",
    )
    target = tmp_path / "html"
    target.mkdir()
    (target / "index.html").write_text("finished", encoding="utf-8")
    with pytest.raises(WorkbookError) as caught:
        book.build(target, source)
    assert str(caught.value) == (
        "chapters/01-tiny/lab.md, code cell 2 (`share = a / 0`) raises ZeroDivisionError: division by zero"
    )
    assert (target / "index.html").read_text(encoding="utf-8") == "finished"


def test_a_cell_that_never_ends_is_named(tmp_path: Path, make_book) -> None:
    source = make_book(tmp_path, "# A lab\n\n```{code-cell} python\nimport time\ntime.sleep(600)\n```\n")
    config = (source / "_config.yml").read_text(encoding="utf-8")
    (source / "_config.yml").write_text(config.replace("timeout: 180", "timeout: 3"), encoding="utf-8")
    with pytest.raises(WorkbookError, match=r"lab\.md, code cell 1 \(`import time`\) takes longer than 3 seconds"):
        book.build(tmp_path / "html", source)


def test_results_are_reused_until_code_or_data_change(tmp_path: Path, make_book) -> None:
    runs = tmp_path / "runs"
    source = make_book(
        tmp_path, f"# A lab\n\n```{{code-cell}} python\nwith open({str(runs)!r}, 'a') as log: log.write('x')\n```\n"
    )
    target = tmp_path / "html"
    book.build(target, source)
    book.build(target, source)
    assert runs.read_text() == "x"
    (source / "datasets" / "new").mkdir(parents=True)
    (source / "datasets" / "new" / "data.csv").write_text("a\n1\n", encoding="utf-8")
    book.build(target, source)
    assert runs.read_text() == "xx"


def test_a_page_of_the_contents_without_a_file_is_named(tmp_path: Path, make_book) -> None:
    source = make_book(tmp_path, "# A lab\n")
    (source / "chapters/01-tiny/lab.md").unlink()
    with pytest.raises(WorkbookError, match=r"_toc\.yml lists chapters/01-tiny/lab, but there is no"):
        book.build(tmp_path / "html", source)


def test_a_run_sheet_that_does_not_add_up_stops_the_build(tmp_path: Path, make_book) -> None:
    source = make_book(tmp_path, "# A lab\n", "# A chapter\n\n```{run-sheet} day.yml\n```\n")
    block = "{title: Hello, activity: talk, minutes: 20, do: a, say: b, watch: c, late: d}"
    day = f'title: Day\nstart: "09:00"\nend: "09:30"\nblocks:\n  - {block}\n'
    (source / "chapters/01-tiny/day.yml").write_text(day, encoding="utf-8")
    told = r"index\.md:3: run-sheet: day\.yml: the blocks add up to 20 minutes, from 09:00 to 09:30 there are 30"
    with pytest.raises(WorkbookError, match=told):
        book.build(tmp_path / "html", source)


@pytest.mark.parametrize(
    ("mistake", "complaint"),
    [
        ("```{run-sheet} none.yml\n```", r"index\.md:3: run-sheet: there is no file none\.yml beside this page"),
        ("See {doc}`nowhere`.", r"index\.md:3.*nowhere"),
        ("$\\nosuchcommand$", r"index\.md:3: .*\\nosuchcommand"),
        ("```{quiz}\n- question: Who?\n  choices:\n    - {text: A, feedback: B}\n    - {text: C, feedback: D}\n```",
         r"index\.md:3: quiz: question 1 has no right choices"),
        ("```{quiz}\n- question: Who?\n  choices:\n    - {text: A, right: true}\n    - {text: C, feedback: D}\n```",
         r"index\.md:3: quiz: choice 1 of question 1 has no `feedback`"),
        ("```{guess} share\n```", r"index\.md:3: guess: the guess share has no `:label:`"),
        ("```{guesses}\n```", r"index\.md:3: guesses: there is no guess above it"),
        ("```{your-company} Purse\n- {name: a, label: b}\n```", r"index\.md:3: your-company: 'Purse' is no name"),
    ],
)  # fmt: skip
def test_an_author_is_told_file_and_line(tmp_path: Path, make_book, mistake: str, complaint: str) -> None:
    source = make_book(tmp_path, "# A lab\n", f"# A chapter\n\n{mistake}\n")
    with pytest.raises(WorkbookError, match=complaint):
        book.build(tmp_path / "html", source)


def test_a_figure_without_a_text_alternative_is_an_error(tmp_path: Path, make_book) -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    source = make_book(
        tmp_path, f'# A lab\n\n```{{code-cell}} python\nfrom IPython.display import SVG\nSVG("{svg}")\n```\n'
    )
    with pytest.raises(WorkbookError, match=r"lab\.md:\d+:the figure of cell 2 has no text alternative"):
        book.build(tmp_path / "html", source)
