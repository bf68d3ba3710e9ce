-- The rows of the setup sheet Group sessions: services that are paid once for a whole group. They only grow, as rates do.
CREATE TABLE group_session (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id             BIGINT NOT NULL DEFAULT ledger.next_id('group_session'),
    service        BIGINT NOT NULL,
    paid_per       TEXT NOT NULL CHECK (paid_per IN ('attendee', 'session')),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, service) REFERENCES service (clinic, id)
);

CREATE TABLE group_session_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES group_session (clinic, id)
);
