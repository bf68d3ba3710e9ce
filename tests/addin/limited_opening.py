"""Opens files one after the other, each in at most ten CPU seconds and two gigabytes: ``python -m ... FILE ...``.

Prints, for each, what came of it. A file that takes more ends the program, and nothing is printed for the rest.
"""

import json
import resource
import sys
import time
from pathlib import Path

from addin.desktop.files import open_workbook
from addin.desktop.refusals import Refusal

SECONDS = 10
BYTES = 2_000_000_000


def outcome(path: Path) -> str:
    try:
        open_workbook(path)
    except Refusal as refusal:
        return f"{refusal.code}: {refusal}"
    return "opened"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    for path in map(Path, sys.argv[1:]):
        before = time.process_time()
        hard = int(before) + SECONDS + 1
        resource.setrlimit(resource.RLIMIT_CPU, (hard, resource.RLIM_INFINITY))
        told = outcome(path)
        seconds = time.process_time() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"outcome": told, "seconds": seconds, "peak": peak}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
