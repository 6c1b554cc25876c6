"""The local server: what it serves, and what it says when it cannot."""

import gzip
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from workbook import serve
from workbook.errors import WorkbookError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<p>hello</p>" * 100, encoding="utf-8")
    (tmp_path / "core.wasm").write_bytes(b"\0asm" + bytes(100))
    (tmp_path / "pack.tar.gz").write_bytes(b"\x1f\x8b")
    return tmp_path


def get(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_text_is_compressed_when_the_browser_takes_it(folder: Path) -> None:
    with serve.running(folder, 0) as address:
        status, headers, body = get(address, **{"Accept-Encoding": "gzip"})
        plain = get(address + "index.html")
    assert status == 200
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == plain[2] == (folder / "index.html").read_bytes()
    assert "Content-Encoding" not in plain[1]


def test_webassembly_has_its_type_and_archives_stay_as_they_are(folder: Path) -> None:
    with serve.running(folder, 0) as address:
        wasm = get(address + "core.wasm", **{"Accept-Encoding": "gzip"})
        pack = get(address + "pack.tar.gz", **{"Accept-Encoding": "gzip"})
    assert wasm[1]["Content-Type"] == "application/wasm"
    assert pack[2] == b"\x1f\x8b"
    assert "Content-Encoding" not in pack[1]


def test_an_unchanged_page_is_not_sent_twice(folder: Path) -> None:
    with serve.running(folder, 0) as address:
        tag = get(address, **{"Accept-Encoding": "gzip"})[1]["ETag"]
        assert get(address, **{"Accept-Encoding": "gzip", "If-None-Match": tag})[0] == 304
        (folder / "index.html").write_text("<p>new</p>", encoding="utf-8")
        assert get(address, **{"Accept-Encoding": "gzip", "If-None-Match": tag})[0] == 200


def test_a_missing_page_is_not_found(folder: Path) -> None:
    with serve.running(folder, 0) as address:
        assert get(address + "nowhere.html")[0] == 404


def test_a_taken_port_says_so_and_names_another(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WorkbookError, match=f"Port {port} is taken.*PORT={port + 1}"):
            serve.open_server(folder, port)


def test_nothing_is_served_where_no_site_was_finished(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match=r"no finished site.*make site"):
        serve.open_server(tmp_path, 0)
