"""``python -m tools.mutations``: tries a seeded sample of mutants and writes docs/mutations.md."""

import argparse
import ast
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from tools.mutations.coverage_map import CoverageMap, measure_coverage
from tools.mutations.fork_runner import Fate, Trial, fate_of, import_slow_packages, start_trial, stop_trial
from tools.mutations.killed_before import KilledBefore
from tools.mutations.mutants import Mutant, mutants_of, mutated_tree
from tools.mutations.result_page import result_page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "mutations.md"
RULES = Path("server/billing")
SAMPLE = 300
PATIENCE = 8
"""A trial may take this many times as long as its tests take without a mutant, and START_SECONDS more."""
START_SECONDS = 60.0


@dataclass(slots=True)
class _Running:
    """A mutant some of whose tests are running, and the groups of tests that follow if those pass."""

    mutant: Mutant
    child: int
    end: float
    following: list[list[str]]


def main() -> None:
    """Read the options, try the sample, write the result."""
    options = argparse.ArgumentParser(prog="python -m tools.mutations", description=__doc__)
    options.add_argument("--sample", type=int, default=SAMPLE, help="how many mutants to try")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--at-once", type=int, default=2, help="processes")
    options.add_argument("--module", default="", help="only modules whose name contains this")
    options.add_argument("--map", type=Path, help="a file that keeps the coverage from run to run")
    options.add_argument(
        "--killed", type=Path, help="a file that keeps which mutants were killed; they are not tried again"
    )
    options.add_argument("--page", type=Path, default=PAGE)
    given = options.parse_args()
    import_slow_packages()
    every = [mutant for mutant in every_mutant() if given.module in mutant.module]
    chosen = sample_of(every, given.sample, given.seed)
    covered = measure_coverage(ROOT, given.map)
    _check_runner(every[0], covered)
    killed = KilledBefore(ROOT, given.killed)
    fates = [(mutant, Fate.KILLED) for mutant in chosen if mutant in killed]
    for mutant, fate in try_mutants([one for one in chosen if one not in killed], covered, given.at_once):
        fates.append((mutant, fate))
        if fate is Fate.KILLED:
            killed.add(mutant)
        print(f"{len(fates)}/{len(chosen)} {fate}: {mutant.module}:{mutant.line} {mutant.change}", flush=True)  # noqa: T201
    given.page.write_text(result_page(report_of(fates, len(every), len(chosen), given.seed)), "utf-8")


def _check_runner(mutant: Mutant, covered: CoverageMap) -> None:
    """Raise RuntimeError unless a module that was not changed survives: a runner that kills it kills everything."""
    path = Path(*mutant.module.split(".")).with_suffix(".py")
    tests = covered.groups_of(path.as_posix(), mutant.line)[0][:20]
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    child = start_trial(Trial(mutant.module, tree, tests))
    while (fate := fate_of(child)) is None:
        time.sleep(0.1)
    if fate is not Fate.SURVIVED or not tests:
        raise RuntimeError("The tests fail without a change.")


def every_mutant() -> list[Mutant]:
    """Return every mutant of the rules."""
    found: list[Mutant] = []
    for path in sorted((ROOT / RULES).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found += mutants_of(path, module)
    return found


def sample_of(mutants: Iterable[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return a sample that is always the same for a seed: those whose digests are the smallest.

    A change of one module changes the sample only in that module: line numbers do not count, and each mutant is
    chosen by its own module, code and change.
    """
    alike: Counter[str] = Counter()
    ranked: list[tuple[str, Mutant]] = []
    for one in mutants:
        key = f"{seed}\n{one.module}\n{one.code}\n{one.change}"
        alike[key] += 1
        ranked.append((sha256(f"{key}\n{alike[key]}".encode()).hexdigest(), one))
    return [one for _, one in sorted(ranked, key=lambda pair: pair[0])[:size]]


def try_mutants(
    chosen: Sequence[Mutant], covered: CoverageMap, at_once: int
) -> Iterator[tuple[Mutant, Fate]]:
    """Yield the fate of each mutant, as soon as it is known."""
    waiting = list(reversed(chosen))
    running: list[_Running] = []
    while waiting or running:
        while waiting and len(running) < at_once:
            mutant = waiting.pop()
            path = Path(*mutant.module.split(".")).with_suffix(".py").as_posix()
            running.append(_start(mutant, covered, covered.groups_of(path, mutant.line)))
        time.sleep(0.05)
        for one in list(running):
            fate = fate_of(one.child)
            if fate is None and time.monotonic() < one.end:
                continue
            running.remove(one)
            if fate is None:
                stop_trial(one.child)
                fate = Fate.TIMED_OUT
            if fate is Fate.SURVIVED and one.following:
                running.append(_start(one.mutant, covered, one.following))
            else:
                yield one.mutant, fate


def _start(mutant: Mutant, covered: CoverageMap, groups: Sequence[list[str]]) -> _Running:
    """Start the first group of a mutant's tests. A mutant without any survives."""
    tests, *following = groups or [[]]
    path = Path(*mutant.module.split(".")).with_suffix(".py")
    tree = mutated_tree((ROOT / path).read_text("utf-8"), mutant.number)
    child = start_trial(Trial(mutant.module, tree, tests))
    seconds = START_SECONDS + PATIENCE * sum(covered.seconds[name] for name in tests)
    return _Running(mutant, child, time.monotonic() + seconds, following)


def report_of(fates: Sequence[tuple[Mutant, Fate]], sites: int, wanted: int, seed: int) -> dict[str, object]:
    """Return the counts of a run, by module, and its survivors."""
    by_module: dict[str, dict[str, int]] = {}
    for mutant, fate in fates:
        counts = by_module.setdefault(mutant.module, dict.fromkeys(Fate, 0))
        counts[fate] += 1
    survivors = sorted(
        (mutant for mutant, fate in fates if fate is Fate.SURVIVED), key=lambda one: (one.module, one.number)
    )
    return {
        "seed": seed,
        "mutants": sites,
        "wanted": wanted,
        "tried": len(fates),
        "modules": dict(sorted(by_module.items())),
        "survivors": [asdict(replace(one, number=0)) for one in survivors],
    }


if __name__ == "__main__":
    main()
