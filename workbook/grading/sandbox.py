"""The place a submission runs in: no network, nothing of the disk but what Python needs, own processes.

Bubblewrap makes the namespaces. One sandbox is held open for each run of a notebook; killing its holder
kills everything inside, however many processes there are.
"""

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.grading.limits import Limits
from workbook.paths import ROOT

SCRATCH = "/scratch"
SOCKETS = "/sockets"
_NAMESPACES = ("mnt", "pid", "net", "ipc", "uts", "cgroup")
_OWNER_OF_NAMESPACE = 0xB701  # NS_GET_USERNS of linux/nsfs.h
_SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts")
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Sandbox:
    """An open sandbox; ``pid`` is a process inside, seen from outside, whose namespaces can be joined."""

    holder: subprocess.Popen
    pid: int
    handle: int
    """A descriptor of that process: unlike its number it never means another one."""
    space: int
    """A descriptor of its process namespace."""

    @property
    def sockets(self) -> Path:
        """``SOCKETS`` as it is seen from outside: nothing that is written inside is on a disk of this machine."""
        return Path(f"/proc/{self.pid}/root{SOCKETS}")

    def kill(self) -> None:
        """End every process inside."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        self.holder.kill()
        self.holder.wait()


def why_not() -> str | None:
    """Why there can be no sandbox on this machine, or ``None`` where it works."""
    if sys.platform != "linux":
        return "this system has no bubblewrap (Linux has)"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (on Debian: apt-get install bubblewrap)"
    trial = subprocess.run([*_command(Limits()), "true"], capture_output=True, text=True, check=False)
    if trial.returncode:
        return f"bubblewrap does not work here: {trial.stderr.strip().splitlines()[-1]}"
    return None


@contextlib.contextmanager
def opened(limits: Limits) -> Iterator[Sandbox]:
    """A sandbox with an empty scratch folder; nothing of it is left afterwards, nor ever on a disk."""
    read, write = os.pipe()
    command = _command(limits)
    command[1:1] = ["--info-fd", str(write)]
    # The holder says when everything is mounted, then waits for the end.
    holder = subprocess.Popen(
        [*command, "/bin/sh", "-c", "echo ready; exec sleep infinity"],
        pass_fds=[write],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read, encoding="utf-8") as info:
            told = info.read()
        ready, _, _ = select.select([holder.stdout], [], [], 20)
        if not ready or holder.stdout.readline() != b"ready\n":
            raise WorkbookError("The sandbox did not open: bubblewrap stopped. Try `bwrap --version`.")
        pid = json.loads(told)["child-pid"]
        with _descriptor(os.pidfd_open(pid)) as handle, _descriptor(_namespace(pid, "pid")) as space:
            sandbox = Sandbox(holder, pid, handle, space)
            try:
                yield sandbox
            finally:
                sandbox.kill()
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


@contextlib.contextmanager
def _descriptor(number: int) -> Iterator[int]:
    try:
        yield number
    finally:
        os.close(number)


def _namespace(pid: int, kind: str) -> int:
    return os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)


def _command(limits: Limits) -> list[str]:
    """Bubblewrap's arguments: an allow-list, read-only, and nothing of ``workbook`` or the references."""
    command = ["bwrap", "--unshare-user", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    size = str(limits.scratch * 2**20)
    # Before the rest: what is readable may lie in a temporary folder itself.
    command += ["--size", size, "--tmpfs", "/tmp"]
    for path in _readable():
        command += ["--ro-bind", str(path), str(path)]
    command += ["--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", SCRATCH, "--chdir", SCRATCH]
    command += ["--size", str(2**20), "--tmpfs", SOCKETS, "--size", size, "--tmpfs", "/dev/shm"]
    # What bubblewrap makes to mount things in is memory without a limit.
    command += ["--remount-ro", "/dev", "--remount-ro", "/"]
    for name, value in environment().items():
        command += ["--setenv", name, value]
    return command


def environment() -> dict[str, str]:
    """All the environment a submission sees."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": SCRATCH,
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "MPLCONFIGDIR": SCRATCH,
        "MPLBACKEND": "agg",
        "IPYTHONDIR": SCRATCH,
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _readable() -> list[Path]:
    wanted = [Path(path) for path in _SYSTEM]
    wanted += [Path(sys.base_prefix), Path(sys.prefix), ROOT / "customer_value", ROOT / "datasets"]
    return [path for path in wanted if path.exists()]


def join(pid: int) -> None:
    """Move this process into the namespaces of ``pid``; children are then inside altogether.

    The caller has one thread. Raises ``OSError`` where the kernel refuses.
    """
    import fcntl

    user = _namespace(pid, "user")
    others = [_namespace(pid, name) for name in _NAMESPACES]
    # For an ordinary user bubblewrap nests a second user namespace; the others belong to the outer one,
    # which has to be joined before them.
    owner = fcntl.ioctl(others[0], _OWNER_OF_NAMESPACE)
    nested = os.fstat(owner).st_ino != os.fstat(user).st_ino
    for handle in [owner, *others, *([user] if nested else [])]:
        if _LIBC.setns(handle, 0) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"setns: {os.strerror(number)}")
    for handle in (owner, user, *others):
        os.close(handle)
    os.chdir(SCRATCH)


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapData(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


def drop_privileges() -> None:
    """Give up every capability for good, as bubblewrap does for what it starts itself."""
    capbset_drop, no_new_privs = 24, 38
    for capability in range(64):
        _LIBC.prctl(capbset_drop, capability, 0, 0, 0)
    if _LIBC.prctl(no_new_privs, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl: no_new_privs refused")
    header, nothing = _CapHeader(0x20080522, 0), (_CapData * 2)()
    if _LIBC.capset(ctypes.byref(header), nothing) != 0:
        raise OSError(ctypes.get_errno(), "capset refused")


def die_with_parent() -> None:
    """End this process when the one that started it ends, however that happens (on Linux)."""
    parent_death_signal = 1
    if _LIBC is not None:
        _LIBC.prctl(parent_death_signal, signal.SIGKILL, 0, 0, 0)


def set_limits(limits: Limits) -> None:
    """Resource limits of this process and its children."""
    import resource

    def cap(kind: int, value: int) -> None:
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))

    cap(resource.RLIMIT_CORE, 0)
    cap(resource.RLIMIT_FSIZE, limits.scratch * 2**20)
    cap(resource.RLIMIT_NOFILE, 512)
    cap(resource.RLIMIT_CPU, int(limits.wall) + 1)
    # Address space is more than memory: what is mapped but never touched counts, too.
    cap(resource.RLIMIT_AS, (limits.memory + 1024) * 2**20)


def usage(sandbox: Sandbox) -> tuple[int, int]:
    """Threads and resident megabytes of everything inside."""
    space = os.fstat(sandbox.space).st_ino
    threads = pages = 0
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            if Path(entry.path, "ns/pid").stat().st_ino != space:
                continue
            fields = Path(entry.path, "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        threads += int(fields[17])
        pages += int(fields[21])
    return threads, pages * os.sysconf("SC_PAGE_SIZE") // 2**20
