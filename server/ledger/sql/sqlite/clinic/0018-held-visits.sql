-- What the approval of a draft can hold and settles: its blocked rows, and the rows that are visits held before, as
-- JSON. A draft made before this step says nothing of them, so its rows cannot be held.
ALTER TABLE draft ADD COLUMN blocked_rows TEXT NOT NULL DEFAULT '[]';
ALTER TABLE draft ADD COLUMN held_found TEXT NOT NULL DEFAULT '[]';

-- One row for each blocked row of a log that an approved run left for a later run. day is empty if the log did not say;
-- provider_key and patient_key are as in pay_line. column_place is the position of the blocked cell's column.
CREATE TABLE held_visit (
    id              INTEGER PRIMARY KEY,
    run             TEXT NOT NULL REFERENCES pay_run (id),
    place           INTEGER NOT NULL,
    sheet           TEXT NOT NULL,
    identity        TEXT NOT NULL,
    source_row      INTEGER NOT NULL,
    column_place    INTEGER,
    heading         TEXT NOT NULL,
    appointment     TEXT NOT NULL,
    day             TEXT NOT NULL CHECK (LENGTH(day) IN (0, 10)),
    provider        TEXT NOT NULL,
    folded_provider TEXT NOT NULL,
    provider_key    TEXT NOT NULL,
    service         TEXT NOT NULL,
    patient_key     TEXT NOT NULL,
    code            TEXT NOT NULL,
    problem         TEXT NOT NULL,
    UNIQUE (run, place)
) STRICT;

CREATE INDEX held_visit_by_identity ON held_visit (identity) WHERE identity <> '';

CREATE TRIGGER held_visit_at_close BEFORE INSERT ON held_visit
WHEN (SELECT state FROM pay_run WHERE id = NEW.run) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'held_visit rows are never added to a closed run'); END;

-- What became of a held visit in a later run. It counts while that run is closed: if the run is voided, the visit waits
-- again.
CREATE TABLE held_visit_outcome (
    id      INTEGER PRIMARY KEY,
    held    INTEGER NOT NULL REFERENCES held_visit (id),
    run     TEXT NOT NULL REFERENCES pay_run (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('paid', 'excluded', 'already_paid', 'held_again')),
    UNIQUE (held, run)
) STRICT;

CREATE TRIGGER held_visit_outcome_once BEFORE INSERT ON held_visit_outcome
WHEN EXISTS (
    SELECT 1 FROM held_visit_outcome AS earlier JOIN pay_run ON pay_run.id = earlier.run
    WHERE earlier.held = NEW.held AND pay_run.state = 'closed'
)
BEGIN SELECT RAISE(ABORT, 'held_visit_outcome of a visit that is already settled'); END;

-- What staff decided about a held visit. The latest decision counts.
CREATE TABLE held_visit_decision (
    id         INTEGER PRIMARY KEY,
    held       INTEGER NOT NULL REFERENCES held_visit (id),
    decision   TEXT NOT NULL CHECK (decision IN ('write_off', 'restore')),
    reason     TEXT NOT NULL CHECK (reason <> ''),
    decided_at TEXT NOT NULL,
    decided_by TEXT NOT NULL
) STRICT;

CREATE INDEX held_visit_decision_by_visit ON held_visit_decision (held, id);
