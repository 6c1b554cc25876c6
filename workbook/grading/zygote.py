"""A Python that has already imported what every notebook imports, and is copied for each submission.

Starting a kernel costs more than grading an honest notebook; a forked copy starts at once. The copy enters the
sandbox before it reads a byte of the submission. The original holds no reference and is never inside.

Started as ``python -m workbook.grading.zygote FD MODULE …``. Requests come as JSON over the socket ``FD``, each
with one end of a pipe: the kernel's process id is written to it, and it stays open as long as the kernel lives.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
from pathlib import Path

from workbook.grading import sandbox
from workbook.grading.limits import Limits


def serve(channel: socket.socket) -> None:
    """Fork a kernel for each request until the other side hangs up."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, handles, _, _ = socket.recv_fds(channel, 65_536, 1)
        if not message:
            return
        request = json.loads(message)
        pid = os.fork()
        if pid == 0:
            channel.close()
            os._exit(_child(request, handles))
        for handle in handles:
            with contextlib.suppress(BrokenPipeError):
                os.write(handle, f"{pid}\n".encode())
            os.close(handle)


def _child(request: dict, handles: list[int]) -> int:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.environ.clear()
    os.environ.update(request["environment"])
    if request["holder"] is None:
        sandbox.die_with_parent()
        os.chdir(request["folder"])
        return _kernel(request)
    try:
        sandbox.join(request["holder"])
    except OSError:
        return 1
    # Only a child is in the new process namespace; its parent stays to hold the pipe open.
    inside = os.fork()
    if inside == 0:
        for handle in handles:
            os.close(handle)
        os.setsid()
        sandbox.drop_privileges()
        os._exit(_kernel(request))
    _, status = os.waitpid(inside, 0)
    return os.waitstatus_to_exitcode(status) & 0xFF


def _kernel(request: dict) -> int:
    from ipykernel.kernelapp import IPKernelApp

    sandbox.set_limits(Limits(**request["limits"]))
    connection = Path(request["folder"], "connection.json")
    connection.write_text(json.dumps(request["connection"]), encoding="utf-8")
    sys.argv = ["kernel"]
    with contextlib.suppress(SystemExit):
        IPKernelApp.launch_instance(["-f", str(connection), "--HistoryManager.enabled=False"])
    return 0


def main() -> None:
    """Import the modules named on the command line, then serve."""
    sandbox.die_with_parent()
    channel = socket.socket(fileno=int(sys.argv[1]))
    for name in ["ipykernel.kernelapp", "ipykernel.ipkernel", *sys.argv[2:]]:
        # What cannot be imported here fails in the notebook, where the learner's report can say so.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    channel.sendall(b"ready\n")
    serve(channel)


if __name__ == "__main__":
    main()
