"""Keeps pages light: takes away what the theme brings and a page does not use.

The theme's icons come as 150 kB of font, 100 kB of style rules and 500 kB (gzipped) of script that draws
the same icons again. What is left here is a font with the icons in use. Scripts no longer hold up the first
paint, and those for searching, copying code and tabs come only with pages that have them.
"""

import hashlib
import posixpath
import re
from pathlib import Path
from typing import Any

from fontTools import subset
from sphinx.application import Sphinx

ICON_FONT = "vendor/fontawesome/webfonts/fa-solid-900.woff2"
THEME_STYLES = "styles/pydata-sphinx-theme.css"

# (part of the file's name, what a page must contain to need it)
_ONLY_WHERE_USED = (
    ("searchtools.js", 'id="search-results"'),
    ("language_data.js", 'id="search-results"'),
    ("searchindex.js", 'id="search-results"'),
    ("clipboard.min.js", 'class="highlight"'),
    ("copybutton.js", 'class="highlight"'),
    ("design-tabs.js", "sd-tab-set"),
    ("sphinx-design.min.css", 'class="sd-'),
)
# Formulas bring a font, and one page a table and forms of its own; other pages do not load them.
_OWN_FILE = ("maths.css", "my-progress.css")
_SCRIPT = re.compile(r'[ \t]*<script[^>]*\bsrc="([^"]+)"[^>]*></script>\n?')
_STYLE = re.compile(r'[ \t]*<link(?=[^>]*rel="stylesheet")[^>]*href="([^"]+)"[^>]*/>\n?')
_IMPORT = re.compile(r'@import "([^"]+)";')
_URL = re.compile(r"url\((?!\"?data:)\"?([^)\"]+)\"?\)")
_ICON_RULE = re.compile(r"((?:\.fa-[a-z0-9-]+::?before,?)+)\{content:\"[^\"]*\"\}")
_ICON_NAME = re.compile(r"\bfa-[a-z0-9-]+")


def lighten_page(html: str) -> str:
    """The page without scripts and styles it has no use for; the other scripts wait until it is read."""

    def keep(match: re.Match[str]) -> str:
        name = match[1].split("?")[0].rsplit("/", 1)[-1]
        if name == "fontawesome.js":
            return ""
        needed = next((mark for part, mark in _ONLY_WHERE_USED if name.startswith(part)), None)
        if needed and needed not in html:
            return ""
        tag = match[0]
        waits = any(word in tag for word in (" defer", " async", ' type="module"'))
        return tag if waits or not tag.lstrip().startswith("<script") else tag.replace("<script", "<script defer")

    html = _STYLE.sub(keep, _SCRIPT.sub(keep, html))
    # These two set what is already the default, and would run before the script that holds the object.
    return re.sub(r"[ \t]*<script>DOCUMENTATION_OPTIONS\.\w+ = [^<]*;</script>\n?", "", html)


def lighten_styles(css: str, icons: set[str]) -> str:
    """The theme's style sheet without the rules of icons that are not in `icons` (names such as fa-bars)."""

    def keep(match: re.Match[str]) -> str:
        return match[0] if icons & set(_ICON_NAME.findall(match[1])) else ""

    return _ICON_RULE.sub(keep, css)


def _lighten(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    paths = [path for path in sorted(out.rglob("*.html")) if static not in path.parents]
    pages = {path: lighten_page(path.read_text(encoding="utf-8")) for path in paths}
    icons = {name for html in pages.values() for name in _ICON_NAME.findall(html)}
    for script in static.rglob("*.js"):
        if script.name != "fontawesome.js":
            icons |= set(_ICON_NAME.findall(script.read_text(encoding="utf-8")))

    styles = static / THEME_STYLES
    styles.write_text(lighten_styles(styles.read_text(encoding="utf-8"), icons), encoding="utf-8")
    _reduce_icon_font(static)
    _join_styles(static, pages)
    for page, html in pages.items():
        page.write_text(html, encoding="utf-8")

    for pattern in (
        "**/*.map",
        "**/*.LICENSE.txt",
        "*-macros.html",
        "basic.css",
        "sphinx-design.min.css",
        "scripts/fontawesome.js",
        "locales",
        "images/logo_*",
    ):
        for path in list(static.glob(pattern)):
            _remove(path)


def _join_styles(static: Path, pages: dict[Path, str]) -> None:
    """One style sheet for the whole site instead of eight requests before the first paint of every page."""
    names: list[str] = []
    for html in pages.values():
        place = 0
        for name in _styles_of(html):
            if name not in names:
                names.insert(place, name)
            place = names.index(name) + 1
    css = "".join(_standalone(static / name, static) for name in names)
    joined = f"styles-{hashlib.sha256(css.encode()).hexdigest()[:10]}.css"
    (static / joined).write_text(css, encoding="utf-8")
    for page, html in pages.items():
        to_static = "../" * (len(page.relative_to(static.parent).parts) - 1) + "_static/"
        link = f'<link rel="stylesheet" href="{to_static}{joined}" />\n'

        def keep(match: re.Match[str]) -> str:
            return match[0] if _name_of_style(match[1]) in _OWN_FILE else ""

        first = _STYLE.search(html)
        if first:
            pages[page] = html[: first.start()] + link + _STYLE.sub(keep, html[first.start() :])
    for name in names:
        (static / name).unlink()


def _name_of_style(address: str) -> str:
    return address.split("?")[0].split("_static/", 1)[-1]


def _styles_of(html: str) -> list[str]:
    names = [_name_of_style(address) for address in _STYLE.findall(html)]
    return [name for name in names if name not in _OWN_FILE]


def _standalone(path: Path, static: Path) -> str:
    """A style sheet with its imports in place and its addresses relative to the folder `static`."""
    folder = path.parent
    css = _URL.sub(lambda match: f'url("{_from(static, folder, match[1])}")', path.read_text(encoding="utf-8"))
    return _IMPORT.sub(lambda match: _standalone((folder / match[1]).resolve(), static.resolve()), css) + "\n"


def _from(static: Path, folder: Path, address: str) -> str:
    return posixpath.normpath(posixpath.join(folder.relative_to(static).as_posix(), address))


def _reduce_icon_font(static: Path) -> None:
    font = static / ICON_FONT
    css = "".join(path.read_text(encoding="utf-8") for path in static.rglob("*.css"))
    escaped = {int(code, 16) for code in re.findall(r"\\(f[0-9a-f]{3})\b", css)}
    written = {ord(character) for character in css if "\ue000" <= character <= "\uf8ff"}
    options = subset.Options(flavor="woff2", layout_features=[], notdef_outline=True)
    face = subset.load_font(str(font), options)
    reducer = subset.Subsetter(options)
    reducer.populate(unicodes=escaped | written)
    reducer.subset(face)
    subset.save_font(face, str(font), options)
    for other in font.parent.iterdir():
        if other != font:
            other.unlink()


def _remove(path: Path) -> None:
    if path.is_dir():
        for inner in sorted(path.rglob("*"), reverse=True):
            inner.rmdir() if inner.is_dir() else inner.unlink()
        path.rmdir()
    else:
        path.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to the end of the build."""
    # Jupyter Book sets this value for an extension the workbook leaves out; unknown values are errors.
    app.add_config_value("comments_config", {}, "html")
    # Late, because the theme writes its colours of code at the end of the build too.
    app.connect("build-finished", _lighten, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
