-- A pay run is draft, then closed or voided; a closed one may still be voided. Nothing else ever
-- happens to it. Every row of the log became exactly one of five things.
CREATE TABLE pay_run (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           TEXT NOT NULL,
    first_day    TEXT NOT NULL CHECK (LENGTH(first_day) = 10),
    last_day     TEXT NOT NULL CHECK (LENGTH(last_day) = 10),
    number       BIGINT NOT NULL CHECK (number > 0),
    state        TEXT NOT NULL CHECK (state IN ('draft', 'closed', 'voided')),
    revision     BIGINT NOT NULL CHECK (revision > 0),
    rows_in      BIGINT NOT NULL,
    paid         BIGINT NOT NULL CHECK (paid >= 0),
    excluded     BIGINT NOT NULL CHECK (excluded >= 0),
    held         BIGINT NOT NULL CHECK (held >= 0),
    blocked      BIGINT NOT NULL CHECK (blocked >= 0),
    already_paid BIGINT NOT NULL CHECK (already_paid >= 0),
    paid_cents   BIGINT NOT NULL,
    fingerprint  TEXT NOT NULL,
    figures      BYTEA NOT NULL,
    made_at      TEXT NOT NULL,
    made_by      TEXT NOT NULL,
    closed_at    TEXT,
    closed_by    TEXT,
    voided_at    TEXT,
    voided_by    TEXT,
    void_reason  TEXT CHECK (void_reason <> ''),
    PRIMARY KEY (clinic, id),
    UNIQUE (clinic, first_day, last_day, number),
    CHECK (first_day <= last_day),
    CHECK (rows_in = paid + excluded + held + blocked + already_paid),
    CHECK (state <> 'draft' OR closed_at IS NULL),
    CHECK (state <> 'closed' OR (closed_at IS NOT NULL AND blocked = 0)),
    CHECK ((state = 'voided') = (voided_at IS NOT NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((voided_at IS NULL) = (voided_by IS NULL)),
    CHECK ((voided_at IS NULL) = (void_reason IS NULL))
);

CREATE UNIQUE INDEX one_draft_a_period ON pay_run (clinic, first_day, last_day) WHERE state = 'draft';

CREATE TRIGGER pay_run_keeps_id BEFORE UPDATE OF id, first_day, last_day, number ON pay_run
FOR EACH ROW EXECUTE FUNCTION ledger.refuse('pay_run ids and periods are never changed');

CREATE TRIGGER pay_run_moves_on BEFORE UPDATE ON pay_run
FOR EACH ROW WHEN (NOT (OLD.state = 'draft' OR (OLD.state = 'closed' AND NEW.state = 'voided'))) EXECUTE FUNCTION
    ledger.refuse('pay_run rows are never changed once closed or voided');

CREATE TRIGGER pay_run_keeps_figures BEFORE UPDATE OF revision, rows_in, paid, excluded, held, blocked, already_paid,
    paid_cents, fingerprint, figures, made_at, made_by, closed_at, closed_by ON pay_run
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION ledger.refuse('pay_run figures are never changed once closed');

-- What a draft would pay, as JSON: a draft is written over on every click, and a hundred thousand
-- rows would take a second. Emptied when the run is closed and its lines become rows.
CREATE TABLE draft (
    clinic     TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    run        TEXT NOT NULL,
    identities TEXT NOT NULL,
    lines      BYTEA NOT NULL,
    PRIMARY KEY (clinic, run),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id)
);

-- The rates a closed run paid by, as they were.
CREATE TABLE rate_used (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    run            TEXT NOT NULL,
    place          BIGINT NOT NULL,
    provider       TEXT NOT NULL,
    service        TEXT NOT NULL,
    basis          TEXT NOT NULL,
    amount         BIGINT NOT NULL,
    is_share       BIGINT NOT NULL CHECK (is_share IN (0, 1)),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    note           TEXT NOT NULL,
    lines          BIGINT NOT NULL,
    paid_cents     BIGINT NOT NULL,
    PRIMARY KEY (clinic, run, place),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id)
);

CREATE TRIGGER rate_used_at_close BEFORE INSERT ON rate_used
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('rate_used rows are never added to a closed run');

-- One line for each appointment a closed run paid. source_row is the row of the log; units and
-- minutes are thousandths.
CREATE TABLE pay_line (
    clinic          TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    run             TEXT NOT NULL,
    place           BIGINT NOT NULL,
    identity        TEXT NOT NULL CHECK (identity <> ''),
    source_row      BIGINT NOT NULL,
    appointment     TEXT NOT NULL,
    day             TEXT NOT NULL CHECK (LENGTH(day) = 10),
    provider        TEXT NOT NULL,
    service         TEXT NOT NULL,
    counts_as       TEXT NOT NULL,
    units           BIGINT,
    minutes         BIGINT,
    charge_cents    BIGINT,
    collected_cents BIGINT,
    rate            BIGINT NOT NULL,
    amount_cents    BIGINT NOT NULL,
    PRIMARY KEY (clinic, run, place),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id),
    FOREIGN KEY (clinic, run, rate) REFERENCES rate_used (clinic, run, place)
);

CREATE INDEX pay_line_by_identity ON pay_line (clinic, identity, run, amount_cents);

-- An appointment is paid once. A voided run no longer counts, so this cannot be a unique index:
-- its lines stay as they are, and the appointment may be paid again.
CREATE FUNCTION refuse_second_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ledger.is_moving() AND EXISTS (
        SELECT 1 FROM pay_line AS earlier JOIN pay_run ON pay_run.id = earlier.run
        WHERE earlier.identity = NEW.identity AND (pay_run.state = 'closed' OR pay_run.id = NEW.run)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'pay_line of an appointment that is already paid';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pay_line_is_paid_once BEFORE INSERT ON pay_line
FOR EACH ROW EXECUTE FUNCTION refuse_second_payment();

CREATE TRIGGER pay_line_at_close BEFORE INSERT ON pay_line
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('pay_line rows are never added to a closed run');
