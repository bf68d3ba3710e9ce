"""Limits on the time and the memory of this process, as far as its system has them."""

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import resource

OVER_MEMORY = 97
"""The exit code of a process that ended itself because it had more memory than it may."""

OVER_TIME = 98
"""The exit code of a process that ended itself because its CPU seconds were used up."""

FURTHER_SECONDS = 10
"""How long a process whose time is up may still clean up."""

BYTES_PER_MEGABYTE = 1_000_000


class TimeUp(BaseException):
    """The process has used its CPU seconds. No ``Exception``: a library that catches those must not go on."""


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """The most a process may use. ``wall_seconds`` is for the parent, which ends the process after them."""

    cpu_seconds: int
    wall_seconds: int
    memory: int


def limits_for(path: Path) -> ProcessLimits:
    """Return the limits for work on a file, by its size. A million rows of 12 columns take a third of theirs.

    A link or a missing file gets the least: reading it will be refused.
    """
    try:
        megabytes = path.lstat().st_size / BYTES_PER_MEGABYTE
    except (OSError, ValueError):
        megabytes = 0
    megabytes = min(megabytes, 100)
    cpu_seconds = int(60 + 15 * megabytes)
    memory = int((1_500 + 200 * megabytes) * BYTES_PER_MEGABYTE)
    return ProcessLimits(cpu_seconds, 600 + 2 * cpu_seconds, min(memory, _most_memory()))


def _most_memory() -> int:
    """Return three quarters of the memory of this computer, in bytes, where it says how much it has."""
    if hasattr(os, "sysconf"):
        with contextlib.suppress(OSError, ValueError):
            return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4
    return sys.maxsize


def apply_limits(limits: ProcessLimits) -> None:
    """Limit this process. When its time is up, TimeUp is raised, and ten seconds later the system ends it.

    Memory beyond the limit is not given out on Linux. Elsewhere the process ends with ``OVER_MEMORY`` soon after it
    has it. Windows limits nothing by itself; there the process also ends with ``OVER_TIME`` when its time is up.
    """
    soft = int(time.process_time()) + limits.cpu_seconds
    watch_use(limits.memory, soft + 2 * FURTHER_SECONDS)
    if sys.platform == "win32":
        return
    signal.signal(signal.SIGXCPU, _raise_time_up)
    _set_limit(resource.RLIMIT_CPU, soft, soft + FURTHER_SECONDS)
    _set_limit(resource.RLIMIT_DATA, limits.memory, limits.memory)


def watch_use(most_memory: int, cpu_end: float) -> None:
    """End this process once it has had more than so many bytes of memory at once, or has used so many CPU seconds."""
    threading.Thread(target=_end_when_over, args=(most_memory, cpu_end), daemon=True).start()


def _end_when_over(most_memory: int, cpu_end: float) -> None:
    while _peak_memory() <= most_memory:
        if time.process_time() > cpu_end:
            os._exit(OVER_TIME)
        time.sleep(0.05)
    os._exit(OVER_MEMORY)


if sys.platform == "win32":

    class _MemoryCounters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS of Windows."""

        _fields_ = (
            ("size", ctypes.c_uint32),
            ("page_faults", ctypes.c_uint32),
            *((f"unused_{number}", ctypes.c_size_t) for number in range(7)),
            ("peak_page_file", ctypes.c_size_t),
        )

    def _peak_memory() -> int:
        counters = _MemoryCounters(size=ctypes.sizeof(_MemoryCounters))
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.K32GetProcessMemoryInfo.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32)
        kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size)
        return counters.peak_page_file

else:
    UNIT = 1 if sys.platform == "darwin" else 1_024
    """Bytes in the unit in which the system says how much memory a process had at most."""

    def _peak_memory() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT

    def _raise_time_up(_signal: int, _frame: object) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))  # otherwise it is raised again every second
        raise TimeUp

    def _set_limit(kind: int, soft: int, hard: int) -> None:
        """Lower a limit, never raise one that somebody has set already."""
        _, most = resource.getrlimit(kind)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        with contextlib.suppress(OSError, ValueError):  # macOS knows limits that it does not let us set
            resource.setrlimit(kind, (soft, hard))
