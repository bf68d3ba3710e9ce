"""Prints the page of ``docs`` with the result of a mutation run."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

VERDICTS = Path(__file__).with_name("verdicts.json")
"""What a person found out about survivors: the key of a mutant -> a sentence."""


def result_page(result: Mapping[str, Any]) -> str:
    """Return docs/mutations.md for the result of a run."""
    verdicts: dict[str, str] = json.loads(VERDICTS.read_text("utf-8"))
    modules: Mapping[str, Mapping[str, int]] = result["modules"]
    survived = len(result["survivors"])
    tried = result["tried"]
    rows = [
        f"| {name.removeprefix('server.billing.')} | {sum(counts.values())} | {counts['survived']} |"
        for name, counts in modules.items()
    ]
    share = 100 * (tried - survived) / tried
    head = HEAD.format(
        mutants=f"{result['mutants']:,}",
        wanted=result["wanted"],
        tried=tried,
        killed=tried - survived,
        share=f"{share:.1f}",
        seed=result["seed"],
    )
    return "\n".join([head, *rows, MIDDLE, *_survivor_rows(result["survivors"], verdicts), ""])


def key_of(survivor: Mapping[str, Any]) -> str:
    """Return what names a mutant also after lines above it have changed."""
    return f"{survivor['module']}: {survivor['code']}: {survivor['change']}"


def _survivor_rows(survivors: Sequence[Mapping[str, Any]], verdicts: Mapping[str, str]) -> list[str]:
    return [
        f"| {one['module'].removeprefix('server.billing.')} | `{one['code'].replace('|', chr(92) + '|')}` | {one['change']} "
        f"| {verdicts.get(key_of(one), 'not looked at yet')} |"
        for one in survivors
    ]


HEAD = """\
<!-- Written by python -m tools.mutations (just mutate) -->
# Mutations of the rules

A test that cannot fail proves nothing. `just mutate` makes the rules of `server/billing` wrong in one place at a time: `<` becomes `<=`, a condition is
reversed, a number is one higher, a call is removed. Each such mutant is *killed* if a test fails, and *survives* otherwise. The tests are those of the rules
(`tests/billing`, `tests/invoices`) and quick tests of the buttons that use them (the list is `SUITES` in `tools/mutations/coverage_map.py`). Each mutant is tried with
the tests that run its line, then with those that run its module, at most 45 seconds of tests at a time. So a survivor may still be killed by a slower test.
[ADR 34](adr/0034-mutations-of-the-rules.md) says why this is done with a program of our own.

There are {mutants} mutants. A sample of {wanted} is chosen by seed {seed}; a change of one module changes the sample only there. The last run tried {tried} of them:
**{killed} were killed, {share} %**.

| module | tried | survived |
|---|---|---|"""

MIDDLE = """
## Survivors

| module | line | change | what it means |
|---|---|---|---|"""
