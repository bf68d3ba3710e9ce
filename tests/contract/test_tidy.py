"""House rules that no linter knows."""

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile, ZipFile, is_zipfile

import pytest

from tests.contract.repository import CODE, ROOT, called, committed, imported, modules, texts, tree

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
LISTS = {"server/errors/__init__.py"}
"""Modules that only list names, a line for each, and that nobody reads from top to bottom."""

SHARE = "a share of cells, no amount"
FLOATS = {
    "server/sheets/appointment_log/measure_columns.py": SHARE,
    "addin/desktop/native.py": "Excel's own numbers, as it hands them out",
    "addin/desktop/headless/values.py": "Excel's own numbers, as it hands them out",
    "addin/desktop/headless/range.py": "a column's width",
    "addin/desktop/files/text.py": "what Excel makes of text that looks like a number",
    "addin/desktop/files/xlsx.py": "the number in an .xlsx file's XML",
}
"""Where ``float()`` is called, and what for: never an amount on its way to being paid."""

CLOCKS = {
    "server/ledger/clock.py": "the one clock",
}
"""Where the time is asked for."""


def names(paths: list[Path]) -> set[str]:
    return {path.as_posix() for path in paths}


def without(*prefixes: str) -> list[Path]:
    return [path for path in modules("server") if not path.as_posix().startswith(prefixes)]


@pytest.mark.parametrize("path", modules(*CODE), ids=str)
def test_a_module_fits_in_a_sitting(path: Path) -> None:
    assert path.as_posix() in LISTS or (ROOT / path).read_text("utf-8").count("\n") <= LONGEST_MODULE
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, f"{node.name} is too long"


def test_no_module_is_named_for_nothing() -> None:
    for_nothing = {"utils", "util", "common", "helpers", "helper", "models", "services", "misc", "base"}
    assert not [path for path in modules(*CODE, "tests") if {path.stem, *path.parts[:-1]} & for_nothing]


def test_amounts_never_pass_through_a_float() -> None:
    assert names([path for path in modules("server", "addin") if "float" in called(path)]) == FLOATS.keys()


def test_only_the_ledger_asks_what_time_it_is() -> None:
    clocks = {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "time.localtime",
    }
    assert names([path for path in modules("server") if called(path) & clocks]) == CLOCKS.keys()


def test_work_is_done_at_once_in_one_place_and_not_all_over() -> None:
    wanted = {"ThreadPoolExecutor", "Timer", "gc.disable", "gc.enable", "os.memfd_create"}
    assert names([path for path in modules("server") if called(path) & wanted]) == {"server/concurrency.py"}


def test_no_test_needs_a_thread_without_an_event_loop_by_chance() -> None:
    assert names([path for path in modules("tests") if "asyncio.run" in called(path)]) == set()


def test_nothing_is_printed_where_nobody_reads_it() -> None:
    assert not [path for path in without("server/cli") if "print" in called(path)]


@pytest.mark.parametrize(
    ("packages", "home"),
    [
        ({"openpyxl", "xlsxwriter", "calamine", "python_calamine", "xlrd"}, "server/sheets/"),
        ({"sqlite3", "sqlcipher3"}, "server/ledger/engine/sqlite/library.py"),
        ({"sqlite_utils"}, "server/ledger/engine/sqlite/schema.py"),
        ({"keyring"}, "server/key_store.py"),
        (
            {"fastapi", "starlette"},
            ("server/api/", "server/web/", "server/app.py", "server/cli/service.py", "server/serverless.py"),
        ),
        ({"mangum", "awslambdaric"}, "server/serverless.py"),
        ({"xlwings", "addin"}, "server/cli/"),
        ({"httpx"}, ("server/cli/", "server/web/provider_answers.py")),
        ({"authlib", "joserfc"}, "server/web/"),
        ({"typer", "rich"}, "server/cli/"),
        ({"obstore"}, "server/ledger/objects/s3_objects.py"),
    ],
    ids=lambda value: "-".join(sorted(value)) if isinstance(value, set) else "",
)
def test_only_one_place_of_the_server_knows(packages: set[str], home: str | tuple[str, ...]) -> None:
    prefixes = (home,) if isinstance(home, str) else home
    assert not [path for path in without(*prefixes) if imported(path) & packages]


def test_no_statement_is_compiled_again_for_each_number_of_rows() -> None:
    plain = re.compile(r"\b(LIMIT|OFFSET) \?")
    found = [path for path in modules("server") if plain.search((ROOT / path).read_text("utf-8"))]
    assert names(found) == {"server/ledger/engine/statement_texts.py"}, "where the reason is told"


def test_folders_and_files_are_made_in_one_place_for_their_owner_only() -> None:
    """``cli`` writes workbooks for people to open, and memory files are no files."""
    makers = re.compile(
        r"(.*\.)?(mkdir|touch|write_bytes|write_text|makedirs|copyfile|copytree|mkdtemp|mkstemp)"
    )
    writers = re.compile(r"\.open\(['\"][wax]|[^.\w]open\([^)]*['\"][wax]b?['\"]|os\.O_CREAT")
    guilty = [
        path
        for path in without("server/cli", "server/private_files.py")
        if any(makers.fullmatch(name) for name in called(path))
        or writers.search((ROOT / path).read_text("utf-8"))
    ]
    assert guilty == []


def test_the_rules_read_no_file_and_no_setting() -> None:
    worldly = {
        "pathlib",
        "os",
        "io",
        "time",
        "logging",
        "tempfile",
        "socket",
        "random",
        "secrets",
        "platformdirs",
    }
    assert not [path for path in modules("server") if "billing" in path.parts and imported(path) & worldly]


def test_the_desktop_add_in_brings_neither_the_server_nor_pandas_along() -> None:
    program = (
        "import sys, addin.desktop.ribbon, addin.desktop.press\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} & {'server', 'pandas', 'fastapi'}))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout == "\n"


BOMB_BYTES = 50_000_000
"""A part of a workbook larger than this is the gallery's zip bomb."""

FORBIDDEN: Mapping[str, str] = {
    r"xlwings\.(pro|server|reports)\b": "the part of xlwings that needs a paid key",
    r"\bBook\(json": "the part of xlwings that needs a paid key",
    r"XLWINGS_LICENSE_[K]EY": "the part of xlwings that needs a paid key",
    r"/(work|root)/\w": "a folder of somebody's machine",
    r"/(home|Users)/(?!some ?body\b)\w": "a folder of somebody's machine",
    r"[A-Z]:\\Users\\(?!some ?body\b)\w": "a folder of somebody's machine",
    r"(?<![\w.,#&\-])[9]\d{4}(?![\w.,%])": "a number shaped like a CPT code",
}


@pytest.mark.parametrize(("pattern", "what"), FORBIDDEN.items(), ids=list(FORBIDDEN))
def test_no_file_holds(pattern: str, what: str) -> None:
    guilty = [(str(path), found[0]) for path, text in texts() if (found := re.search(pattern, text))]
    assert not guilty, what


def test_no_workbook_holds_a_number_shaped_like_a_cpt_code() -> None:
    shaped = re.compile(rb"<(?:t|v)[^>]*>\s*[9]\d{4}\s*<")
    for path in committed():
        if path.suffix in {".xlsx", ".xlsm"} and is_zipfile(ROOT / path):
            with ZipFile(ROOT / path) as archive, suppress(BadZipFile, RuntimeError):
                parts = [part for part in archive.infolist() if part.file_size < BOMB_BYTES]
                assert not [part.filename for part in parts if shaped.search(archive.read(part))], path


def test_packages_come_from_their_public_registries() -> None:
    hosts = {"uv.lock": {"pypi.org", "files.pythonhosted.org"}, "package-lock.json": {"registry.npmjs.org"}}
    for name, known in hosts.items():
        if Path(name) in committed():
            found = re.findall(
                r'(?:registry = |url = |"resolved": )"https?://([^/"]+)', (ROOT / name).read_text()
            )
            assert set(found) <= known
