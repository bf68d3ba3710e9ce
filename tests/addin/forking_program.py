"""A program with a fork server, and what may happen to such a program: ``python -m ... EVENT FILE``.

Prints the number of its server. ``wait``: a task waits for ever. ``copy``: the program forks, and its copy has tasks too.
"""

import json
import os
import sys

from addin.desktop.forked_process import ForkedProcess, ForkServer

server = ForkServer([sys.executable, "-m", "tests.addin.forked_tasks"])


def ran(do: str, details: object = None) -> bytes:
    with ForkedProcess(server) as process:
        return process.communicate(json.dumps({"do": do, "with": details}).encode(), 60)[0]


def number_of_server() -> int:
    return int(json.loads(ran("describe"))["server"])


def main() -> None:
    event, file = sys.argv[1:]
    print(number_of_server(), flush=True)  # noqa: T201
    if event == "wait":
        ran("wait", file)
    if event == "copy":
        copy = os.fork()
        print(number_of_server(), flush=True)  # noqa: T201
        if copy:
            os.waitpid(copy, 0)
            print(number_of_server(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
