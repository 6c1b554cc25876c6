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
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from workbook.grading import sandbox as sandboxes
from workbook.grading.limits import Limits

_PROVISIONER = "workbook-grading"
_LOOK = 0.1
"""Seconds between looks at a kernel that does not tell when it ends."""


@dataclass
class Launch:
    """Where and how the next kernel starts."""

    limits: Limits
    shared: Path
    """Folder of the connection file and the sockets."""
    environment: dict[str, str]
    sandbox: sandboxes.Sandbox | None = None
    zygote: socket.socket | None = field(default=None, repr=False)


launch: Launch | None = None
"""Set in the process that runs nbval, before it starts a kernel."""


class ForkedKernel:
    """A kernel that the zygote forked, with as much of ``Popen`` as a provisioner needs."""

    stdin = stdout = stderr = None

    def __init__(self, where: Launch, connection_file: str) -> None:
        self._alive, other = os.pipe()
        request = {
            "holder": where.sandbox.pid if where.sandbox else None,
            "folder": str(where.shared),
            "connection_file": connection_file,
            "environment": where.environment,
            "limits": asdict(where.limits),
        }
        socket.send_fds(where.zygote, [json.dumps(request).encode()], [other])
        os.close(other)
        self.pid = json.loads(where.zygote.recv(1024))["pid"]
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """``None`` while it lives."""
        if self.returncode is None and select.select([self._alive], [], [], 0)[0]:
            self.returncode = 0
            os.close(self._alive)
        return self.returncode

    def fileno(self) -> int:
        """A pipe that becomes readable when it ends."""
        return self._alive

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


class GradingProvisioner(LocalProvisioner):
    """Starts the kernel where ``launch`` says."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        where = launch
        if where.zygote is not None:
            self.process = ForkedKernel(where, self.parent.connection_file)
        else:
            self.process = subprocess.Popen(
                cmd,
                cwd=where.shared,
                env=where.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.pid = self.process.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and, with it, everything in its sandbox."""
        end_kernel(self.process)


class GradingKernelManager(KernelManager):
    """A kernel manager for the one kernel that ``launch`` describes."""

    def __init__(self, kernel_name: str = "", **options: Any) -> None:
        options.pop("kernel_spec_manager", None)
        super().__init__(kernel_name=kernel_name, connection_file=str(launch.shared / "kernel.json"), **options)
        if os.name == "posix":
            self.transport, self.ip = "ipc", str(launch.shared / "s")

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
    """A cell printed more than a submission may."""


class GradingKernel(nbval.kernel.RunningKernel):
    """nbval's kernel, with an eye on its death and on floods of output, neither of which nbval looks for.

    It waits for messages and for nothing else: no pause to let old output pass, no heartbeat, no orderly goodbye.
    """

    def __init__(self, kernel_name: str, cwd: str | None = None, startup_timeout: float = 60) -> None:
        self._waiting: deque[dict] = deque()
        self.late = False
        """Whether the last cell ran out of time: nbval forgets it where an interrupt leaves no traceback."""
        self.km = GradingKernelManager(kernel_name)
        self.km.start_kernel()
        self._process = self.km.provisioner.process
        end = time.monotonic() + startup_timeout
        self._await_sockets(end)
        self.kc = self.km.client()
        self.kc.start_channels(stdin=False, hb=False)
        self._await_output(end)

    def is_alive(self) -> bool:
        """Whether the kernel runs."""
        return hasattr(self, "km") and self._process.poll() is None

    def stop(self) -> None:
        """End it at once; the sockets end with this process."""
        end_kernel(self._process)
        del self.km

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        """As nbval's; output is taken in meanwhile, up to the limit.

        Raises ``KernelDied``, ``TooMuchOutput``, and ``queue.Empty`` when the time is over.
        """
        self.late = False
        end = time.monotonic() + (timeout or 3600)
        shell, iopub = self.kc.shell_channel, self.kc.iopub_channel
        poller = zmq.Poller()
        for source in (shell.socket, iopub.socket, *self._ends()):
            poller.register(source, zmq.POLLIN)
        most, held = launch.limits.output * 2**20, 0
        while (left := end - time.monotonic()) > 0:
            poller.poll(1000 * min(left, _LOOK))
            while shell.msg_ready():
                message = shell.get_msg()
                if message["parent_header"].get("msg_id") == msg_id:
                    if message["content"]["status"] == "aborted":
                        raise RuntimeError("the kernel refused the cell")
                    return
            while iopub.msg_ready() and not shell.msg_ready():
                message = iopub.get_msg()
                if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                    held += len(str(message["content"]))
                    if held > most:
                        end_kernel(self._process)
                        raise TooMuchOutput(f"printed more than {launch.limits.output:g} MB")
                self._waiting.append(message)
                if time.monotonic() > end:
                    break
            if not shell.msg_ready() and not self.is_alive():
                raise KernelDied("the kernel ended")
        self.late = True
        raise Empty

    def get_message(self, stream: str, timeout: float | None = None) -> dict:
        """The next message; output that was taken in while waiting comes first."""
        if stream == "iopub" and self._waiting:
            return self._waiting.popleft()
        return (self.kc.iopub_channel if stream == "iopub" else self.kc.shell_channel).get_msg(timeout)

    def _ends(self) -> list[int]:
        """What becomes readable when the kernel ends, where there is such a thing."""
        return [self._process.fileno()] if isinstance(self._process, ForkedKernel) else []

    def _await_sockets(self, end: float) -> None:
        """Wait until the kernel listens: who knocks earlier is let in a tenth of a second later."""
        if self.km.transport != "ipc":
            return
        awaited = [Path(f"{self.km.ip}-{port}") for port in (self.km.shell_port, self.km.iopub_port)]
        while not all(path.exists() for path in awaited):
            if not self.is_alive():
                raise RuntimeError("the kernel ended before it was ready")
            if time.monotonic() > end:
                raise RuntimeError("the kernel did not get ready in time")
            time.sleep(0.002)

    def _await_output(self, end: float) -> None:
        """Wait until the kernel answers and its output comes through."""
        while (left := end - time.monotonic()) > 0:
            request = self.kc.kernel_info()
            try:
                self.await_reply(request, timeout=left)
                self.await_idle(request, timeout=0.1)
            except Empty:
                continue
            return
        raise RuntimeError("the kernel did not answer in time")


def end_kernel(process: "ForkedKernel | subprocess.Popen | None") -> None:
    """End the kernel and, with it, everything in its sandbox."""
    if launch.sandbox is not None:
        launch.sandbox.kill()
    elif process is not None and launch.zygote is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    if process is not None:
        process.kill()


def install() -> None:
    """Make nbval start its kernels here (in this process)."""
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[_PROVISIONER] = EntryPoint(
        _PROVISIONER, f"{__name__}:{GradingProvisioner.__name__}", "jupyter_client.kernel_provisioners"
    )
    nbval.plugin.RunningKernel = GradingKernel
