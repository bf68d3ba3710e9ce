"""Remedies that are a button of ours: what a refusal or a finding offers to press, declared where its sentence is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.errors.shown_values import fill_sentence

MOST_REMEDIES = 3
"""The most remedies of one finding or refusal: more than three buttons are a menu."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """An offer to press a button with inputs. ``label`` is what the offer says.

    ``resumes`` says whether what was asked goes on by itself afterward: not if it is the person's turn then, as with a list
    to decide on.

    In what a kind of finding declares, ``{names}`` in the label and in the inputs are its facts.
    """

    label: str
    button: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    resumes: bool = True

    def with_facts(self, facts: Mapping[str, object]) -> "Remedy":
        """Return the remedy with its facts: shown as in sentences in the label, exactly as they are in the inputs."""
        inputs = {name: template.format_map(facts) for name, template in self.inputs.items()}
        return Remedy(fill_sentence(self.label, facts), self.button, inputs, self.resumes)


CHOOSE_CLINIC = Remedy("Choose clinic", "clinic.choose")
OPEN_SETUP = Remedy("Open setup", "clinic.open")
OPEN_SETUP_AGAIN = Remedy("Open setup", "clinic.open", resumes=False)
"""The setup as it is now, while setup sheets are in the workbook. Staff decide what becomes of those, and save later."""

OPEN_BLANK_SETUP = Remedy("Open setup", "clinic.open", {"blank": "yes"}, resumes=False)
"""For a clinic that is not in the books yet: it has no setup but a blank one."""

BLANK_SETUP = Remedy("Start a blank setup", "clinic.open", {"blank": "yes"}, resumes=False)
GENERATE = Remedy("Generate payroll", "payroll.generate")
GENERATE_ANOTHER = Remedy("Generate payroll", "payroll.generate", resumes=False)
"""A new run instead of the one that was asked about, which is done with."""

ASK_AGAIN = Remedy("Ask again", "payroll.generate", {"paid_visits": "ask"}, resumes=False)
ASK_VANISHED_AGAIN = Remedy("Ask again", "payroll.generate", {"vanished_visits": "ask"}, resumes=False)
PAY_DIFFERENCE = Remedy("Pay the difference", "payroll.generate", {"rate_changes": "{offer}"}, resumes=False)
SHOW_RUNS = Remedy("Past runs", "payroll.history", resumes=False)
WRITE_OFF = Remedy(
    "Write off", "payroll.history", {"held": "{number}", "decision": "write off"}, resumes=False
)
OPEN_CASES = Remedy("Case list", "cases.open", resumes=False)
DUE_TODAY = Remedy("Due today", "reminders.today", resumes=False)
MAKE_LETTERS = Remedy("Letters", "reminders.letters", resumes=False)
OPEN_INVOICES = Remedy("Invoice list", "invoices.open", resumes=False)
SHOW_CREDITS = Remedy("Show credits", "invoices.open", {"state": "credit"}, resumes=False)
BLANK_EXAMS = Remedy("Start a blank exams sheet", "invoices.create", {"blank": "yes"}, resumes=False)
