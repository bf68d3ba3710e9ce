# Every check has its one definition here; CI and people call the same recipes.
set windows-shell := ["powershell.exe", "-NoLogo", "-Command"]

# uv tells its children where it is; it need not be on the PATH.
uv := env("UV", "uv")

both-engines := "tests/ledger tests/operations tests/receivables tests/api"

# All of it, as CI runs it.
check: tidy types layers test test-engines test-encrypted

# Formatting and lint.
tidy:
    {{uv}} run ruff format --check .
    {{uv}} run ruff check .

# mypy, strict, over code, tests and benchmarks.
types:
    {{uv}} run mypy

# Imports run one way.
layers:
    {{uv}} run lint-imports

# The tests, on all cores. `just test -n 0 tests/billing` runs some of them in one process, for a debugger or a quick look.
test *options:
    {{uv}} run pytest -n auto --dist worksteal {{options}}

# The tests of the books and of the API once more, with the books on PostgreSQL. Left out are those of many rounds, which take as long as all others
# together, and those that use PostgreSQL in `test` already. Where it is not installed, this says so and does nothing.
test-engines *options:
    {{uv}} run pytest -n auto --dist worksteal --engine postgresql -m "not many_rounds" --ignore-glob "*/test_postgresql*" {{both-engines}} {{options}}

# The same with nothing left out.
test-postgresql *options:
    {{uv}} run pytest -n auto --dist worksteal --engine postgresql {{both-engines}} {{options}}

# The tests of the books once more, with encrypted files. Left out are those of many rounds, and those of PostgreSQL.
test-encrypted *options:
    {{uv}} run pytest -n auto --dist worksteal --encrypted -m "not many_rounds" --ignore-glob "*/test_postgresql*" tests/ledger {{options}}

# The same for everything that works with the books.
test-all-encrypted *options:
    {{uv}} run pytest -n auto --dist worksteal --encrypted --ignore-glob "*/test_postgresql*" {{both-engines}} {{options}}

# The Office add-in's JavaScript: types, modules, pages. Part of `test`; here alone, for whoever works on it.
javascript:
    {{uv}} run pytest tests/office

# Which branches the tests reach.
coverage:
    {{uv}} run pytest --cov=server --cov=addin --cov-branch --cov-report=term-missing:skip-covered

# Mend what can be mended by itself.
mend:
    {{uv}} run ruff check --fix .
    {{uv}} run ruff format .

# Build the files that are made from tables: workbook templates, both ribbons, their icons, printed pages of the docs.
build:
    {{uv}} run python -m tools.build

# A PostgreSQL primary is killed twenty times while people press buttons, and its standby takes over; takes some minutes. Writes what
# happened into docs/reliability.md.
failover *options:
    {{uv}} run python -m tests.failover.campaign {{options}}

# What goes wrong outside the program: runs the tests of full and read-only disks, races, edits by hand, kills, modes and clocks, and writes
# the counts into docs/reliability.md.
faults:
    {{uv}} run python -m tools.fault_counts

# The service, for trying things out.
serve *options:
    {{uv}} run clinicledger serve {{options}}

# The demo, in ./demo.
demo:
    {{uv}} run clinicledger demo

# Speed and memory against the floor and the usual script.
bench *options:
    {{uv}} run --group bench python -m bench.run {{options}}

# Ask the public lists of advisories about every package the program needs. Says so if none can be reached.
audit:
    {{uv}} run python -m tools.audit

# The wheel, and beside it the guides, the files for an office, the bill of materials (CycloneDX), the license texts and the packages' versions, and the changelog.
release:
    {{uv}} build --wheel
    {{uv}} run python -m tools.release

# Change the rules in many ways, one at a time, and write into docs/mutations.md which changes no test noticed. Takes an hour.
mutate *options:
    {{uv}} run python -m tools.mutations {{options}}

# Files from outside, changed at random: 200,000 of them take about an hour and a half. Writes docs/reliability.md.
fuzz *options:
    {{uv}} run python -m tests.fuzz.campaign {{options}}
