"""How nbval gets its kernels while grading: from the zygote or from a command, inside a sandbox or not."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from importlib.metadata import EntryPoint
from pathlib import Path
from queue import Empty
from typing import Any

import nbval.kernel
import nbval.plugin
import zmq
from jupyter_client.channels import ZMQSocketChannel
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from workbook.grading import sandbox as sandboxes
from workbook.grading.limits import Limits

_PROVISIONER = "workbook-grading"
_SOCKET = "s"
_ANSWER = 60
"""Seconds that the zygote has to make a kernel."""
_FRAME = 16
"""Bytes that a part of a message counts beside what it holds: millions of empty parts are something, too."""
GRACE = 5.0
"""Seconds for an interrupted cell to stop in, and for the last output of any cell to arrive in."""


@dataclass
class Launch:
    """Where and how the next kernel starts."""

    limits: Limits
    folder: Path
    """For the connection file; without a sandbox it holds the sockets, too, and the kernel works in it."""
    environment: dict[str, str]
    sandbox: sandboxes.Sandbox | None
    zygote: socket.socket = field(repr=False)

    @property
    def sockets(self) -> str:
        """Beginning of the paths of the kernel's sockets, as this process sees them."""
        return str((self.sandbox.sockets if self.sandbox else self.folder) / _SOCKET)


launch: Launch | None = None
"""Set in the process that runs nbval, before it starts a kernel."""


class ForkedKernel:
    """A kernel that the zygote forked, with as much of ``Popen`` as a provisioner needs.

    The zygote answers through a pipe of this kernel's own, whose other end stays open as long as the kernel lives:
    an answer that nobody waited for cannot be taken for the next one's.
    """

    stdin = stdout = stderr = None

    def __init__(self, where: Launch, connection_file: str) -> None:
        read, other = os.pipe()
        self._alive = os.fdopen(read, "rb", buffering=0)
        folder = sandboxes.SOCKETS if where.sandbox else str(where.folder)
        connection = json.loads(Path(connection_file).read_text(encoding="utf-8"))
        request = {
            "holder": where.sandbox.pid if where.sandbox else None,
            "folder": folder,
            "connection": connection | {"ip": f"{folder}/{_SOCKET}"},
            "environment": where.environment,
            "limits": asdict(where.limits),
        }
        socket.send_fds(where.zygote, [json.dumps(request).encode()], [other])
        os.close(other)
        answer = self._alive.read(64) if self._told(_ANSWER) else b""
        if not answer.strip().isdigit():
            raise RuntimeError("Python for grading made no kernel")
        self.pid = int(answer)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """``None`` while it lives."""
        if self.returncode is None and self._told(0) and not self._alive.read(4096):
            self.returncode = 0
        return self.returncode

    def fileno(self) -> int:
        """A pipe that becomes readable when it ends."""
        return self._alive.fileno()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has gone."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("kernel", timeout)
            time.sleep(0.01)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Signal the process group it leads."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _told(self, seconds: float) -> bool:
        return bool(select.select([self._alive], [], [], seconds)[0])


class GradingProvisioner(LocalProvisioner):
    """Starts the kernel where ``launch`` says."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        self.process = ForkedKernel(launch, self.parent.connection_file)
        self.pid = self.process.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and, with it, everything in its sandbox."""
        end_kernel(self.process)


class GradingKernelManager(KernelManager):
    """A kernel manager for the one kernel that ``launch`` describes."""

    def __init__(self, kernel_name: str = "", **options: Any) -> None:
        options.pop("kernel_spec_manager", None)
        super().__init__(kernel_name=kernel_name, connection_file=str(launch.folder / "kernel.json"), **options)
        self.transport, self.ip = "ipc", launch.sockets

    @property
    def kernel_spec(self) -> KernelSpec:
        """Interrupted by message: a signal from outside does not reach a process namespace."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(
            argv=[*command, "--HistoryManager.enabled=False"],
            display_name="grading",
            language="python",
            interrupt_mode="message",
            metadata={"kernel_provisioner": {"provisioner_name": _PROVISIONER}},
        )


class KernelDied(RuntimeError):
    """The kernel ended in the middle of a cell."""


class TooMuchOutput(RuntimeError):
    """A cell sent more than it may."""


class OutOfTime(RuntimeError):
    """A cell went on after it had been interrupted, or its output did."""


class GradingKernel(nbval.kernel.RunningKernel):
    """nbval's kernel, with a limit to what a cell may send and until when, neither of which nbval has.

    It waits for messages and for nothing else: no pause to let old output pass, no heartbeat, no orderly goodbye.
    Time and amount are looked at before and after every single message, whatever it holds and however many wait;
    a message that is too large is never unpacked.
    """

    def __init__(self, kernel_name: str, cwd: str | None = None, startup_timeout: float = 60) -> None:
        self._waiting: deque[dict] = deque()
        self.late = False
        """Whether the last cell ran out of time: nbval forgets it where an interrupt leaves no traceback."""
        self._begin(startup_timeout)
        self.km = GradingKernelManager(kernel_name)
        self.km.start_kernel()
        self._process = self.km.provisioner.process
        try:
            self._await_sockets()
            self.kc = self.km.client()
            self.kc.start_channels(stdin=False, hb=False)
            self._await_output()
        except BaseException:
            self.stop()
            raise

    def is_alive(self) -> bool:
        """Whether the kernel runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End it at once; the sockets end with this process."""
        if self._process is not None:
            end_kernel(self._process)
            self._process = None

    def execute_cell_input(self, cell_input: str, allow_stdin: bool | None = None) -> str:
        """As nbval's. The cell's time begins, and what it may send is counted from here."""
        self._waiting.clear()
        self.late = False
        self._begin(launch.limits.cell_timeout)
        return super().execute_cell_input(cell_input, allow_stdin)

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        """As nbval's; output is taken in meanwhile.

        Raises ``KernelDied``, ``TooMuchOutput``, and ``queue.Empty`` when the time is over.
        """
        shell, iopub = self.kc.shell_channel, self.kc.iopub_channel
        poller = self._poller(shell, iopub)
        end = self._end if timeout is None else min(self._end, time.monotonic() + timeout)
        while (left := end - time.monotonic()) > 0:
            poller.poll(1000 * left)
            if shell.msg_ready():
                message = self._taken(shell)
                if message["parent_header"].get("msg_id") == msg_id:
                    break
            elif iopub.msg_ready():
                self._waiting.append(self._taken(iopub))
            elif not self.is_alive():
                raise KernelDied("the kernel ended")
        else:
            self.late = True
        self._end = time.monotonic() + GRACE
        if self.late:
            raise Empty
        if message["content"]["status"] == "aborted":
            raise RuntimeError("the kernel refused the cell")

    def get_message(self, stream: str, timeout: float | None = None) -> dict:
        """The next message; output that was taken in while waiting comes first.

        Raises ``KernelDied``, ``TooMuchOutput``, ``OutOfTime``, and ``queue.Empty`` after ``timeout``.
        """
        if stream == "iopub" and self._waiting:
            return self._waiting.popleft()
        channel = self.kc.iopub_channel if stream == "iopub" else self.kc.shell_channel
        left = self._end - time.monotonic()
        if left > 0:
            self._poller(channel).poll(1000 * (left if timeout is None else min(left, timeout)))
            if channel.msg_ready():
                return self._taken(channel)
            if not self.is_alive():
                raise KernelDied("the kernel ended")
            if timeout is not None and timeout < left:
                raise Empty
        self.stop()
        raise OutOfTime("the cell went on after its time")

    def _begin(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._messages = self._bytes = 0

    def _poller(self, *channels: ZMQSocketChannel) -> zmq.Poller:
        """Wakes when something comes through one of these, and when the kernel ends."""
        poller = zmq.Poller()
        for source in (*(channel.socket for channel in channels), self._process):
            poller.register(source, zmq.POLLIN)
        return poller

    def _taken(self, channel: ZMQSocketChannel) -> dict:
        """The message that is ready there; weighed before it is unpacked, which may take long."""
        frames: list[zmq.Frame] = []
        while not frames or frames[-1].more:
            frames.append(channel.socket.recv(copy=False))
            self._bytes += len(frames[-1]) + _FRAME
            if self._bytes > launch.limits.output * 2**20:
                self.stop()
                raise TooMuchOutput(f"printed more than {launch.limits.output:g} MB")
        self._messages += 1
        if self._messages > launch.limits.messages:
            self.stop()
            raise TooMuchOutput(f"sent more than {launch.limits.messages:,} messages")
        _, parts = channel.session.feed_identities(frames, copy=False)
        return channel.session.deserialize(parts, copy=False)

    def _await_sockets(self) -> None:
        """Wait until the kernel listens: who knocks earlier is let in a tenth of a second later."""
        awaited = [Path(f"{self.km.ip}-{port}") for port in (self.km.shell_port, self.km.iopub_port)]
        while not all(path.exists() for path in awaited):
            if not self.is_alive():
                raise RuntimeError("the kernel ended before it was ready")
            if time.monotonic() > self._end:
                raise RuntimeError("the kernel did not get ready in time")
            time.sleep(0.002)

    def _await_output(self) -> None:
        """Wait until the kernel answers and its output comes through."""
        end = self._end
        while (left := end - time.monotonic()) > 0:
            self._begin(left)
            request = self.kc.kernel_info()
            with contextlib.suppress(Empty):
                self.await_reply(request)
                self.await_idle(request, timeout=0.1)
                return
        raise RuntimeError("the kernel did not answer in time")


def end_kernel(process: ForkedKernel) -> None:
    """End the kernel and, with it, everything in its sandbox."""
    if launch.sandbox is not None:
        launch.sandbox.kill()
    process.kill()


def install() -> None:
    """Make nbval start its kernels here (in this process)."""
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[_PROVISIONER] = EntryPoint(
        _PROVISIONER, f"{__name__}:{GradingProvisioner.__name__}", "jupyter_client.kernel_provisioners"
    )
    nbval.plugin.RunningKernel = GradingKernel
