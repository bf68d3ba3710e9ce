-- What a run pays or takes back for visits of earlier periods, a row for each provider whose pay changes. of_run and
-- of_place are the line that paid the visit. A late visit has no such line: of_run is the run that closed its period,
-- and own_line is the line of this run that pays it. was_cents is what the provider was paid for the visit before,
-- now_cents what it earns now. is_taken_back marks the provider who did not do the visit after all. paid_by is the basis,
-- the rate and what it is multiplied by, as JSON; accepted_by is who accepted the difference of a changed rate.
CREATE TABLE pay_adjustment (
    run           TEXT NOT NULL REFERENCES pay_run (id),
    place         INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind <> ''),
    of_run        TEXT NOT NULL REFERENCES pay_run (id),
    of_place      INTEGER,
    own_line      INTEGER,
    source_row    INTEGER,
    appointment   TEXT NOT NULL,
    day           TEXT NOT NULL CHECK (LENGTH(day) = 10),
    provider      TEXT NOT NULL,
    provider_key  TEXT NOT NULL,
    service       TEXT NOT NULL,
    counts_as     TEXT NOT NULL,
    was_cents     INTEGER NOT NULL,
    now_cents     INTEGER NOT NULL,
    reason        TEXT NOT NULL CHECK (reason <> ''),
    is_taken_back INTEGER NOT NULL CHECK (is_taken_back IN (0, 1)),
    paid_by       TEXT,
    accepted_by   TEXT NOT NULL,
    PRIMARY KEY (run, place),
    FOREIGN KEY (of_run, of_place) REFERENCES pay_line (run, place),
    CHECK ((of_place IS NULL) = (own_line IS NOT NULL)),
    CHECK (of_place IS NOT NULL OR was_cents = 0)
) STRICT;

CREATE INDEX pay_adjustment_of_line ON pay_adjustment (of_run, of_place);

CREATE TRIGGER pay_adjustment_at_close BEFORE INSERT ON pay_adjustment
WHEN (SELECT state FROM pay_run WHERE id = NEW.run) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'pay_adjustment rows are never added to a closed run'); END;

CREATE TRIGGER pay_adjustment_of_closed_run BEFORE INSERT ON pay_adjustment
WHEN (SELECT state FROM pay_run WHERE id = NEW.of_run) <> 'closed'
BEGIN SELECT RAISE(ABORT, 'pay_adjustment rows are about closed runs'); END;

-- A provider with a negative total, or with the rest of an earlier one. in_cents is left from earlier runs, earned_cents
-- is what this run adds, and what is below 0 after it is carried to the next run.
CREATE TABLE carried_forward (
    run          TEXT NOT NULL REFERENCES pay_run (id),
    place        INTEGER NOT NULL,
    provider     TEXT NOT NULL,
    provider_key TEXT NOT NULL,
    in_cents     INTEGER NOT NULL CHECK (in_cents <= 0),
    earned_cents INTEGER NOT NULL,
    out_cents    INTEGER NOT NULL CHECK (out_cents = MIN(0, in_cents + earned_cents)),
    PRIMARY KEY (run, place)
) STRICT;

CREATE TRIGGER carried_forward_at_close BEFORE INSERT ON carried_forward
WHEN (SELECT state FROM pay_run WHERE id = NEW.run) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'carried_forward rows are never added to a closed run'); END;

-- The sums of both, as the run is listed.
ALTER TABLE pay_run ADD COLUMN adjustments INTEGER NOT NULL DEFAULT 0 CHECK (adjustments >= 0);
ALTER TABLE pay_run ADD COLUMN adjustment_cents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pay_run ADD COLUMN carried_in_cents INTEGER NOT NULL DEFAULT 0 CHECK (carried_in_cents <= 0);
ALTER TABLE pay_run ADD COLUMN carried_out_cents INTEGER NOT NULL DEFAULT 0 CHECK (carried_out_cents <= 0);

CREATE TRIGGER pay_run_keeps_adjustments
BEFORE UPDATE OF adjustments, adjustment_cents, carried_in_cents, carried_out_cents ON pay_run
WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'pay_run figures are never changed once closed'); END;

-- What staff said about visits that a run paid and that a later log of their days does not have: deleted, or not part
-- of that export. The latest answer about a line counts.
CREATE TABLE vanished_answer (
    id          INTEGER PRIMARY KEY,
    run         TEXT NOT NULL,
    place       INTEGER NOT NULL,
    answer      TEXT NOT NULL CHECK (answer IN ('deleted', 'elsewhere')),
    answered_at TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    FOREIGN KEY (run, place) REFERENCES pay_line (run, place)
) STRICT;

CREATE INDEX vanished_answer_by_line ON vanished_answer (run, place, id);

-- Who accepted that a visit is paid by a rate that was changed after its run was generated. It counts for that amount and
-- no other.
CREATE TABLE rate_acceptance (
    id          INTEGER PRIMARY KEY,
    run         TEXT NOT NULL,
    place       INTEGER NOT NULL,
    now_cents   INTEGER NOT NULL,
    accepted_at TEXT NOT NULL,
    accepted_by TEXT NOT NULL,
    FOREIGN KEY (run, place) REFERENCES pay_line (run, place)
) STRICT;

CREATE INDEX rate_acceptance_by_line ON rate_acceptance (run, place, id);
