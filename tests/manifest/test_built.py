"""Every committed file that is made from code, and the table of the ribbon."""

from pathlib import Path

import pytest

from manifest.icon_files import drawn_icons
from manifest.pictures import FOLDER
from server.ribbon.dispatch import COMMANDS
from server.ribbon.ribbon_table import ribbon
from server.sheets.invoices.tables import CASES, INVOICE_LINES, INVOICES
from server.sheets.payroll.tables import SUMMARY_NAME
from server.sheets.receivables.tables import REMINDERS
from server.sheets.tables import APPOINTMENT_SHARES, HOURS, SETUP_SHEETS
from tools.build import ROOT, built_files, same_content

BUILT = built_files()
STALE = "stale: run `uv run just build`"


@pytest.mark.parametrize(("path", "content"), BUILT.items(), ids=map(str, BUILT))
def test_the_committed_file_is_not_stale(path: Path, content: bytes) -> None:
    assert same_content((ROOT / path).read_bytes(), content), STALE


def test_no_icon_is_left_of_a_button_that_is_gone() -> None:
    drawn = {Path("manifest/icons", f"{name}.svg") for name in drawn_icons(ribbon())}
    assert {path.relative_to(ROOT) for path in FOLDER.iterdir()} == drawn | {
        path for path in BUILT if path.suffix == ".png"
    }


def test_every_button_has_a_command_and_every_command_a_button() -> None:
    assert {button.id for button in ribbon().button} == set(COMMANDS)


def test_every_button_stands_in_a_group_and_no_group_is_empty() -> None:
    assert {button.group for button in ribbon().button} == {group.id for group in ribbon().group}


def test_no_two_buttons_have_one_id() -> None:
    assert len({button.id for button in ribbon().button}) == len(ribbon().button)


def test_a_button_works_on_sheets_that_it_reads() -> None:
    working = [button for button in ribbon().button if button.works_on]
    assert {button.id for button in working} >= {"payroll.close", "invoices.update"}
    assert all(set(button.works_on) <= set(button.reads) for button in working)


def test_a_button_reads_sheets_that_exist() -> None:
    named = {name for button in ribbon().button if isinstance(button.reads, list) for name in button.reads}
    named |= {name for button in ribbon().button for name in button.reads_beside}
    assert named <= {
        SUMMARY_NAME,
        HOURS.name,
        APPOINTMENT_SHARES.name,
        *(sheet.name for sheet in (*SETUP_SHEETS, INVOICES, INVOICE_LINES, CASES, REMINDERS)),
    }
