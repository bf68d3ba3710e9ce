-- What the approval of a draft can hold and settles: its blocked rows, and the rows that are visits held before, as
-- JSON. A draft made before this step says nothing of them, so its rows cannot be held.
ALTER TABLE draft ADD COLUMN blocked_rows TEXT NOT NULL DEFAULT '[]';
ALTER TABLE draft ADD COLUMN held_found TEXT NOT NULL DEFAULT '[]';

-- One row for each blocked row of a log that an approved run left for a later run. day is empty if the log did not say;
-- provider_key and patient_key are as in pay_line. column_place is the position of the blocked cell's column.
CREATE TABLE held_visit (
    clinic          TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id              BIGINT NOT NULL DEFAULT ledger.next_id('held_visit'),
    run             TEXT NOT NULL,
    place           BIGINT NOT NULL,
    sheet           TEXT NOT NULL,
    identity        TEXT NOT NULL,
    source_row      BIGINT NOT NULL,
    column_place    BIGINT,
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
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id),
    UNIQUE (clinic, run, place)
);

CREATE INDEX held_visit_by_identity ON held_visit (clinic, identity) WHERE identity <> '';

CREATE TRIGGER held_visit_at_close BEFORE INSERT ON held_visit
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('held_visit rows are never added to a closed run');

-- What became of a held visit in a later run. It counts while that run is closed: if the run is voided, the visit waits
-- again.
CREATE TABLE held_visit_outcome (
    clinic  TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id      BIGINT NOT NULL DEFAULT ledger.next_id('held_visit_outcome'),
    held    BIGINT NOT NULL,
    run     TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('paid', 'excluded', 'already_paid', 'held_again')),
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, held) REFERENCES held_visit (clinic, id),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id),
    UNIQUE (clinic, held, run)
);

CREATE FUNCTION refuse_second_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ledger.is_moving() AND EXISTS (
        SELECT 1 FROM held_visit_outcome AS earlier JOIN pay_run ON pay_run.id = earlier.run
        WHERE earlier.held = NEW.held AND pay_run.state = 'closed'
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'held_visit_outcome of a visit that is already settled';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER held_visit_outcome_once BEFORE INSERT ON held_visit_outcome
FOR EACH ROW EXECUTE FUNCTION refuse_second_outcome();

-- What staff decided about a held visit. The latest decision counts.
CREATE TABLE held_visit_decision (
    clinic     TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id         BIGINT NOT NULL DEFAULT ledger.next_id('held_visit_decision'),
    held       BIGINT NOT NULL,
    decision   TEXT NOT NULL CHECK (decision IN ('write_off', 'restore')),
    reason     TEXT NOT NULL CHECK (reason <> ''),
    decided_at TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, held) REFERENCES held_visit (clinic, id)
);

CREATE INDEX held_visit_decision_by_visit ON held_visit_decision (clinic, held, id);
