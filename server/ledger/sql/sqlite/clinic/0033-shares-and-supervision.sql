-- The rows of the setup sheets Shares and Supervision. They only grow, as rates do. Without a provider or a service, a row
-- is for any. share is parts per million; a row without one ends the row before it.
CREATE TABLE share_rule (
    id             INTEGER PRIMARY KEY,
    provider       INTEGER REFERENCES provider (id),
    service        INTEGER REFERENCES service (id),
    partner        INTEGER NOT NULL REFERENCES provider (id),
    share          INTEGER CHECK (share > 0 AND share <= 1000000),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL
) STRICT;

CREATE TABLE share_rule_withdrawal (
    id           INTEGER PRIMARY KEY REFERENCES share_rule (id),
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;

CREATE TABLE supervision (
    id             INTEGER PRIMARY KEY,
    provider       INTEGER REFERENCES provider (id),
    supervisor     INTEGER NOT NULL REFERENCES provider (id),
    service        INTEGER REFERENCES service (id),
    basis          TEXT NOT NULL CHECK (basis <> ''),
    amount         INTEGER NOT NULL CHECK (amount > 0),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    until          TEXT CHECK (LENGTH(until) = 10 AND until >= effective_from),
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL
) STRICT;

CREATE TABLE supervision_withdrawal (
    id           INTEGER PRIMARY KEY REFERENCES supervision (id),
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;

-- Shares and supervision are rows of pay_adjustment that cite the line of the visit, which may be a line of the same run.
DROP TRIGGER pay_adjustment_of_closed_run;

CREATE TRIGGER pay_adjustment_of_closed_run BEFORE INSERT ON pay_adjustment
WHEN NOT (NEW.run = NEW.of_run AND NEW.kind IN ('share', 'supervision'))
    AND (SELECT state FROM pay_run WHERE id = NEW.of_run) <> 'closed'
BEGIN SELECT RAISE(ABORT, 'pay_adjustment rows are about closed runs'); END;

CREATE INDEX pay_adjustment_further ON pay_adjustment (of_run, of_place) WHERE kind IN ('share', 'supervision');
