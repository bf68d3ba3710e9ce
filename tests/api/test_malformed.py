"""A request that is not of the agreed form is told which part and why, and a refused program is told what a program can do."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server import errors
from server.errors import BillingError
from server.errors.invoice_findings import StepNotRecorded
from tests.api.billed import IDS, INVOICES, an_exam, created, post, serving, step
from tests.api.wire import problem
from tests.behind import copy_ledger
from tests.contract.test_tables import refusals

EXAM = an_exam()
PEOPLE_ONLY = re.compile(r"\b(press\w*|button|sheet|cell|row|pane|click|select)\b", re.IGNORECASE)

BODIES: dict[str, tuple[str, dict[str, Any], str]] = {
    "an unknown part": (INVOICES, {"exams": [EXAM], "foo": 1}, "foo: there is no such part."),
    "an unknown part inside": (
        INVOICES,
        {"exams": [EXAM | {"fo_o": 1}]},
        "exams[0].fo_o: there is no such part.",
    ),
    "a missing part": (
        INVOICES,
        {"exams": [{"patient": "P", "case": "C"}]},
        "exams[0].exam_date: it is missing.",
    ),
    "an American day": (
        INVOICES,
        {"exams": [EXAM | {"exam_date": "11/20/2026"}]},
        "exams[0].exam_date: write a day as 2026-10-31, between 2000 and 2099.",
    ),
    "dollars": (f"{INVOICES}/INV-000001/steps", {"action": "agree", "amount_cents": 1.5}, "amount_cents: "),
    "half a unit": (
        INVOICES,
        {"exams": [EXAM | {"units": 1.5}]},
        "exams[0].units: input should be a valid integer",
    ),
    "an unknown action": (
        f"{INVOICES}/INV-000001/steps",
        {"action": "pay"},
        "action: input should be 'create'",
    ),
    "a nameless patient": (
        INVOICES,
        {"exams": [EXAM | {"patient": "  "}]},
        "exams[0].patient: ",
    ),
    "a list": (INVOICES, {"exams": {}}, "exams: input should be a valid list."),
}


@pytest.fixture(scope="module")
def billed(priced_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(copy_ledger(priced_folder, tmp_path_factory.mktemp("billed") / "ledger")) as client:
        yield client


@pytest.mark.parametrize(("path", "body", "told"), BODIES.values(), ids=BODIES)
def test_the_malformed_part_is_named_with_the_sentence_of_its_validator(
    billed: httpx.Client, path: str, body: dict[str, Any], told: str
) -> None:
    refusal = problem(post(billed, path, **body))
    assert (refusal["status"], refusal["code"]) == (400, "bad-request")
    assert told in refusal["detail"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"request_id": "a",\n "exams": }', "at line 2, column 11."),
        (b"nonsense", "at line 1, column 1."),
        (b'{"exams": []', "at line 1, column 13."),
        (b"", "The body is not JSON"),
        (b"[]", "the body: "),
        (b'{"request_id": "\xff"}', "The body is not JSON"),
    ],
)
def test_broken_json_is_said_to_be_broken_with_its_place(
    billed: httpx.Client, body: bytes, told: str
) -> None:
    answer = billed.post(INVOICES, content=body, headers={"content-type": "application/json"})
    assert told in problem(answer)["detail"] or problem(answer)["detail"] == "the body: it is missing."


def test_a_sent_value_is_never_quoted(billed: httpx.Client) -> None:
    secret = "Ann Invented"  # noqa: S105 - a patient's name is nobody else's business
    for wrong in ({"exam_date": secret}, {"units": secret}, {"bilateral": secret}, {"patient": [secret]}):
        assert secret not in post(billed, INVOICES, exams=[EXAM | wrong]).text
    assert secret not in step(billed, "INV-000001", secret).text


def test_a_thousand_malformed_parts_are_counted_and_not_listed(billed: httpx.Client) -> None:
    told = problem(post(billed, INVOICES, exams=[{}] * 1000))["detail"]
    assert told == (
        "exams[0].exam_date, exams[0].patient, exams[0].case, exams[1].exam_date and 2,996 more: it is missing."
    )


def rest_refusals(billed: httpx.Client) -> Iterator[type[BillingError]]:
    """Yield the refusals that an address for programs alone declares."""
    by_code = {refusal.code: refusal for refusal in refusals()}
    for path, methods in billed.get("/openapi.json").json()["paths"].items():
        if path.startswith("/clinics") and not path.endswith(("/documents", "{digest}")):
            for operation in methods.values():
                told = str(operation["responses"])
                yield from (one for code, one in by_code.items() if f"`{code}`" in told)


def sentences_of(refusal: type[BillingError]) -> Iterator[str]:
    """Yield the texts in the code that makes a refusal."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(refusal)))
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        if function.name == "__init__":
            for node in ast.walk(function):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_a_refusal_that_speaks_of_sheets_and_buttons_has_a_remedy_for_programs(billed: httpx.Client) -> None:
    declared = set(rest_refusals(billed))
    assert len(declared) > 15
    for refusal in declared:
        own = "for_programs" in vars(refusal) or "for_programs" in inspect.getsource(refusal)
        texts = " ".join(sentences_of(refusal))
        assert own or not PEOPLE_ONLY.search(texts), refusal


def test_no_remedy_for_programs_speaks_of_sheets_and_buttons() -> None:
    for refusal in refusals():
        assert not PEOPLE_ONLY.search(refusal.for_programs), refusal
    for finding in errors.FINDINGS.values():
        assert not PEOPLE_ONLY.search(re.sub(r"{\w+}", "", finding.advises_programs)), finding


WRONG_STEPS = {
    "unknown": ("INV-000404", {"action": "send", "day": "2026-10-05"}),
    "stale": ("", {"action": "send", "day": "2026-10-05", "version": 7}),
    "not open": ("", {"action": "clear", "day": "2026-10-05"}),
    "missing": ("", {"action": "send"}),
}


@pytest.mark.parametrize(("number", "inputs"), WRONG_STEPS.values(), ids=WRONG_STEPS)
def test_the_remedy_of_a_refused_step_is_one_for_programs(
    billed: httpx.Client, number: str, inputs: dict[str, Any]
) -> None:
    number = number or created(billed, an_exam(f"P-{next(IDS)}"))[0]
    alone = problem(step(billed, number, **inputs))
    together = problem(post(billed, f"{INVOICES}/steps", steps=[inputs | {"number": number}]))
    assert not PEOPLE_ONLY.search(alone["remedy"])
    assert alone["remedy"] == together["findings"][0]["remedy"]


def test_the_inputs_to_correct_have_the_names_of_the_request(billed: httpx.Client) -> None:
    told = problem(step(billed, created(billed, an_exam(f"P-{next(IDS)}"))[0], "send"))
    assert told["remedy"] == "Correct these inputs of the step: day."


def test_an_unusable_exam_has_a_remedy_for_programs(billed: httpx.Client) -> None:
    told = problem(post(billed, INVOICES, exams=[an_exam(code="EX-999")]))
    assert (
        told["remedy"]
        == told["findings"][0]["remedy"]
        == "Correct code. The prices of the clinic list the codes."
    )


def test_a_person_in_front_of_excel_still_reads_of_buttons() -> None:
    refused = errors.StaleInvoice("INV-000001", "paid")
    assert "Press Invoice list" in refused.remedy
    assert StepNotRecorded.of(refused).remedy == refused.remedy
