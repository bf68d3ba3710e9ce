"""A remark of ``clinicledger doctor``: one line about one part of an installation."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from server.errors import BillingError


class Level(Enum):
    """How a part is. Only BAD means that the person cannot work, or that the books are in danger."""

    GOOD = "good"
    ATTENTION = "attention"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Remark:
    """What was looked at, how it is, and what to do, which is "" if it is good.

    It names no patient, no person and no clinic: support gets it by mail.
    """

    part: str
    level: Level
    says: str
    remedy: str = ""


def good_remark(part: str, says: str) -> Remark:
    """Return that a part is well."""
    return Remark(part, Level.GOOD, says)


def refusal_remark(part: str, refusal: BillingError, level: Level = Level.BAD) -> Remark:
    """Return what a refusal says about a part."""
    return Remark(part, level, str(refusal), refusal.remedy)


def worst(remarks: Iterable[Remark]) -> Level:
    """Return the worst level of remarks."""
    order = list(Level)
    return max((one.level for one in remarks), key=order.index, default=Level.GOOD)


def without_names(remark: Remark, names: Iterable[str] = ()) -> Remark:
    """Return a remark in which the user's home folder is "~", and neither a quoted name nor a file of a clinic names the clinic.

    ``names`` are the ids and the names of the clinics.
    """

    def clean_text(text: str) -> str:
        text = text.replace(str(Path.home()), "~")
        for name in names:
            text = text.replace(f"“{name}”", "“…”").replace(f"{name}.db", "….db")
        return text

    return replace(remark, says=clean_text(remark.says), remedy=clean_text(remark.remedy))
