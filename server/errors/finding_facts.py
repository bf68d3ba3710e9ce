"""The kinds of findings: one class for each kind. Its fields are the facts that its sentences need."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import ClassVar

from server.errors.remedies import Remedy
from server.errors.shown_values import fill_sentence


class Severity(StrEnum):
    """How much a finding matters. A blocker keeps its row from being paid."""

    BLOCKER = "blocker"
    REVIEW = "review"
    INFO = "info"


def kind_in_words(code: str) -> str:
    """Return a kind of findings in words, by its code: ``Unknown provider``."""
    return code.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """One kind of finding with its facts. Each kind is a class: a fact that is missing is a type error.

    ``code`` is for programs; ``says`` and ``advises`` are the sentences, whose ``{names}`` are fields, or ``heading`` for the
    heading of the column. ``advises_programs`` is the remedy of a program that sends requests, "" if ``advises`` is right for
    both. ``offers`` are the remedies that are a button, at most ``MOST_REMEDIES``, also with ``{names}``.
    """

    code: ClassVar[str]
    severity: ClassVar[Severity]
    says: ClassVar[str]
    advises: ClassVar[str]
    advises_programs: ClassVar[str] = ""
    offers: ClassVar[tuple[Remedy, ...]] = ()

    @property
    def kind(self) -> str:
        """Return the kind in words: ``Unknown provider``."""
        return kind_in_words(self.code)

    def message_under(self, heading: str) -> str:
        """Return what is wrong, in one plain sentence."""
        return fill_sentence(self.says, self._facts(heading))

    def remedy_under(self, heading: str) -> str:
        """Return what to do about it."""
        return fill_sentence(self.advises, self._facts(heading))

    def program_remedy_under(self, heading: str) -> str:
        """Return what a program can do about it."""
        return fill_sentence(self.advises_programs, self._facts(heading)) or self.remedy_under(heading)

    def remedies_under(self, heading: str) -> tuple[Remedy, ...]:
        """Return the remedies that are a button."""
        facts = self._facts(heading)
        return tuple(offer.with_facts(facts) for offer in self.offers)

    def _facts(self, heading: str) -> Mapping[str, object]:
        return {"heading": heading} | {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class ValueFinding(FindingFacts):
    """A finding whose only fact is the value of the cell."""

    value: object
