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
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from workbook.grading import sandbox as sandboxes
from workbook.grading.limits import Limits

_PROVISIONER = "workbook-grading"


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
        if launch.sandbox is not None:
            launch.sandbox.kill()
        elif self.process is not None and launch.zygote is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        if self.process is not None:
            self.process.kill()


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
    """nbval's kernel, with an eye on its death and on floods of output, neither of which nbval looks for."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._waiting: deque[dict] = deque()
        self.late = False
        """Whether the last cell ran out of time: nbval forgets it where an interrupt leaves no traceback."""
        super().__init__(*arguments, **options)

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        """As nbval's; output is taken in meanwhile, up to the limit."""
        self.late = False
        end = time.monotonic() + (timeout or 3600)
        most, held = launch.limits.output * 2**20, 0
        while True:
            try:
                return super().await_reply(msg_id, timeout=0.02 if self._waiting else 0.005)
            except Empty:
                pass
            while self.kc.iopub_channel.msg_ready():
                message = self.kc.get_iopub_msg(timeout=1)
                if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                    held += len(str(message["content"]))
                    if held > most:
                        self.km.shutdown_kernel(now=True)
                        raise TooMuchOutput(f"printed more than {launch.limits.output:g} MB")
                self._waiting.append(message)
            if not self.km.is_alive():
                raise KernelDied("the kernel ended")
            if time.monotonic() > end:
                self.late = True
                raise Empty

    def get_message(self, stream: str, timeout: float | None = None) -> dict:
        """The next message; output that was taken in while waiting comes first."""
        if stream == "iopub" and self._waiting:
            return self._waiting.popleft()
        return super().get_message(stream, timeout)


def install() -> None:
    """Make nbval start its kernels here (in this process)."""
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[_PROVISIONER] = EntryPoint(
        _PROVISIONER, f"{__name__}:{GradingProvisioner.__name__}", "jupyter_client.kernel_provisioners"
    )
    nbval.kernel.KernelManager = GradingKernelManager
    nbval.plugin.RunningKernel = GradingKernel
