"""The commands as programs and people meet them: exit codes, what is printed where, and sentences."""

import json
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook
from rich.console import Console
from typer.testing import CliRunner

from addin.desktop.press import PressResult
from server.cli import next_commands, terminal
from server.cli.commands import app
from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.addin.hostile_files import an_xlsx, with_broken_stream
from tests.cli.programs import clinicledger, sentence
from tests.invented import HEADINGS
from tests.invented_exams import PRICED, exam_columns, typed
from tests.ribbon.clicks import a_ledger, visits


@pytest.fixture(scope="module")
def made_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_ledger(tmp_path_factory.mktemp("made") / "ledger", PRICED).folder


@pytest.fixture
def log(tmp_path: Path, made_ledger: Path) -> Path:
    """Return a log of Lakeside's, beside a ledger that knows the clinic."""
    shutil.copytree(made_ledger, tmp_path / "ledger")
    book = Workbook()
    sheet = book.active
    assert sheet
    sheet.title = "Appointments"
    for row in (HEADINGS, *visits(5, 6), *visits(7, status="Perhaps")):
        sheet.append(row)
    book.save(tmp_path / "October.xlsx")
    return tmp_path / "October.xlsx"


def pressing(log: Path, *words: str) -> tuple[int, str, str]:
    """Press a button in this process; return the exit code, what was printed, what was complained."""
    ran = CliRunner().invoke(
        app, ["press", *words, "--ledger", str(log.parent / "ledger")], terminal_width=80
    )
    return ran.exit_code, ran.stdout, ran.stderr


def test_a_click_done_exits_0_and_says_what_it_did(log: Path) -> None:
    run = clinicledger("press", "payroll.generate", log, "--clinic", "lakeside", within=log.parent)
    assert (run.returncode, run.stderr) == (0, "")
    assert "Payroll for Lakeside" in run.stdout
    assert "$100.00. 1 row needs attention." in sentence(run.stdout)
    assert f"Saved to {log}" in run.stdout
    assert all(len(line) <= 80 for line in run.stdout.splitlines() if str(log) not in line)


def test_a_program_reads_the_reply_as_json(log: Path) -> None:
    words = ("press", "payroll.generate", log, "--clinic", "lakeside", "--json")
    run = clinicledger(*words, within=log.parent)
    reply = json.loads(run.stdout)
    assert (run.returncode, run.stderr) == (0, "")
    assert reply["figures"]["paid_cents"] == 10_000
    assert reply["saved_to"] == str(log)


def test_a_check_that_finds_blockers_has_done_its_work(log: Path) -> None:
    code, printed, _ = pressing(log, "payroll.check", str(log), "--clinic", "lakeside", "--json")
    assert (code, json.loads(printed)["level"]) == (0, "blocked")


@pytest.mark.parametrize(
    ("units", "answers", "code"),
    [(["two"], (), 1), ([1, "two"], (), 1), ([1, "two"], ("--set", "apply=good-rows"), 0)],
)
def test_a_click_that_recorded_nothing_exits_1_whether_it_asks_or_not(
    log: Path, units: list[Cell], answers: tuple[str, ...], code: int
) -> None:
    rows = [typed(Patient=f"P-{place}", Units=count) for place, count in enumerate(units)]
    book = Workbook()
    sheet = book.active
    assert sheet
    for row in zip(*exam_columns(rows), strict=True):
        sheet.append(row)
    book.save(log)

    exited, printed, _ = pressing(
        log, "invoices.create", str(log), "--clinic", "lakeside", *answers, "--json"
    )

    reply = json.loads(printed)
    assert (exited, bool(reply["figures"]["created"])) == (code, code == 0)


def test_a_refused_click_exits_1_and_complains_where_complaints_go(log: Path) -> None:
    run = clinicledger("press", "payroll.generate", log, within=log.parent)
    assert (run.returncode, run.stdout) == (1, "")
    assert "Press Choose clinic first" in sentence(run.stderr)
    assert f"Choose clinic: clinicledger press clinic.choose {log}" in run.stderr


def test_a_click_that_is_done_ends_with_the_command_of_the_next_step(log: Path) -> None:
    _, printed, _ = pressing(log, "clinic.open", str(log), "--clinic", "lakeside")
    place = f"--clinic lakeside --ledger {log.parent / 'ledger'}"
    assert printed.endswith(f"The next step: clinicledger press clinic.save {log} {place}\n")


def test_a_refusal_is_json_for_programs(log: Path) -> None:
    code, printed, complained = pressing(log, "payroll.generate", str(log), "--json")
    assert (code, complained) == (1, "")
    assert json.loads(printed)["code"] == "no-clinic"


def test_a_question_exits_1_and_shows_how_to_answer(log: Path) -> None:
    code, printed, _ = pressing(log, "clinic.choose", str(log))
    assert code == 1
    assert "--set clinic=" in printed
    assert "lakeside" in printed


def test_an_answered_question_is_done(log: Path) -> None:
    assert pressing(log, "clinic.choose", str(log), "--set", "clinic=lakeside")[0] == 0
    assert pressing(log, "payroll.check", str(log))[0] == 0


def test_an_input_may_hold_an_equals_sign(log: Path) -> None:
    pressing(log, "payroll.generate", str(log), "--clinic", "lakeside")
    words = ("--clinic", "lakeside", "--set", "run=lakeside-2026-10-r1", "--set", "reason=a=b")
    assert pressing(log, "payroll.void", str(log), *words)[0] == 0
    with Ledger(log.parent / "ledger").clinic("lakeside").reading() as books:
        assert [run.void_reason for run in books.runs()] == ["a=b"]


def test_an_option_misspelled_is_not_left_out(log: Path) -> None:
    before = log.read_bytes()
    words = ("--clinic", "lakeside", "--set", "form=2026-10-06")
    code, _, complained = pressing(log, "payroll.generate", str(log), *words)
    assert (code, log.read_bytes()) == (2, before)
    assert "payroll.generate has no “form”. It has “from”." in sentence(complained)


def test_an_answer_is_shown_as_the_shell_takes_it(capsys: pytest.CaptureFixture[str]) -> None:
    fields = [
        {"name": "case", "label": "Case", "choices": [{"value": "C-1 · Ann", "label": "C-1 · Ann: 2 of 2"}]},
        {"name": "date", "label": "Cleared on", "kind": "date", "default": "2026-10-31"},
        {"name": "note", "label": "Note", "required": False},
    ]
    terminal.show_reply(Console(), PressResult({"summary": "Which?", "asks": {"fields": fields}}, None))
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Answer with --set case=…  Case",
        "  'C-1 · Ann'  2 of 2".ljust(80),
        "Answer with --set date=2026-10-31  Cleared on",
        "Answer with --set note=…  Note (can be left out)",
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A.Winter", "A.Winter"),
        ("O'Neil, Ann (LCSW)", "'O''Neil, Ann (LCSW)'"),
        (r"C:\My files\October.xlsx", r"'C:\My files\October.xlsx'"),
        ("", "''"),
        *(
            (f"Ann {mark}", None)
            for mark in ("$(calc)", "%PATH%", "`", '"', "&", "|", "^", "\u2019", "!", ";", "\n", "@")
        ),
    ],
)
def test_a_word_on_windows_is_quoted_for_powershell_or_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, word: str | None
) -> None:
    monkeypatch.setattr(next_commands, "IS_WINDOWS", True)
    assert next_commands.shell_word(text) == word

    remedy = {"label": "Fix", "button": "clinic.fix", "inputs": {"spelling": text}}
    commands = next_commands.next_commands({"remedies": [remedy]}, Path("October.xlsx"), {})
    printed = f"clinicledger press clinic.fix October.xlsx --set spelling={word}"
    assert [command for _, command in commands] == ([] if word is None else [printed])

    field = {"name": "who", "label": "Who", "choices": [{"value": text, "label": "Somebody"}] * 2}
    terminal.show_reply(Console(), PressResult({"summary": "Which?", "asks": {"fields": [field]}}, None))
    assert f"{'…' if word is None else word}  Somebody" in capsys.readouterr().out


@pytest.mark.parametrize("pair", ["from", "=2026-10-01", " =x", "", "document=@"])
def test_a_set_that_is_no_pair_is_bad_usage(log: Path, pair: str) -> None:
    code, printed, complained = pressing(log, "payroll.check", str(log), "--set", pair)
    assert (code, printed) == (2, "")
    assert "is not NAME=VALUE" in sentence(complained)


@pytest.mark.parametrize("rows", ["0", "7-5", "5;6", "", "five", "1048577"])
def test_rows_that_are_none_are_bad_usage(log: Path, rows: str) -> None:
    code, printed, complained = pressing(log, "payroll.check", str(log), "--rows", rows)
    assert (code, printed) == (2, "")
    assert "are not rows such as 5,7-9" in sentence(complained)


def test_rows_the_sheet_does_not_have_are_refused(log: Path) -> None:
    words = ("--clinic", "lakeside", "--sheet", "Appointments", "--rows")
    assert pressing(log, "payroll.check", str(log), *words, "1,3-4")[0] == 0
    code, _, complained = pressing(log, "payroll.check", str(log), *words, "3-500")
    assert code == 1
    assert "Its rows go from 1 to 4" in sentence(complained)


def test_a_file_that_is_not_there_is_refused_and_nothing_is_pressed(log: Path) -> None:
    words = ("--clinic", "lakeside", "--set", "document=@gone.pdf")
    code, _, complained = pressing(log, "payroll.generate", str(log), *words)
    assert code == 1
    assert "There is no file gone.pdf" in sentence(complained)
    with Ledger(log.parent / "ledger").clinic("lakeside").reading() as books:
        assert list(books.runs()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("press",),
        ("press", "payroll.check"),
        ("serve", "--port", "70000"),
        ("serve", "--port", "x"),
        ("nonsense",),
    ],
    ids=" ".join,
)
def test_bad_usage_exits_2(words: tuple[str, ...]) -> None:
    ran = CliRunner().invoke(app, words)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "Usage" in ran.stderr


def test_a_setting_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_BIG_REQUEST", "huge")
    ran = CliRunner().invoke(app, ["serve"])
    assert ran.exit_code == 2
    assert "CLINIC_LEDGER_BIG_REQUEST" in ran.stderr


def test_a_port_of_the_environment_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_PORT", "x")
    ran = CliRunner().invoke(app, ["serve", "--ledger", str(tmp_path)])
    assert ran.exit_code == 2
    assert "CLINIC_LEDGER_PORT" in ran.stderr


def test_a_service_that_is_not_running_is_said_in_a_sentence(log: Path) -> None:
    code, _, complained = pressing(log, "payroll.check", str(log), "--service", "http://127.0.0.1:1")
    assert code == 1
    assert "does not answer at http://127.0.0.1:1. Start it with: clinicledger service start" in sentence(
        complained
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("payroll.pay", "October.xlsx"), "no button payroll.pay"),
        (("payroll.check", "nosuch.xlsx"), "no file nosuch.xlsx"),
        (("payroll.check", "October.xlsx", "--sheet", "November"), "no sheet named November"),
        (("payroll.check", "October.xlsx", "--clinic", "nowhere"), "no clinic “nowhere”"),
        (
            ("payroll.check", "October.xlsx", "--clinic", "lakeside", "--save-as", "no folder/x.xlsx"),
            "there is no such folder",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    log: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(log.parent)
    before = log.read_bytes()
    code, printed, complained = pressing(log, *words)
    assert (code, printed) == (1, "")
    assert says in sentence(complained)
    assert log.read_bytes() == before


def test_a_ledger_that_cannot_be_is_said_in_a_sentence(log: Path) -> None:
    words = ["press", "payroll.check", str(log), "--clinic", "lakeside", "--ledger", str(log)]
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == 1
    assert "firm.db" in sentence(ran.stderr)


HOSTILE = {
    "span.xls": (b"<table><tr><td rowspan=1048576 colspan=16384>x</table>", "file-too-large"),
    "damaged.xlsx": (with_broken_stream(an_xlsx()), "file-corrupt"),
    "merged.xlsx": (
        an_xlsx(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "file-too-large",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_a_problem_for_programs_and_exit_1(log: Path, name: str) -> None:
    content, code = HOSTILE[name]
    path = log.with_name(name)
    path.write_bytes(content)
    exit_code, printed, complained = pressing(log, "payroll.check", str(path), "--json")
    problem = json.loads(printed)
    assert (exit_code, problem["code"], complained) == (1, code, "")
    assert name in problem["detail"]


def test_a_damaged_file_beside_a_csv_is_not_overwritten(log: Path) -> None:
    text, beside = log.with_name("November.csv"), log.with_name("November.xlsx")
    text.write_text("Date,Provider\n10/05/2026,Ada Example\n")
    beside.write_bytes(with_broken_stream(an_xlsx()))
    before = beside.read_bytes()
    code, printed, _ = pressing(log, "payroll.check", str(text), "--json")
    assert (code, json.loads(printed)["code"]) == (1, "file-exists")
    assert beside.read_bytes() == before
