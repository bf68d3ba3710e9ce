-- What a run pays or takes back for visits of earlier periods, a row for each provider whose pay changes. of_run and
-- of_place are the line that paid the visit. A late visit has no such line: of_run is the run that closed its period,
-- and own_line is the line of this run that pays it. was_cents is what the provider was paid for the visit before,
-- now_cents what it earns now. is_taken_back marks the provider who did not do the visit after all. paid_by is the basis,
-- the rate and what it is multiplied by, as JSON; accepted_by is who accepted the difference of a changed rate.
CREATE TABLE pay_adjustment (
    clinic        TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    run           TEXT NOT NULL,
    place         BIGINT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind <> ''),
    of_run        TEXT NOT NULL,
    of_place      BIGINT,
    own_line      BIGINT,
    source_row    BIGINT,
    appointment   TEXT NOT NULL,
    day           TEXT NOT NULL CHECK (LENGTH(day) = 10),
    provider      TEXT NOT NULL,
    provider_key  TEXT NOT NULL,
    service       TEXT NOT NULL,
    counts_as     TEXT NOT NULL,
    was_cents     BIGINT NOT NULL,
    now_cents     BIGINT NOT NULL,
    reason        TEXT NOT NULL CHECK (reason <> ''),
    is_taken_back BIGINT NOT NULL CHECK (is_taken_back IN (0, 1)),
    paid_by       TEXT,
    accepted_by   TEXT NOT NULL,
    PRIMARY KEY (clinic, run, place),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id),
    FOREIGN KEY (clinic, of_run) REFERENCES pay_run (clinic, id),
    FOREIGN KEY (clinic, of_run, of_place) REFERENCES pay_line (clinic, run, place),
    CHECK ((of_place IS NULL) = (own_line IS NOT NULL)),
    CHECK (of_place IS NOT NULL OR was_cents = 0)
);

CREATE INDEX pay_adjustment_of_line ON pay_adjustment (clinic, of_run, of_place);

CREATE TRIGGER pay_adjustment_at_close BEFORE INSERT ON pay_adjustment
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('pay_adjustment rows are never added to a closed run');

CREATE FUNCTION refuse_adjustment_of_open_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ledger.is_moving() AND (SELECT state FROM pay_run WHERE id = NEW.of_run) <> 'closed' THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'pay_adjustment rows are about closed runs';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pay_adjustment_of_closed_run BEFORE INSERT ON pay_adjustment
FOR EACH ROW EXECUTE FUNCTION refuse_adjustment_of_open_run();

-- A provider with a negative total, or with the rest of an earlier one. in_cents is left from earlier runs, earned_cents
-- is what this run adds, and what is below 0 after it is carried to the next run.
CREATE TABLE carried_forward (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    run          TEXT NOT NULL,
    place        BIGINT NOT NULL,
    provider     TEXT NOT NULL,
    provider_key TEXT NOT NULL,
    in_cents     BIGINT NOT NULL CHECK (in_cents <= 0),
    earned_cents BIGINT NOT NULL,
    out_cents    BIGINT NOT NULL CHECK (out_cents = LEAST(0, in_cents + earned_cents)),
    PRIMARY KEY (clinic, run, place),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id)
);

CREATE TRIGGER carried_forward_at_close BEFORE INSERT ON carried_forward
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('carried_forward rows are never added to a closed run');

-- The sums of both, as the run is listed.
ALTER TABLE pay_run ADD COLUMN adjustments BIGINT NOT NULL DEFAULT 0 CHECK (adjustments >= 0);
ALTER TABLE pay_run ADD COLUMN adjustment_cents BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pay_run ADD COLUMN carried_in_cents BIGINT NOT NULL DEFAULT 0 CHECK (carried_in_cents <= 0);
ALTER TABLE pay_run ADD COLUMN carried_out_cents BIGINT NOT NULL DEFAULT 0 CHECK (carried_out_cents <= 0);

CREATE TRIGGER pay_run_keeps_adjustments BEFORE UPDATE OF adjustments, adjustment_cents, carried_in_cents,
    carried_out_cents ON pay_run
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION ledger.refuse('pay_run figures are never changed once closed');

-- What staff said about visits that a run paid and that a later log of their days does not have: deleted, or not part
-- of that export. The latest answer about a line counts.
CREATE TABLE vanished_answer (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('vanished_answer'),
    run         TEXT NOT NULL,
    place       BIGINT NOT NULL,
    answer      TEXT NOT NULL CHECK (answer IN ('deleted', 'elsewhere')),
    answered_at TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, run, place) REFERENCES pay_line (clinic, run, place)
);

CREATE INDEX vanished_answer_by_line ON vanished_answer (clinic, run, place, id);

-- Who accepted that a visit is paid by a rate that was changed after its run was generated. It counts for that amount and
-- no other.
CREATE TABLE rate_acceptance (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('rate_acceptance'),
    run         TEXT NOT NULL,
    place       BIGINT NOT NULL,
    now_cents   BIGINT NOT NULL,
    accepted_at TEXT NOT NULL,
    accepted_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, run, place) REFERENCES pay_line (clinic, run, place)
);

CREATE INDEX rate_acceptance_by_line ON rate_acceptance (clinic, run, place, id);
