"""Remedies that are a button of ours: what a refusal or a finding offers to press, declared where its sentence is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.errors.shown_values import fill_sentence

MOST_REMEDIES = 3
"""The most remedies of one finding or refusal: more than three buttons are a menu."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """An offer to press a button with inputs. ``label`` is what the offer says.

    In what a kind of finding declares, ``{names}`` in the label and in the inputs are its facts.
    """

    label: str
    button: str
    inputs: Mapping[str, str] = field(default_factory=dict)

    def with_facts(self, facts: Mapping[str, object]) -> "Remedy":
        """Return the remedy with its facts: shown as in sentences in the label, exactly as they are in the inputs."""
        inputs = {name: template.format_map(facts) for name, template in self.inputs.items()}
        return Remedy(fill_sentence(self.label, facts), self.button, inputs)


CHOOSE_CLINIC = Remedy("Choose clinic", "clinic.choose")
OPEN_SETUP = Remedy("Open setup", "clinic.open")
