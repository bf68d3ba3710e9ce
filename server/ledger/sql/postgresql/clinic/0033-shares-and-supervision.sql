-- The rows of the setup sheets Shares and Supervision. They only grow, as rates do. Without a provider or a service, a row
-- is for any. share is parts per million; a row without one ends the row before it.
CREATE TABLE share_rule (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id             BIGINT NOT NULL DEFAULT ledger.next_id('share_rule'),
    provider       BIGINT,
    service        BIGINT,
    partner        BIGINT NOT NULL,
    share          BIGINT CHECK (share > 0 AND share <= 1000000),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, provider) REFERENCES provider (clinic, id),
    FOREIGN KEY (clinic, service) REFERENCES service (clinic, id),
    FOREIGN KEY (clinic, partner) REFERENCES provider (clinic, id)
);

CREATE TABLE share_rule_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES share_rule (clinic, id)
);

CREATE TABLE supervision (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id             BIGINT NOT NULL DEFAULT ledger.next_id('supervision'),
    provider       BIGINT,
    supervisor     BIGINT NOT NULL,
    service        BIGINT,
    basis          TEXT NOT NULL CHECK (basis <> ''),
    amount         BIGINT NOT NULL CHECK (amount > 0),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    until          TEXT CHECK (LENGTH(until) = 10 AND until >= effective_from),
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, provider) REFERENCES provider (clinic, id),
    FOREIGN KEY (clinic, supervisor) REFERENCES provider (clinic, id),
    FOREIGN KEY (clinic, service) REFERENCES service (clinic, id)
);

CREATE TABLE supervision_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES supervision (clinic, id)
);

-- Shares and supervision are rows of pay_adjustment that cite the line of the visit, which may be a line of the same run.
DROP TRIGGER pay_adjustment_of_closed_run ON pay_adjustment;

CREATE TRIGGER pay_adjustment_of_closed_run BEFORE INSERT ON pay_adjustment
FOR EACH ROW WHEN (NOT (NEW.run = NEW.of_run AND NEW.kind IN ('share', 'supervision')))
EXECUTE FUNCTION refuse_adjustment_of_open_run();

CREATE INDEX pay_adjustment_further ON pay_adjustment (clinic, of_run, of_place) WHERE kind IN ('share', 'supervision');
