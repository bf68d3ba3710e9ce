-- A pay run is draft, then closed or voided; a closed one may still be voided. Nothing else ever
-- happens to it. Every row of the log became exactly one of five things.
CREATE TABLE pay_run (
    id           TEXT PRIMARY KEY,
    first_day    TEXT NOT NULL CHECK (LENGTH(first_day) = 10),
    last_day     TEXT NOT NULL CHECK (LENGTH(last_day) = 10),
    number       INTEGER NOT NULL CHECK (number > 0),
    state        TEXT NOT NULL CHECK (state IN ('draft', 'closed', 'voided')),
    revision     INTEGER NOT NULL CHECK (revision > 0),
    rows_in      INTEGER NOT NULL,
    paid         INTEGER NOT NULL CHECK (paid >= 0),
    excluded     INTEGER NOT NULL CHECK (excluded >= 0),
    held         INTEGER NOT NULL CHECK (held >= 0),
    blocked      INTEGER NOT NULL CHECK (blocked >= 0),
    already_paid INTEGER NOT NULL CHECK (already_paid >= 0),
    paid_cents   INTEGER NOT NULL,
    fingerprint  TEXT NOT NULL,
    figures      BLOB NOT NULL,
    made_at      TEXT NOT NULL,
    made_by      TEXT NOT NULL,
    closed_at    TEXT,
    closed_by    TEXT,
    voided_at    TEXT,
    voided_by    TEXT,
    void_reason  TEXT CHECK (void_reason <> ''),
    UNIQUE (first_day, last_day, number),
    CHECK (first_day <= last_day),
    CHECK (rows_in = paid + excluded + held + blocked + already_paid),
    CHECK (state <> 'draft' OR closed_at IS NULL),
    CHECK (state <> 'closed' OR (closed_at IS NOT NULL AND blocked = 0)),
    CHECK ((state = 'voided') = (voided_at IS NOT NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((voided_at IS NULL) = (voided_by IS NULL)),
    CHECK ((voided_at IS NULL) = (void_reason IS NULL))
) STRICT;

CREATE UNIQUE INDEX one_draft_a_period ON pay_run (first_day, last_day) WHERE state = 'draft';

CREATE TRIGGER pay_run_keeps_id BEFORE UPDATE OF id, first_day, last_day, number ON pay_run
BEGIN SELECT RAISE(ABORT, 'pay_run ids and periods are never changed'); END;

CREATE TRIGGER pay_run_moves_on BEFORE UPDATE ON pay_run
WHEN NOT (OLD.state = 'draft' OR (OLD.state = 'closed' AND NEW.state = 'voided'))
BEGIN SELECT RAISE(ABORT, 'pay_run rows are never changed once closed or voided'); END;

CREATE TRIGGER pay_run_keeps_figures BEFORE UPDATE OF revision, rows_in, paid, excluded, held, blocked,
    already_paid, paid_cents, fingerprint, figures, made_at, made_by, closed_at, closed_by ON pay_run
WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'pay_run figures are never changed once closed'); END;

CREATE TRIGGER pay_run_stays BEFORE DELETE ON pay_run
BEGIN SELECT RAISE(ABORT, 'pay_run rows are never deleted'); END;

-- What a draft would pay, as JSON: a draft is written over on every click, and a hundred thousand
-- rows would take a second. Emptied when the run is closed and its lines become rows.
CREATE TABLE draft (
    run        TEXT PRIMARY KEY REFERENCES pay_run (id),
    identities TEXT NOT NULL,
    lines      BLOB NOT NULL
) STRICT;

CREATE TRIGGER draft_stays BEFORE DELETE ON draft
BEGIN SELECT RAISE(ABORT, 'draft rows are never deleted'); END;

-- The rates a closed run paid by, as they were.
CREATE TABLE rate_used (
    run            TEXT NOT NULL REFERENCES pay_run (id),
    place          INTEGER NOT NULL,
    provider       TEXT NOT NULL,
    service        TEXT NOT NULL,
    basis          TEXT NOT NULL,
    amount         INTEGER NOT NULL,
    is_share       INTEGER NOT NULL CHECK (is_share IN (0, 1)),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    note           TEXT NOT NULL,
    lines          INTEGER NOT NULL,
    paid_cents     INTEGER NOT NULL,
    PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER rate_used_at_close BEFORE INSERT ON rate_used
WHEN (SELECT state FROM pay_run WHERE id = NEW.run) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'rate_used rows are never added to a closed run'); END;
CREATE TRIGGER rate_used_never_changes BEFORE UPDATE ON rate_used
BEGIN SELECT RAISE(ABORT, 'rate_used rows are never changed'); END;
CREATE TRIGGER rate_used_stays BEFORE DELETE ON rate_used
BEGIN SELECT RAISE(ABORT, 'rate_used rows are never deleted'); END;

-- One line for each appointment a closed run paid. source_row is the row of the log; units and
-- minutes are thousandths.
CREATE TABLE pay_line (
    run             TEXT NOT NULL REFERENCES pay_run (id),
    place           INTEGER NOT NULL,
    identity        TEXT NOT NULL CHECK (identity <> ''),
    source_row      INTEGER NOT NULL,
    appointment     TEXT NOT NULL,
    day             TEXT NOT NULL CHECK (LENGTH(day) = 10),
    provider        TEXT NOT NULL,
    service         TEXT NOT NULL,
    counts_as       TEXT NOT NULL,
    units           INTEGER,
    minutes         INTEGER,
    charge_cents    INTEGER,
    collected_cents INTEGER,
    rate            INTEGER NOT NULL,
    amount_cents    INTEGER NOT NULL,
    PRIMARY KEY (run, place),
    FOREIGN KEY (run, rate) REFERENCES rate_used (run, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX pay_line_by_identity ON pay_line (identity, run, amount_cents);

-- An appointment is paid once. A voided run no longer counts, so this cannot be a unique index:
-- its lines stay as they are, and the appointment may be paid again.
CREATE TRIGGER pay_line_is_paid_once BEFORE INSERT ON pay_line
WHEN EXISTS (
    SELECT 1 FROM pay_line AS earlier JOIN pay_run ON pay_run.id = earlier.run
    WHERE earlier.identity = NEW.identity AND (pay_run.state = 'closed' OR pay_run.id = NEW.run)
)
BEGIN SELECT RAISE(ABORT, 'pay_line of an appointment that is already paid'); END;

CREATE TRIGGER pay_line_at_close BEFORE INSERT ON pay_line
WHEN (SELECT state FROM pay_run WHERE id = NEW.run) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'pay_line rows are never added to a closed run'); END;
CREATE TRIGGER pay_line_never_changes BEFORE UPDATE ON pay_line
BEGIN SELECT RAISE(ABORT, 'pay_line rows are never changed'); END;
CREATE TRIGGER pay_line_stays BEFORE DELETE ON pay_line
BEGIN SELECT RAISE(ABORT, 'pay_line rows are never deleted'); END;
