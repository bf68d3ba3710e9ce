"""IDs folded, whatever practice systems and spreadsheets do to them."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.names import fold
from server.billing.payroll.appointment_log import BLANK, CodedText, Ints
from server.billing.payroll.visit_identity import (
    appointment_ids,
    bare_id,
    fold_id,
    fold_identity,
    patient_keys,
)
from tests.invented import HEADINGS, a_row, a_run, amounts, codes


def a_column(*texts: str) -> CodedText:
    values = tuple(dict.fromkeys(filter(None, texts)))
    codes: Ints = np.array([values.index(text) if text else BLANK for text in texts], dtype=np.int64)
    return CodedText(codes, values)


@pytest.mark.parametrize(
    "text",
    [
        "ab-1",
        "AB-1",
        " AB-1 ",
        "AB - 1",
        "A\u200bB-1",
        "\u2066AB-1\u2069",
        "\uff21B-1",
        "AB-1\ufe0f",
        "A\u00adB-1",
    ],
)
def test_ids_that_look_alike_are_one(text: str) -> None:
    assert fold_id(text) == "ab-1"


@pytest.mark.parametrize("text", ["AB1", "AB_1", "AB-01", "AB-1.0", "AC-1"])
def test_ids_that_differ_in_what_is_seen_are_two(text: str) -> None:
    assert fold_id(text) != fold_id("AB-1")


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_id(fold_id(text)) == fold_id(text)


@given(
    st.text(),
    st.sampled_from(["\u200b", "\u200e", "\u2060", "\ufeff", " ", "\u00a0", "\t"]),
    st.integers(0, 9),
)
def test_characters_nobody_sees_change_no_id(text: str, hidden: str, place: int) -> None:
    spoiled = text[:place] + hidden + text[place:]
    assert unicodedata.normalize("NFC", fold_id(spoiled)) == unicodedata.normalize("NFC", fold_id(text))


@given(st.lists(st.text(st.sampled_from("aAbB01- \u200b\n"), max_size=4)))
def test_a_column_is_folded_as_each_of_its_ids(texts: list[str]) -> None:
    ids = appointment_ids(a_column(*texts))
    found = [ids.identities[code] if code != BLANK else "" for code in ids.codes.tolist()]
    assert found == [f"id:{folded}" if (folded := fold_id(text)) else "" for text in texts]


@given(st.lists(st.text(st.sampled_from("aA\u00e4 -.,\n1"), max_size=5)))
def test_two_patients_share_a_key_if_their_names_fold_to_the_same(names: list[str]) -> None:
    values = tuple(dict.fromkeys(filter(None, names)))
    *keys, nobody = patient_keys(CodedText(np.arange(len(values)), values))
    assert nobody == ""
    for one, key in zip(values, keys, strict=True):
        for other, other_key in zip(values, keys, strict=True):
            assert (key == other_key) == (fold(one) == fold(other))


def test_an_id_that_is_a_number_is_also_known_without_its_zeros() -> None:
    assert bare_id("id:00017") == bare_id("id:17") == "17"
    assert bare_id("id:a017") == bare_id("visit:00017") == ""


def test_an_identity_written_down_before_ids_were_folded_is_folded() -> None:
    assert fold_identity("id: AB-1") == "id:ab-1"
    assert fold_identity("visit:AB") == "visit:AB"
    assert fold_identity("id:\u200b") == "id:\u200b"


def test_one_id_in_two_spellings_is_paid_once() -> None:
    run = a_run([a_row(id="A-1"), a_row(id=" a\u200b-1")])

    assert (amounts(run), codes(run)) == ([5_000], ["duplicate-appointment"])


def test_an_id_that_lost_its_zeros_is_blocked_beside_the_one_that_did_not() -> None:
    run = a_run([a_row(id="0017"), a_row(id=17), a_row(id="17")])

    assert codes(run) == ["duplicate-appointment", "nearly-same-id"]
    assert amounts(run) == [5_000]


def test_an_id_of_hidden_characters_alone_is_none() -> None:
    run = a_run([a_row(id="\u200b"), a_row(id="\u200b")])

    assert amounts(run) == [5_000, 5_000]


def test_an_appointment_once_cancelled_and_once_attended_is_paid_and_remarked_on() -> None:
    run = a_run([a_row(id="A-1", status="Cancelled"), a_row(id="a-1")])

    (finding,) = [finding for finding in run.findings if finding.code == "id-also-missed"]
    assert (amounts(run), list(finding.rows)) == ([5_000], [3])
    assert "row 2" in finding.message
    assert "cancelled" in finding.message


def test_sessions_at_other_times_are_said_once_and_copies_row_by_row() -> None:
    headings = [*HEADINGS, "Patient", "Start"]
    rows = [(*a_row(), "P-1", start) for start in ("9:00", "10:00", "9:00", "11:00", "10:00")]

    run = a_run(rows, headings=headings)

    said = [finding for finding in run.findings if finding.code != "columns-not-read"]
    assert [(finding.code, list(finding.rows)) for finding in said] == [
        ("identical-rows", [4]),
        ("identical-rows", [6]),
        ("several-a-day", []),
    ]
    assert "row 2" in said[0].message
    assert "row 3" in said[1].message
    assert "2 visits" in said[2].message
    assert amounts(run) == [5_000] * 5


def test_a_visit_sent_with_and_without_its_id_wants_a_look() -> None:
    headings = [*HEADINGS, "Patient"]
    rows = [
        (*a_row(id="A-1"), "P-1"),
        (*a_row(id=None), "P-1"),
        (*a_row(id=None), "P-2"),
        (*a_row(id="A-4"), "P-4"),
    ]

    run = a_run(rows, headings=headings)

    said = [(finding.code, list(finding.rows)) for finding in run.findings]
    assert said == [("same-visit-without-id", [3])]
    assert "row 2" in run.findings[0].message
