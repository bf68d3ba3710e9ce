"""Builds the page of the docs that says how the journal is computed, with the tables from the code."""

from server.ledger.engine.table_rules import CLINIC_JOURNAL, FIRM_JOURNAL, OUTSIDE_THE_JOURNAL, Journal
from server.ledger.invoices.steps import COLUMNS as STEP_COLUMNS
from server.ledger.verify import NOT_COVERED

_PAGE = """\
# The journal

<!-- Built from server/ledger/engine/table_rules.py: python -m tools.build -->

Every ledger file, `clinics/<id>.db` of each clinic and `firm.db`, has a table `journal`. Whatever is recorded gets an entry there, in the same transaction.
The entry holds the digest of the row as it was written, and each entry holds the hash of the entry before. So a row that is changed, added or removed behind the program's back
no longer agrees with the journal, and a journal that is changed no longer agrees with itself. `clinicledger ledger verify` computes all of it again.

This page is enough to write a second program that does the same. One stands in the tests (`tests/ledger/journal_reader.py`).

## Entries

An entry is a row of `journal`, in the order of `id`, which counts 1, 2, 3 without a gap:

| column | content |
|---|---|
| `id` | the number of the entry |
| `recorded_at` | when it was written: UTC, as text |
| `subject` | the table whose rows it vouches for |
| `first_row`, `last_row` | the keys of the first and the last of these rows, as text. They are equal unless the table grows (below) |
| `digest` | the digest of these rows |
| `hash` | the hash of this entry and of the entry before it |

A row that changes gets a new entry each time, and the latest one counts. The key of a row that was deleted gets an entry with the digest of nothing:
`e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855`.

## Bytes

- **Values.** A number is written in digits, a text as a JSON string in UTF-8, an empty value as `null`. Bytes become the JSON string `"sha256:` and the 64 hex digits of their SHA-256 and `"`.
  Strings escape `"`, `\\`, the controls `\\b \\t \\n \\f \\r` in that form, every other character below U+0020 as `\\u001f` (four small hex digits), and nothing else. There are no blanks between the parts.
- **Digest of rows.** Each row is one line: `["<table>",[<value>,<value>, ...]]` and a line feed, with the values in the order of the table's columns, or of the columns named below.
  The digest is the SHA-256 of all lines one after the other, as 64 hex digits.
- **Hash of an entry.** The SHA-256, as 64 hex digits, of the JSON list `[<id>,"<recorded_at>","<subject>","<first_row>","<last_row>","<digest>","<hash of the entry before>"]` without a line feed.
  The first entry has `""` for the hash before it.

## Tables

**One entry for each key.** The rows that share a key, in the order of the second column, make one digest.

**A table that grows** only gets rows with higher keys. One entry covers all rows of a transaction, from `first_row` to `last_row`, in the order of the key. If a newer version of the program changed
the columns of such a table, it writes entries for all rows again, from the lowest key on; the entries from the latest one that begins with the lowest key on are those that count.

### A clinic's file

{clinic}

### The firm's file

{firm}

### Tables without entries

{outside}

A step has a hash of its own; the journal's entry covers that hash. It is the SHA-256 of a JSON list of two lists, in the form above and without a line feed: the values of
{step_columns}; then, in the order of `place`, one list `["<debit>","<credit>",<amount_cents>]` for each row of `transfer` with this `step`, whose places count 1, 2, 3.
`previous` is the `hash` of the step before, `""` for the first.

## Heads

The **head** of a journal is the number and the hash of its last entry. Kept outside the file, it shows what the file alone cannot show: that the end was cut off, that
SQLite's log was lost, that an older copy was put in its place, or that the whole journal was written anew.

- **`firm.db`** keeps the head of each clinic with each commit, and its day, in `journal_head`. It only moves forward along the same chain. It is written after the commit of the clinic, so it may be one commit late after a crash; the next one brings it up to date.
- **Every backup and export** has the heads in its `manifest.json`. `ledger verify` on the copy, and `ledger restore`, compare them. With a copy at hand,
  `clinicledger ledger verify --backup D:\\Backup\2026-10-31` compares the ledger itself with them: an older `firm.db` that was put back is seen by that, also if the clinics' files were put back with it.
- **On paper:** `clinicledger ledger info` prints `lakeside:120:3f9a...`, the clinic, the number of entries and the hash. `clinicledger ledger verify --head lakeside:120:3f9ac05d11b2e874` tests
  whether the journal still contains that entry; the first 16 digits are enough. Note it at each month's end: who can write to the ledger folder can also write to `firm.db`, but not on your paper.

`ledger restore` is the way to put an older copy in place: it keeps the head of the copy. A file that was copied back by hand is named by `ledger verify` until a person
accepts it with `clinicledger ledger accept lakeside --reason "..."`. Who did so, when and why is kept in the clinic's access log, and so in its journal.

## What verify looks at

References between rows; the journal's chain; every row against its entry; every head that was kept; tables, indexes and triggers against those of a new file; SQLite's own check of pages; every invoice
against its steps, every cheque against its parts; every document against its digest. It names the first row that is not as it was written: its table, its key, and why.

Not covered: {not_covered}.
"""


def journal_page() -> str:
    """Return ``docs/journal.md``."""
    return _PAGE.format(
        clinic=_tables_of(CLINIC_JOURNAL),
        firm=_tables_of(FIRM_JOURNAL),
        outside="\n".join(
            ["| table | why |", "|---|---|"]
            + [f"| `{table}` | {why} |" for table, why in OUTSIDE_THE_JOURNAL.items()]
        ),
        step_columns=", ".join(f"`{column}`" for column in STEP_COLUMNS),
        not_covered="; ".join(NOT_COVERED),
    )


def _tables_of(journal: Journal) -> str:
    """Return a Markdown table of the rules of a file's tables."""
    lines = ["| table | key | order of rows with one key | columns | grows |", "|---|---|---|---|---|"]
    for table, rule in journal.items():
        order = f"`{rule.order}`" if rule.order != rule.key else ""
        columns = ", ".join(f"`{column}`" for column in rule.columns) or "all"
        cells = (f"`{table}`", f"`{rule.key}`", order, columns, "yes" if rule.is_growing else "")
        lines.append(f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |"))
    return "\n".join(lines)
