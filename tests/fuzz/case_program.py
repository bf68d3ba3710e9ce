"""Opens the file of each case as ``press`` does, and saves it: ``python -m tests.fuzz.case_program FIRST END FOLDER``.

Prints one line of JSON for each case. A case that takes more than it may ends the program; the caller starts it again after it.
"""

import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from addin.desktop.bridge import read_request
from addin.desktop.collector import collector_paused
from addin.desktop.files import Opened, open_workbook, saving
from addin.desktop.files.refusals import NotWritable
from addin.desktop.headless import show_workbook
from addin.desktop.refusals import Refusal
from tests.addin.stand_in import TABLE
from tests.fuzz.mutators import mutated_file
from tests.fuzz.seed_files import seed_files

if sys.platform != "win32":
    import resource

SECONDS = 10
MEMORY = 2_000_000_000
GONE = "it needs more memory"
"""What the refusal of a file says that ran out of memory: nothing of it was measured before it was made."""


def work_on(path: Path) -> str:
    """Do with a file what a click does, without a service. Return the code of its refusal, or ``opened``."""
    target = path.with_name("result.xlsx")
    try:
        with collector_paused():
            opened = open_workbook(path)
            book = show_workbook(opened)
            try:
                json.dumps(read_request(book, "payroll.check", TABLE))
                _save(opened, target)
            finally:
                book.app.quit()
    except Refusal as refusal:
        sentence = str(refusal)
        if not sentence.endswith((".", ")")) or not refusal.remedy or "Traceback" in sentence:
            raise AssertionError("no sentence") from None
        if GONE in sentence:
            return "memory"
        return f"{'saving: ' if isinstance(refusal, NotWritable) else ''}{refusal.code}"
    return "opened"


def _save(opened: Opened, target: Path) -> None:
    opened.workbook.vba_archive = None
    saving.save_workbook(opened.workbook, target, opened.cached)
    open_workbook(target)


def outcome_of(name: str, content: bytes, folder: Path) -> dict[str, Any]:
    """Return what came of one file: its outcome, seconds, and what was left behind."""
    path = folder / name
    path.write_bytes(content)
    before = time.process_time()
    outcome: dict[str, Any]
    try:
        outcome = {"outcome": work_on(path)}
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        places = [
            f"{Path(place.filename).name}:{place.lineno}"
            for place in traceback.extract_tb(error.__traceback__)
        ]
        outcome = {"outcome": "uncaught", "error": type(error).__name__, "places": places[-4:]}
    seconds = time.process_time() - before
    left = {file.name for file in folder.iterdir()} - {name}
    # The result is there if and only if everything went well.
    partial = left != ({"result.xlsx"} if outcome["outcome"] == "opened" else set())
    partial |= path.read_bytes() != content
    for file in folder.iterdir():
        file.unlink()
    return {**outcome, "seconds": round(seconds, 3), "partial": partial, "kind": name}


def limit_case() -> None:
    """Give the next case its seconds and its memory."""
    if sys.platform != "win32":
        most = int(time.process_time()) + SECONDS + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def main() -> None:
    first, end, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    seeds = seed_files()
    for number in range(first, end):
        limit_case()
        told = outcome_of(*mutated_file(number, seeds), folder)
        print(json.dumps({"case": number, **told}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
