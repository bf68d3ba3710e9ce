"""All dialects together: importing this module enters every switch in the list."""

from tests.differential import amounts, days, files, friends, furniture, layout, people, words
from tests.differential.switches import SWITCHES, Stage, Switch, chosen, written

KINDS = (days, people, words, amounts, layout, friends, furniture, files)

__all__ = ["KINDS", "SWITCHES", "Stage", "Switch", "chosen", "written"]
