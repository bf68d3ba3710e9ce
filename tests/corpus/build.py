"""Build the corpus in ``tests/data/corpus``; with ``--accept``, also what the desktop half makes of it.

Read ``git diff`` before you commit what was accepted: it is what both halves are then held to.
"""

import json
import sys
from pathlib import Path

from tests.corpus.cases import Case, built
from tests.corpus.content import Content
from tests.corpus.desktop import applied

FOLDER = Path(__file__).parents[1] / "data" / "corpus"


def as_text(told: Content) -> str:
    """Return JSON in which one changed cell is one changed line."""
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def files_of(case: Case) -> dict[str, bytes]:
    """Return the files of a case by name, but for what is expected of it."""
    files = {"workbook.xlsx": case.workbook, "reply.json": as_text(case.reply).encode()}
    return files if case.output is None else files | {"output.xlsx": case.output}


def main() -> None:
    """Write every case, and with ``--accept`` what is expected."""
    for case in built():
        folder = FOLDER / case.name
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files_of(case).items():
            (folder / name).write_bytes(content)
        if "--accept" in sys.argv:
            (folder / "expected.json").write_text(as_text(applied(case, folder)), "utf-8")


if __name__ == "__main__":
    main()
