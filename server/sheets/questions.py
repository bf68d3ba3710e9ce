"""Questions to answer before a sheet can be read: one small form, answered once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from server.errors import Finding

NONE_OF_THEM = "none"
"""The answer that no column of the log holds a field."""

NONE_LABEL = "None of them"

SEVERAL = "several"
"""The kind of a question whose answer can be several of its choices, separated by semicolons."""

YES_NO = "yes-no"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that staff can choose: the value that programs send, and the label that staff read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One field of the form. ``name`` is the input that holds the answer."""

    name: str
    label: str
    choices: tuple[Choice, ...] = ()
    default: str = ""
    kind: str = "choice"


class Unanswered(Exception):
    """The sheet can be read after these questions are answered. ``findings`` point at the cells."""

    def __init__(self, questions: Sequence[Question], findings: Sequence[Finding] = ()) -> None:
        super().__init__("; ".join(question.label for question in questions))
        self.questions = tuple(questions)
        self.findings = tuple(findings)


def merge_forms(forms: Sequence[Unanswered]) -> Unanswered:
    """Return several forms as one. A question in two of them is asked once."""
    questions = {question.name: question for form in reversed(forms) for question in reversed(form.questions)}
    findings = [finding for form in forms for finding in form.findings]
    return Unanswered(list(reversed(questions.values())), findings)


class OpenForm:
    """Questions that come up one after the other while parts of a sheet are read."""

    def __init__(self) -> None:
        self.parts: list[Unanswered] = []

    @contextmanager
    def part(self) -> Iterator[None]:
        """Collect the questions of one part of the reading, and continue with the next part."""
        try:
            yield
        except Unanswered as asked:
            self.parts.append(asked)


@contextmanager
def asking_together() -> Iterator[OpenForm]:
    """Yield a form for reading a sheet part by part; raises Unanswered at the end with the questions of all parts."""
    form = OpenForm()
    yield form
    if form.parts:
        raise merge_forms(form.parts)
