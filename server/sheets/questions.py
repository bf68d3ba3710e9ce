"""What has to be asked before a sheet can be read: one small form, answered once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from server.errors import Finding

NONE_OF_THEM = "none"
"""Answers which column a field is where the log has none."""

NONE_LABEL = "None of them"

SEVERAL = "several"
"""The kind of a question that more than one of its choices can answer, with semicolons between them."""

YES_NO = "yes-no"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer staff can pick: the value programs send, and what staff read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One field of the form. ``name`` is the input it is answered with."""

    name: str
    label: str
    choices: tuple[Choice, ...] = ()
    default: str = ""
    kind: str = "choice"


class Unanswered(Exception):
    """The sheet can be read once these questions are answered; ``findings`` point at the cells."""

    def __init__(self, questions: Sequence[Question], findings: Sequence[Finding] = ()) -> None:
        super().__init__("; ".join(question.label for question in questions))
        self.questions = tuple(questions)
        self.findings = tuple(findings)


def together(forms: Sequence[Unanswered]) -> Unanswered:
    """Return several forms as one; what two of them ask is asked once."""
    questions = {question.name: question for form in reversed(forms) for question in reversed(form.questions)}
    findings = [finding for form in forms for finding in form.findings]
    return Unanswered(list(reversed(questions.values())), findings)


class OpenForm:
    """Questions that come up one after the other, while parts of a sheet are read."""

    def __init__(self) -> None:
        self.parts: list[Unanswered] = []

    @contextmanager
    def part(self) -> Iterator[None]:
        """Keep what a part of the reading asks, and go on with the next part."""
        try:
            yield
        except Unanswered as asked:
            self.parts.append(asked)


@contextmanager
def asking_together() -> Iterator[OpenForm]:
    """Read a sheet part by part; raise Unanswered at the end with everything the parts asked."""
    form = OpenForm()
    yield form
    if form.parts:
        raise together(form.parts)
