"""A fork server: a process that has everything imported and forks one child for each task (ADR 29). Linux only.

Importing what opens a workbook takes longer than most tasks. So a program starts one server, at its first task, and
each task costs a fork. The program has threads and must not fork itself; the server has one thread. It ends when
its program does, because then the control socket closes, and the kernel kills the children when the server ends.

For each child the program (``forked_process.py``) sends one byte and three descriptors over the control socket:

- the stream, which only the child keeps. The child reads its surroundings in one line, then the task, and answers.
- the status socket, which only the server keeps. The server writes the number of the child. When the program shuts its
  end down, the server kills the child, if it still runs, and writes its exit code. Only the server signals
  children: no signal can reach another process that got the number of an ended child.
- the folder that the program is in.
"""

import ctypes
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, NoReturn

PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux."""


def fork_for_tasks(carry_out: Callable[[], None]) -> None:
    """Be the server, until the program ends. The control socket is the standard input.

    ``carry_out`` does one task in a child: it reads the standard input and writes the standard output.
    """
    gc.collect()
    gc.freeze()  # otherwise the collector of each child would copy the memory that all of them share
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # where it is ignored, no exit code is kept
    control, server, children = socket.socket(fileno=0), os.getpid(), dict[int, int]()
    while True:
        ready, _, _ = select.select([0, *children], [], [])
        for status in children.keys() & ready:
            _end_child(children.pop(status), status)
        if 0 not in ready:
            continue
        request, descriptors, _, _ = socket.recv_fds(control, 1, 3)
        if not request:
            return
        stream, status, folder = descriptors
        number = os.fork()
        if not number:
            _be_child(carry_out, server, stream, folder, [status, *children])
        os.setpgid(number, number)
        children[status] = number
        with suppress(ConnectionError):
            os.write(status, str(number).encode())
        os.close(stream)
        os.close(folder)


def _end_child(number: int, status: int) -> None:
    os.killpg(number, signal.SIGKILL)
    _, ended = os.waitpid(number, 0)
    with suppress(ConnectionError):
        os.write(status, str(os.waitstatus_to_exitcode(ended)).encode())
    os.close(status)


def _be_child(
    carry_out: Callable[[], None], server: int, stream: int, folder: int, others: Iterable[int]
) -> NoReturn:
    """Carry out one task, without what belongs to the server and to other tasks."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() == server:  # otherwise it died before we asked for the signal
            os.dup2(stream, 0)
            os.dup2(stream, 1)
            os.fchdir(folder)
            for descriptor in (stream, folder, *others):
                os.close(descriptor)
            _take_surroundings(json.loads(sys.stdin.buffer.readline()))
            carry_out()
            code = 0
    finally:
        os._exit(code)  # what was registered for the end of the server is not for us


def _take_surroundings(surroundings: Mapping[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(surroundings["environment"])
    os.umask(surroundings["umask"])
    time.tzset()
