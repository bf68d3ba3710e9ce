-- The rows of the setup sheet Group sessions: services that are paid once for a whole group. They only grow, as rates do.
CREATE TABLE group_session (
    id             INTEGER PRIMARY KEY,
    service        INTEGER NOT NULL REFERENCES service (id),
    paid_per       TEXT NOT NULL CHECK (paid_per IN ('attendee', 'session')),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL
) STRICT;

CREATE TABLE group_session_withdrawal (
    id           INTEGER PRIMARY KEY REFERENCES group_session (id),
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;
