"""Our plain JavaScript against Microsoft's own description of Office.js."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.office.conftest import ROOT

PROJECTS = (".", "simulator")
SOURCES = sorted(ROOT.glob("addin/office/src/**/*.js"))


@pytest.mark.parametrize("project", PROJECTS)
def test_office_js_has_everything_we_ask_of_it(compiler: list[str], project: str) -> None:
    done = subprocess.run([*compiler, "-p", project], cwd=ROOT, check=False, capture_output=True, text=True)
    assert not done.returncode, done.stdout


def test_the_modules_do_what_they_say(node: str) -> None:
    files = [str(path) for path in sorted(Path(__file__).parent.glob("*.test.js"))]
    done = subprocess.run([node, "--test", *files], cwd=ROOT, check=False, capture_output=True, text=True)
    assert not done.returncode, done.stdout


def test_one_file_speaks_to_excel_and_one_to_the_service() -> None:
    told = {path.name: without_comments(path) for path in SOURCES}
    assert [name for name, code in told.items() if "Excel.run" in code] == ["workbook.js"]
    assert [name for name, code in told.items() if re.search(r"XMLHttpRequest|fetch\(", code)] == [
        "transport.js"
    ]


@pytest.mark.parametrize(
    "word", ["console.", "innerHTML", "alert(", "confirm(", "prompt(", "eval(", "new Date"]
)
def test_what_a_sheet_says_goes_nowhere_else_and_no_date_through_a_clock(word: str) -> None:
    assert [path.name for path in SOURCES if word in without_comments(path)] == []


def test_only_the_token_is_kept_in_the_browser() -> None:
    assert [path.name for path in SOURCES if "localStorage" in without_comments(path)] == ["token.js"]


def test_a_module_fits_in_a_sitting() -> None:
    assert [path.name for path in SOURCES if path.read_text("utf-8").count("\n") > 300] == []


def test_the_lock_file_names_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    assert "://" not in lock
    assert {"typescript", "@types/office-js", "axe-core"} == set(
        json.loads(lock)["packages"][""]["devDependencies"]
    )


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)
