"""The Python side of a live page: runs cells with IPython and speaks to the page through ``post``.

Loaded once in a web worker. The worker calls :func:`start` with two functions of its own:
``post(kind, text, buffers)`` sends a JSON message to the page, ``fetch_package(name)`` brings a package that
is not there yet. Every message carries the cell it belongs to, so that the page never has to guess.
"""

import builtins
import codeop
import importlib.abc
import importlib.util
import json
import linecache
import math
import numbers
import os
import sys
import time
import traceback
import types
import warnings
from collections.abc import Callable
from datetime import date, datetime
from typing import ClassVar

os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")


def _stand_in(name: str, **attributes: object) -> None:
    module = types.ModuleType(name)
    module.__dict__.update(attributes)
    sys.modules[name] = module


# IPython imports its terminal and a database for its history; a page has neither, and they take a second.
_stand_in("IPython.terminal.embed", embed=None)
_sqlite_errors = {n: type(n, (Exception,), {}) for n in ("DatabaseError", "OperationalError", "IntegrityError")}
_stand_in("sqlite3", Connection=type("Connection", (), {}), **_sqlite_errors)
import comm  # noqa: E402
from IPython.core import page  # noqa: E402
from IPython.core.compilerop import CachingCompiler  # noqa: E402
from IPython.core.displayhook import DisplayHook  # noqa: E402
from IPython.core.displaypub import DisplayPublisher  # noqa: E402
from IPython.core.error import UsageError  # noqa: E402
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402
from traitlets import Type  # noqa: E402
from traitlets.config import Config  # noqa: E402

del sys.modules["sqlite3"], sys.modules["IPython.terminal.embed"]

FLUSH_SECONDS = 0.1
KEPT_FRAMES = 4
SITE = "/site-packages/"


# --- messages -------------------------------------------------------------------------------------------


def _plain(value: object) -> object:
    """What JSON has no word for, as the Jupyter message protocol writes it."""
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "__iter__"):
        return list(value)
    return str(value)


def _without_nan(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    if isinstance(value, dict):
        return {str(key): _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return value


def _json(content: object) -> str:
    try:
        return json.dumps(content, default=_plain, allow_nan=False)
    except ValueError:
        return json.dumps(_without_nan(json.loads(json.dumps(content, default=_plain))))


class Channel:
    """Sends messages to the page; knows which cell and which message they answer."""

    def __init__(self, post: Callable[[str, str, object], None]) -> None:
        self._post = post
        self.cell: str | None = None
        self.message: str = ""
        self.owner: dict[str, str | None] = {}

    def send(self, kind: str, content: dict, buffers: list | None = None) -> None:
        self._post(kind, _json({"cell": self.cell, "parent": self.message, **content}), buffers or [])


class Outputs:
    """Where output goes: to the cell, or into the innermost ``Output`` widget that captures it.

    The front end of a notebook routes output into widgets by message id and can meet an output before the
    change of that id. Doing it here, in the order in which Python did it, leaves no such race.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._capturing: list[Capture] = []

    def add(self, output: dict) -> None:
        if self._capturing:
            self._capturing[-1].add(output)
        else:
            self._channel.send("output", {"output": output})

    def clear(self, wait: bool) -> None:
        if self._capturing:
            self._capturing[-1].clear(wait)
        else:
            self._channel.send("clear", {"wait": wait})

    def update(self, display_id: str, output: dict) -> None:
        for capture in Capture.all_with(display_id):
            capture.replace(display_id, output)
        self._channel.send("update", {"display_id": display_id, "output": output})

    def widget_captures(self, comm_id: str, begins: bool) -> None:
        if begins:
            self._capturing.append(Capture.of(comm_id))
            return
        for capture in reversed(self._capturing):
            if capture.comm_id == comm_id:
                self._capturing.remove(capture)
                capture.publish()
                return

    def cell_begins(self) -> None:
        # An Output widget left open by an error in an earlier cell must not swallow this cell's output.
        self._capturing.clear()


class Capture:
    """The outputs of one ``Output`` widget."""

    _known: ClassVar[dict[str, "Capture"]] = {}

    def __init__(self, comm_id: str) -> None:
        self.comm_id = comm_id
        self._outputs: list[dict] = []
        self._clear_next = False
        self._published = 0.0

    @classmethod
    def of(cls, comm_id: str) -> "Capture":
        """The capture of a widget, with the outputs the widget shows now."""
        capture = cls._known.setdefault(comm_id, cls(comm_id))
        capture._outputs = [dict(output) for output in capture._widget().outputs]
        return capture

    @classmethod
    def all_with(cls, display_id: str) -> "list[Capture]":
        return [
            capture
            for capture in cls._known.values()
            if any(_display_id(output) == display_id for output in capture._outputs)
        ]

    @classmethod
    def forget(cls, comm_id: str) -> None:
        cls._known.pop(comm_id, None)

    def _widget(self):
        from ipywidgets.widgets import widget

        return widget._instances[self.comm_id]

    def add(self, output: dict) -> None:
        if self._clear_next:
            self._outputs.clear()
            self._clear_next = False
        last = self._outputs[-1] if self._outputs else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            self._outputs[-1] = {**last, "text": last["text"] + output["text"]}
        else:
            self._outputs.append(output)
        # A long computation shows what it prints while it runs.
        if output["output_type"] == "stream" and time.monotonic() - self._published > FLUSH_SECONDS:
            self.publish()

    def clear(self, wait: bool) -> None:
        if wait:
            self._clear_next = True
        else:
            self._outputs.clear()
            self.publish()

    def replace(self, display_id: str, output: dict) -> None:
        self._outputs = [{**old, **output} if _display_id(old) == display_id else old for old in self._outputs]
        self.publish()

    def publish(self) -> None:
        self._published = time.monotonic()
        self._widget().outputs = tuple(self._outputs)


def _display_id(output: dict) -> str | None:
    return output.get("transient", {}).get("display_id")


class Stream:
    """``sys.stdout`` and ``sys.stderr``: gathers small writes into few messages."""

    encoding = "utf-8"
    errors = "strict"
    closed = False

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name = f"<{name}>"
        self._stream = name
        self._outputs = outputs
        self._waiting: list[str] = []
        self._flushed = 0.0

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._waiting.append(text)
        if time.monotonic() - self._flushed > FLUSH_SECONDS:
            self.flush()
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        self._flushed = time.monotonic()
        if self._waiting:
            text, self._waiting = "".join(self._waiting), []
            self._outputs.add({"output_type": "stream", "name": self._stream, "text": text})

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False


# --- widgets --------------------------------------------------------------------------------------------


class LiveComm(comm.base_comm.BaseComm):
    """A line between a widget here and its view in the page."""

    channel: Channel
    outputs: Outputs

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        if msg_type == "comm_open":
            self.channel.owner[self.comm_id] = self.channel.cell
        elif msg_type == "comm_close":
            self.channel.owner.pop(self.comm_id, None)
            Capture.forget(self.comm_id)
        state = (data or {}).get("state", {}) if msg_type == "comm_msg" else {}
        if "msg_id" in state and "outputs" not in state:
            self.outputs.widget_captures(self.comm_id, begins=bool(state["msg_id"]))
        content = {"comm_id": self.comm_id, "data": data or {}, **keys}
        self.channel.send(
            "comm", {"type": msg_type, "content": content, "metadata": metadata or {}}, list(buffers or [])
        )


# --- running cells --------------------------------------------------------------------------------------


class LiveDisplayPublisher(DisplayPublisher):
    """``display``, ``update_display`` and ``clear_output``."""

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs):
        flush_streams()
        output = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
        display_id = (transient or {}).get("display_id")
        if display_id:
            output["transient"] = {"display_id": display_id}
        if update and display_id:
            self.shell.outputs.update(display_id, output)
        else:
            self.shell.outputs.add(output)

    def clear_output(self, wait=False):
        flush_streams()
        self.shell.outputs.clear(wait)


class LiveDisplayHook(DisplayHook):
    """The value of a cell's last line."""

    def write_output_prompt(self):
        flush_streams()

    def write_format_data(self, format_dict, md_dict=None):
        self._output = {"output_type": "execute_result", "data": format_dict, "metadata": md_dict or {}}

    def finish_displayhook(self):
        output, self._output = getattr(self, "_output", None), None
        if output:
            self.shell.outputs.add({**output, "execution_count": self.prompt_count})


class LiveCompiler(CachingCompiler):
    """Gives each cell a readable file name, the one tracebacks show."""

    def __init__(self) -> None:
        super().__init__()
        # A cell is complete: "'(' was never closed" says more than "incomplete input".
        self.flags &= ~codeop.PyCF_ALLOW_INCOMPLETE_INPUT

    def get_code_name(self, raw_code, transformed_code, number):
        return f"<cell, run {number}>"


def flush_streams() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


def _module_of(file_name: str) -> str:
    inside = file_name.split(SITE)[-1]
    return inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _where(frame: traceback.FrameSummary, current: str) -> list[str]:
    if frame.filename.startswith("<cell, run"):
        place = "In this cell" if frame.filename == current else "In another cell"
        inside = "" if frame.name == "<module>" else f", in {frame.name}"
        code = linecache.getline(frame.filename, frame.lineno).rstrip()
        return [f"{place}{inside}, line {frame.lineno}:", f"    {code.strip()}"]
    return [f"In {_module_of(frame.filename)}, in {frame.name}, line {frame.lineno}"]


def short_traceback(error: BaseException, current: str) -> str:
    """What went wrong and where, without the frames of the machinery that ran the cell.

    Frames of cells show their line of code; of library frames only the last few are named.
    """
    if isinstance(error, SyntaxError) and (error.filename or "").startswith("<cell"):
        code = (error.text or "").rstrip("\n")
        pointer = " " * max((error.offset or 1) - 1, 0) + "^"
        indent = len(code) - len(code.lstrip())
        lines = [f"In this cell, line {error.lineno}:", f"    {code.lstrip()}", f"    {pointer[indent:]}"]
        return "\n".join([*lines, f"{type(error).__name__}: {error.msg}"])
    frames = traceback.extract_tb(error.__traceback__)
    first = next((i for i, frame in enumerate(frames) if frame.filename.startswith("<cell")), len(frames))
    frames = frames[first:]
    last_cell = max((i for i, f in enumerate(frames) if f.filename.startswith("<cell")), default=-1)
    beyond = len(frames) - last_cell - 1
    lines: list[str] = []
    for index, frame in enumerate(frames):
        hidden = last_cell < index < len(frames) - KEPT_FRAMES
        if not hidden:
            lines += _where(frame, current)
        elif index == last_cell + 1:
            lines.append(f"… {beyond - KEPT_FRAMES} more inside {_module_of(frame.filename).split('.')[0]} …")
    message = "".join(traceback.format_exception_only(type(error), error)).rstrip()
    return "\n".join([*lines, message])


def full_traceback(error: BaseException) -> str:
    """Python's own traceback, beginning where the cell does."""
    start = error.__traceback__
    while start and not start.tb_frame.f_code.co_filename.startswith("<cell"):
        start = start.tb_next
    if start is None and isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(error)).rstrip()
    return "".join(traceback.format_exception(type(error), error, start or error.__traceback__)).rstrip()


class LiveShell(InteractiveShell):
    """IPython's shell with its output sent to the page."""

    compiler_class = Type(LiveCompiler)
    outputs: Outputs
    channel: Channel
    kernel = None

    def _reply_to(self) -> dict:
        return {"header": {"msg_id": self.channel.message}}

    get_parent = _reply_to

    def set_parent(self, parent: dict) -> None:
        """ipywidgets asks for it; messages here always answer the one being handled."""

    def init_history(self):
        super().init_history()
        self.history_manager.db_cache_size = 0

    def enable_gui(self, gui=None):
        """There is no other window to draw in."""

    def init_io(self):
        """The streams are set by :func:`start`."""

    def system(self, cmd):
        raise UsageError(
            "There is no command line inside a page. The packages of this workbook need no %pip install: import them."
        )

    getoutput = system_piped = system_raw = system

    def _current_cell(self) -> str:
        return f"<cell, run {self.execution_count}>"

    def showtraceback(
        self, exc_tuple=None, filename=None, tb_offset=None, exception_only=False, running_compiled_code=False
    ):
        flush_streams()
        _, error, _ = self._get_exc_info(exc_tuple)
        if isinstance(error, UsageError):
            text = full = str(error)
        else:
            text = short_traceback(error, self._current_cell())
            full = full_traceback(error)
        self.outputs.add(
            {
                "output_type": "error",
                "ename": type(error).__name__,
                "evalue": str(error),
                "traceback": [text],
                "full": full,
            }
        )

    def showsyntaxerror(self, filename=None, running_compiled_code=False):
        self.showtraceback()

    def showindentationerror(self):
        self.showtraceback()


class PageKernel:
    """What ipywidgets looks for on a shell that has a front end."""

    def __init__(self, shell: LiveShell) -> None:
        self._shell = shell

    def get_parent(self) -> dict:
        return self._shell.get_parent()


class PackageFinder(importlib.abc.MetaPathFinder):
    """Brings a package at its first ``import``, whoever imports it."""

    # Tried by pandas and IPython only to see whether they are there; nobody asked for their megabytes.
    PROBES = (("pandas", "pyarrow"), ("IPython", "jedi"), ("IPython", "sqlite3"), ("traitlets", "argcomplete"))

    def __init__(self, packages: dict[str, str], fetch: Callable[[str], None]) -> None:
        self._packages = packages
        self._fetch = fetch

    def _is_probe(self, name: str) -> bool:
        for prober, probed in self.PROBES:
            module = sys.modules.get(prober)
            if probed == name and getattr(getattr(module, "__spec__", None), "_initializing", False):
                return True
        return False

    def find_spec(self, fullname, path=None, target=None):
        package = self._packages.get(fullname)
        if package is None or path is not None or self._is_probe(fullname):
            return None
        del self._packages[fullname]
        self._fetch(package)
        importlib.invalidate_caches()
        return importlib.machinery.PathFinder.find_spec(fullname)


def _no_input(prompt: object = "") -> str:
    raise RuntimeError(
        "input() cannot ask a question in this page: write the value into the cell instead, for example name = 'Ada'."
    )


class Session:
    """One running Python behind one page."""

    def __init__(self, post, fetch_package, packages: dict[str, str]) -> None:
        self.channel = Channel(post)
        self.outputs = Outputs(self.channel)
        LiveComm.channel, LiveComm.outputs = self.channel, self.outputs
        LiveShell.channel, LiveShell.outputs = self.channel, self.outputs
        self._comms = comm.base_comm.CommManager()
        comm.create_comm = LiveComm
        comm.get_comm_manager = lambda: self._comms
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.autocall = 0
        config.Completer.use_jedi = False
        config.InlineBackend.figure_formats = {"retina"}
        self.shell = LiveShell.instance(
            config=config, displayhook_class=LiveDisplayHook, display_pub_class=LiveDisplayPublisher
        )
        LiveShell.kernel = PageKernel(self.shell)
        # What `name?` and help would page in a terminal is put out like any other result.
        self.shell.set_hook("show_in_pager", page.as_hook(page.display_page), 90)
        sys.stdout, sys.stderr = Stream("stdout", self.outputs), Stream("stderr", self.outputs)
        builtins.input = _no_input
        warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")
        # Before Pyodide's own finders, which would only explain how to install what we bring ourselves.
        position = sys.meta_path.index(importlib.machinery.PathFinder) + 1
        sys.meta_path.insert(position, PackageFinder(dict(packages), fetch_package))

    async def run(self, cell: str, source: str) -> bool:
        """Run one cell; tells whether it ended without an error."""
        self.channel.cell, self.channel.message = cell, f"run-{self.shell.execution_count}"
        self.outputs.cell_begins()
        failed = None
        try:
            transformed = self.shell.transform_cell(source)
        except Exception:
            transformed, failed = source, sys.exc_info()
        result = await self.shell.run_cell_async(
            source, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=failed, cell_id=cell
        )
        self.shell.events.trigger("post_execute")
        self.shell.events.trigger("post_run_cell", result)
        flush_streams()
        return bool(result.success)

    def receive(self, message_type: str, text: str, buffers: object) -> None:
        """Handle a widget's message from the page (``comm_open``, ``comm_msg`` or ``comm_close``)."""
        message = json.loads(text)
        message["buffers"] = [memoryview(buffer.to_py()).cast("B") for buffer in buffers]
        comm_id = message["content"]["comm_id"]
        before = self.channel.cell, self.channel.message
        self.channel.cell = self.channel.owner.get(comm_id, self.channel.cell)
        self.channel.message = message["header"]["msg_id"]
        try:
            getattr(self._comms, message_type)(None, None, message)
        except Exception:
            self.shell.showtraceback()
        finally:
            flush_streams()
            self.channel.cell, self.channel.message = before
