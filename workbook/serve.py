"""Serve the built site on this machine, compressed as a real web server would."""

import errno
import gzip
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from workbook.errors import WorkbookError

COMPRESSIBLE = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".wasm", ".ipynb", ".md", ".txt", ".xml", ".py"}
mimetypes.add_type("application/wasm", ".wasm")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("application/json", ".ipynb")


@lru_cache(maxsize=512)
def _gzipped(path: str, modified_ns: int) -> bytes:
    # modified_ns is part of the key: a rebuilt file is compressed anew.
    return gzip.compress(Path(path).read_bytes(), compresslevel=6, mtime=0)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not worth a line each."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_head(self):
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.split("?")[0].endswith("/"):
            path /= "index.html"
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepts and path.is_file() and path.suffix in COMPRESSIBLE):
            return super().send_head()
        stat = path.stat()
        tag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}-gz"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", tag)
            self.end_headers()
            return None
        body = _gzipped(str(path), stat.st_mtime_ns)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("ETag", tag)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A browser opens many connections at once; the default backlog of 5 resets some of them.
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection early is no error of the server's."""


def open_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Bind to localhost; port 0 takes any free one."""
    if not (folder / "index.html").is_file():
        raise WorkbookError(f"There is no finished site in {folder}: run `make site` first.")
    try:
        return _Server(("127.0.0.1", port), partial(_Handler, directory=str(folder)))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise WorkbookError(
                f"Port {port} is taken by another program: choose another, e.g. `make serve PORT={port + 1}`."
            ) from None
        if error.errno == errno.EACCES:
            raise WorkbookError(f"Port {port} needs administrator rights: choose one above 1023.") from None
        raise


@contextmanager
def running(folder: Path, port: int) -> Iterator[str]:
    """Serve in the background; gives the address, ending in a slash."""
    server = open_server(folder, port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
