"""The halves of two versions notice each other before anything is done."""

import re
from pathlib import Path

import httpx
import pytest

from addin.desktop import protocol_version as desktop
from addin.desktop.protocol_version import AddInTooNew, AddInTooOld
from addin.desktop.service import Service
from server.api.protocol_version import PROTOCOL
from server.ledger.store import Ledger
from tests.addin.stand_in import running_stand_in
from tests.api.wire import problem
from tests.contract.repository import ROOT
from tests.ledger.invented import LAKESIDE
from tests.ribbon.clicks import a_click

PANE = ROOT / "addin" / "office" / "src" / "protocol.js"


def accept(version: int) -> dict[str, str]:
    return {"accept": f"application/json;protocol={version}, */*"}


def test_both_add_ins_say_the_version_of_the_service() -> None:
    (of_pane,) = re.findall(r"^const PROTOCOL = (\d+);$", PANE.read_text("utf-8"), re.MULTILINE)

    assert desktop.PROTOCOL == int(of_pane) == PROTOCOL
    assert accept(PROTOCOL)["accept"] == desktop.ACCEPTED


@pytest.mark.parametrize(
    ("version", "code"),
    [(PROTOCOL - 1, "add-in-too-old"), (PROTOCOL + 1, "add-in-too-new"), (10**8, "add-in-too-new")],
)
def test_an_add_in_of_another_version_is_refused_and_nothing_is_done(
    service: httpx.Client, folder: Path, version: int, code: str
) -> None:
    before = Ledger(folder).clinic(LAKESIDE.id).journal_head()

    answer = service.post("/ribbon/invoices.open", json=a_click(), headers=accept(version))

    assert (answer.status_code, problem(answer)["code"]) == (409, code)
    assert Ledger(folder).clinic(LAKESIDE.id).journal_head() == before


@pytest.mark.parametrize(
    "said",
    [
        f"application/json;protocol={PROTOCOL}, */*",
        "application/json, */*",
        "*/*",
        "application/json; protocol=x",
    ],
)
def test_the_same_version_and_programs_that_say_none_are_answered(idle: httpx.Client, said: str) -> None:
    assert idle.get("/health", headers={"accept": said}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/health", "/ribbon", "/nothing", "/office/taskpane.html", "/clinics/none/invoices"]
)
def test_every_answer_says_the_version(idle: httpx.Client, path: str) -> None:
    assert idle.get(path).headers["x-protocol"] == str(PROTOCOL)


@pytest.mark.parametrize(
    ("version", "refusal"),
    [(PROTOCOL + 1, AddInTooOld), (PROTOCOL - 1, AddInTooNew), ("9" * 5000, AddInTooOld)],
    ids=["later", "earlier", "absurd"],
)
def test_the_desktop_add_in_takes_no_answer_of_another_version(
    version: int | str, refusal: type[AddInTooOld | AddInTooNew]
) -> None:
    with running_stand_in() as stand_in, Service(stand_in.url) as client:
        stand_in.protocol = version
        with pytest.raises(refusal):
            client.press("payroll.check", {"request_id": "r-1", "inputs": {}})
