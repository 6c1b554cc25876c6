"""What a reading page weighs before Python starts, against a default Jupyter Book page of the same text.

The default book is built from the same chapter with no settings of ours. Its pages ask other hosts for
scripts; those requests are counted, and answered from the npm packages they name so that they have a size.
"""

import gzip
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Response, Route, sync_playwright

from benchmarks.results import Table
from workbook import chromium, node, paths, serve

PAGE = "chapters/02-heterogeneity/index.html"
WORK = paths.BUILD / "benchmark-default-book"
TEXT = {".html", ".css", ".js", ".mjs", ".json", ".svg", ""}


@dataclass
class Weight:
    """Requests and gzipped bytes of one page view."""

    requests: int = 0
    bytes: int = 0
    foreign: int = 0
    unknown: int = 0


def default_book() -> Path:
    """The same chapter as a Jupyter Book without any settings; returns the folder of its pages."""
    shutil.rmtree(WORK, ignore_errors=True)
    source = WORK / "book"
    shutil.copytree(paths.ROOT / "chapters" / "02-heterogeneity", source / "chapters" / "02-heterogeneity")
    shutil.copy(paths.ROOT / "index.md", source)
    shutil.copy(paths.ROOT / "references.bib", source)
    (source / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n- file: chapters/02-heterogeneity/index\n"
        "  sections:\n  - file: chapters/02-heterogeneity/lab\n"
    )
    (source / "_config.yml").write_text(
        "title: Default\nexecute: {execute_notebooks: auto}\nbibtex_bibfiles: [references.bib]\n"
    )
    command = [Path(sys.executable).with_name("jupyter-book"), "build", "--quiet", source]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return source / "_build" / "html"


def from_npm(url: str) -> bytes | None:
    """The file that a script host would send, from the npm package its address names; None if it names none."""
    path = urlsplit(url).path
    named = re.search(r"/((?:@[\w.-]+/)?[\w.-]+)@([^/]+)/(.+)$", path)
    if named:
        name, version, inside = named.groups()
    elif "require" in path:
        name, version, inside = "requirejs", "2.3.6", "require.js"
    else:
        return None
    folder = WORK / "npm" / re.sub(r"\W", "_", f"{name}@{version}")
    if not folder.is_dir():
        folder.mkdir(parents=True)
        node.npm("pack", "--silent", f"{name}@{version}", folder=folder)
        for archive in folder.glob("*.tgz"):
            shutil.unpack_archive(archive, folder, "gztar")
    file = folder / "package" / inside
    if not file.suffix:
        file = file.with_suffix(".js")
    return file.read_bytes() if file.is_file() else None


def weigh(address: str, page_path: str) -> Weight:
    """Open one page with an empty cache and add up what it asks for."""
    weight = Weight()

    def count(response: Response) -> None:
        weight.requests += 1
        body = response.body()
        text = Path(urlsplit(response.url).path).suffix in TEXT
        weight.bytes += len(gzip.compress(body)) if text else len(body)
        weight.foreign += not response.url.startswith(address)

    def foreign(route: Route) -> None:
        body = from_npm(route.request.url)
        if body is None:
            weight.requests += 1
            weight.foreign += 1
            weight.unknown += 1
            route.abort()
        else:
            kind = "text/css" if urlsplit(route.request.url).path.endswith(".css") else "text/javascript"
            route.fulfill(body=body, content_type=kind, headers={"Access-Control-Allow-Origin": "*"})

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.FLAGS)
        page = browser.new_page()
        page.route(lambda url: not url.startswith((address, "data:", "blob:")), foreign)
        responses: list[Response] = []
        page.on("response", lambda response: responses.append(response))
        page.goto(address + page_path, wait_until="networkidle")
        for response in responses:
            count(response)
        browser.close()
    return weight


def measure() -> Table:
    """Our chapter's page beside the default one."""
    with serve.running(paths.SITE, 0) as address:
        ours = weigh(address, PAGE)
    with serve.running(default_book(), 0) as address:
        default = weigh(address, PAGE)
    columns = ("page of chapter 02", "KiB gzipped", "requests", "of these to other hosts")
    table = Table("Weight of a reading page before Python starts", columns)
    for name, found in (("this workbook", ours), ("default Jupyter Book", default)):
        table.add(name, f"{found.bytes / 1024:,.0f}", str(found.requests), str(found.foreign))
    table.add("ratio", f"{ours.bytes / default.bytes:.2f}", f"{ours.requests / default.requests:.2f}", "")
    if default.unknown:
        table.note = f"{default.unknown} request(s) of the default page have no known size and count as 0 bytes."
    return table
