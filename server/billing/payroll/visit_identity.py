"""The identity of an appointment, by which the next export recognizes it, so that it is paid once.

An appointment is identified by its ID, folded, because practice systems and Excel change case, spaces and invisible
characters. If one appointment has several services, the second and each further one is identified by ID and service
(``several_services.py``). Without an ID it is identified by provider, day, service, patient and its number among equal rows.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from server.billing.names import fold
from server.billing.payroll.appointment_log import BLANK, CodedText, Ints, Mask, repeats
from server.billing.payroll.row_outcomes import RowDecisions
from server.billing.payroll.setup_matching import Matched
from server.errors import Finding, count_of, row_stretches
from server.errors.log_column_findings import SeveralADay, WeakIdentity
from server.errors.log_row_findings import IdenticalRows
from server.errors.paid_visit_findings import SameVisitWithoutId

BY_ID, BY_VISIT = "id:", "visit:"
"""The prefix of an identity from an ID, and of an identity from the facts of a visit."""

ADD_ON = "\x1f"
"""Between the ID and the service, in the identity of a further service of an appointment. No folded ID has this character."""

_HIDDEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Characters that are invisible although Unicode counts them as letters, marks or symbols."""

_PATIENT_BYTES = 8


def fold_id(text: str) -> str:
    """Return an ID without case, spaces and invisible characters, in one Unicode form. Punctuation is kept."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text.lower()
    before = None
    while text != before:
        before = text
        shown = "".join(letter for letter in text if unicodedata.category(letter) not in _HIDDEN)
        text = unicodedata.normalize("NFKC", _FILLERS.sub("", shown)).casefold()
    return text


def bare_id(identity: str) -> str:
    """Return an identity without the leading zeros that Excel removes from a number; "" if it is no number."""
    digits, add_on, service = identity.removeprefix(BY_ID).partition(ADD_ON)
    return digits.lstrip("0") + add_on + service if identity.startswith(BY_ID) and digits.isdecimal() else ""


def without_service(identity: str) -> str:
    """Return the identity of an appointment, whichever of its services an identity is about."""
    return identity.partition(ADD_ON)[0]


def are_two_ids(one: str, other: str) -> bool:
    """Return whether two identities are two IDs that differ by more than leading zeros."""
    have_ids = one.startswith(BY_ID) and other.startswith(BY_ID)
    return have_ids and (bare_id(one) or one) != (bare_id(other) or other)


def fold_identity(identity: str) -> str:
    """Return an identity with its ID folded, for comparison with identities recorded before IDs were folded."""
    folded = fold_id(identity.removeprefix(BY_ID)) if identity.startswith(BY_ID) else ""
    return BY_ID + folded if folded else identity


@dataclass(frozen=True, slots=True, eq=False)
class AppointmentIds:
    """The folded IDs of a log: ``codes`` has one for each row, BLANK without an ID; ``identities`` has a text per
    code.
    """

    codes: Ints
    identities: Sequence[str]

    @property
    def blank(self) -> Mask:
        """Return which rows have no ID."""
        blank: Mask = self.codes == BLANK
        return blank

    def without_unused(self) -> "AppointmentIds":
        """Return the same IDs without identities that no row has any more."""
        used = np.unique(self.codes[~self.blank])
        places: Ints = np.full(len(self.identities) + 1, BLANK, dtype=np.int64)
        places[used] = np.arange(len(used))
        return AppointmentIds(places[self.codes], [self.identities[code] for code in used.tolist()])

    @property
    def of_further_services(self) -> Mask:
        """Return which rows are a further service of an appointment that another row has, too."""
        further: Mask = np.array([*(ADD_ON in one for one in self.identities), False], dtype=np.bool_)[
            self.codes
        ]
        return further

    def of(self, rows: Mask) -> list[str]:
        """Return the identity of some rows, "" for a row without an ID."""
        found: list[str] = np.array([*self.identities, ""], dtype=object)[self.codes[rows]].tolist()
        return found


def appointment_ids(words: CodedText) -> AppointmentIds:
    """Return the IDs of a column; each distinct ID is folded once."""
    folded = _fold_all(words.values)
    if folded is not None:
        return AppointmentIds(words.codes, folded)
    each = [fold_id(value) for value in words.values]
    places = {text: place for place, text in enumerate(dict.fromkeys(filter(None, each)))}
    codes: Ints = np.array([*(places.get(text, BLANK) for text in each), BLANK], dtype=np.int64)[words.codes]
    return AppointmentIds(codes, [BY_ID + text for text in places])


def _fold_all(values: Sequence[str]) -> list[str] | None:
    """Return the identities of plain IDs all at once, ``None`` if each ID must be folded on its own.

    Plain IDs have no spaces, only ASCII, and letters of one case, so that folding cannot make two of them equal.
    """
    every = "".join(values)
    if not values or not (every.isascii() and every.isprintable()) or " " in every:
        return None
    if every not in {every.lower(), every.upper()}:
        return None
    return (BY_ID + f"\n{BY_ID}".join(values).lower()).split("\n")


def patient_keys(words: CodedText) -> list[str]:
    """Return the ledger's key of each distinct patient, and last of a blank: a digest, never a name."""
    return [
        blake2b(name, digest_size=_PATIENT_BYTES).hexdigest() if name else ""
        for name in (*_folded_names(words.values), b"")
    ]


def patient_key(name: str) -> str:
    """Return the ledger's key of a patient: a digest, never a name."""
    return blake2b(fold(name).encode(), digest_size=_PATIENT_BYTES).hexdigest() if fold(name) else ""


def _folded_names(values: Sequence[str]) -> list[bytes]:
    every = "\n".join(values)
    if not values or not every.isascii() or every.count("\n") != len(values) - 1:
        return [fold(value).encode() for value in values]
    return every.lower().encode().translate(None, delete=_PUNCTUATION).split(b"\n")


_PUNCTUATION = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) != "\n")


def provider_keys(matched: Matched) -> list[str]:
    """Return a lasting key for each provider of the setup: the ID, or the name if there is no ID."""
    return [fold(provider.provider_id or provider.name) for provider in matched.setup.providers]


def identities(decisions: RowDecisions, matched: Matched, payable: Mask, ids: AppointmentIds) -> list[str]:
    """Return the identity of each payable row, which is the same across exports.

    The identity of a row without an ID is hashed, so that the ledger stores no patient's name.
    """
    found = ids.of(payable)
    unnamed = payable & ids.blank
    if unnamed.any():
        _remark_on_both_kinds(decisions, matched, payable, unnamed)
        places = np.flatnonzero(ids.blank[payable]).tolist()
        for place, identity in zip(places, _of_unnamed(decisions, matched, unnamed), strict=True):
            found[place] = identity
    return found


def _remark_on_both_kinds(decisions: RowDecisions, matched: Matched, payable: Mask, unnamed: Mask) -> None:
    """Remark on rows without an ID that look like a row of the same log with an ID.

    Both may have taken place, so both are paid. But two exports in one sheet also look like this.
    """
    log = matched.log
    patients = log.word_column("patient")
    if not (payable & ~unnamed).any():
        return
    keys = (matched.providers, log.days.values, matched.services, patients.codes)
    for first, later in repeats(payable & ~patients.blank, *keys):
        rows = np.array([first, *later.tolist()], dtype=np.int64)
        named = rows[~unnamed[rows]]
        if 0 < len(named) < len(rows):
            decisions.remark(SameVisitWithoutId(first=log.rows[named[0]]), rows[unnamed[rows]], "date")


def _of_unnamed(decisions: RowDecisions, matched: Matched, rows: Mask) -> list[str]:
    log, setup = matched.log, matched.setup
    patients = log.word_column("patient")
    people = [fold(value) for value in (*patients.values, "")]
    who = provider_keys(matched)
    what = [fold(service.code) for service in setup.services]
    facts = (
        matched.providers,
        log.days.values,
        matched.services,
        patients.codes,
        _ordinals(decisions, matched, rows),
    )
    found = []
    for provider, day, service, patient, ordinal in zip(
        *(fact[rows].tolist() for fact in facts), strict=True
    ):
        found.append(visit_identity(who[provider], day, what[service], people[patient], ordinal))
    return found


def visit_identity(provider: str, day: int, service: str, patient: str, ordinal: int) -> str:
    """Return the identity of a visit without an ID: by the key of its provider, its day as a serial, its folded service and
    patient, and its number among equal rows.
    """
    parts = "\x1f".join((provider, str(day), service, patient, str(ordinal)))
    return f"{BY_VISIT}{blake2b(parts.encode(), digest_size=16).hexdigest()}"


def unsigned_name(name: str) -> str:
    """Return an identity for a row without an ID and a signed note that is none of the visits with this number."""
    return f"{BY_VISIT}{blake2b(f'{name} unsigned'.encode(), digest_size=16).hexdigest()}"


def _ordinals(decisions: RowDecisions, matched: Matched, rows: Mask) -> Ints:
    """Return each row's number among equal rows, starting with 1; remark on equal rows of a named patient.

    Rows whose note is not signed come after the others, because they are not paid yet and may be missing from a log of
    signed visits.
    """
    log = matched.log
    unsigned = log.unsigned_rows
    ordinals = np.ones(len(log), dtype=np.int64)
    patients = log.word_column("patient")
    _weakly_known(decisions, int((rows & patients.blank).sum()))
    several: list[int] = []
    for first, later in repeats(rows, matched.providers, log.days.values, matched.services, patients.codes):
        ordinals[later] = np.arange(2, len(later) + 2)
        if log.note_states:
            equal = np.array([first, *later.tolist()], dtype=np.int64)
            ordinals[equal[np.argsort(unsigned[equal], kind="stable")]] = np.arange(1, len(equal) + 1)
        if not patients.blank[first]:
            several += _no_copies(decisions, first, later)
    _several_a_day(decisions, sorted(several))
    return ordinals


def _no_copies(decisions: RowDecisions, first: int, later: Ints) -> list[int]:
    """Remark on rows that repeat an earlier one in every cell; return the rows that repeat none."""
    log = decisions.log
    earlier = {log.cells_of(first): first}
    differing = []
    copies: dict[int, list[int]] = {}
    for row in later.tolist():
        original = earlier.setdefault(log.cells_of(row), row)
        if original == row:
            differing.append(row)
        else:
            copies.setdefault(original, []).append(row)
    for original, found in copies.items():
        decisions.remark(IdenticalRows(first=log.rows[original]), np.array(found), "date")
    return differing


def _several_a_day(decisions: RowDecisions, rows: list[int]) -> None:
    """Add one finding with the number of visits that share provider, day, service and patient with another."""
    if rows:
        decisions.findings.append(
            Finding(
                SeveralADay(
                    visits=count_of(len(rows), "visit"), rows=row_stretches(decisions.log.rows[rows].tolist())
                ),
                decisions.log.facts.sheet,
            )
        )


def _weakly_known(decisions: RowDecisions, visits: int) -> None:
    """Add a finding with the number of visits that are told apart only by their number."""
    if visits:
        decisions.findings.append(
            Finding(WeakIdentity(visits=count_of(visits, "visit")), decisions.log.facts.sheet)
        )
