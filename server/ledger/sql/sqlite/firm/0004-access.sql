-- Who tried to get in, who was let in or kept out, and what left the ledger. Refused requests of one address are counted, so
-- that they cannot fill the disk: at most two rows a minute, the first at once and the others together.
CREATE TABLE access (
    id          INTEGER PRIMARY KEY CHECK (id > 0),
    recorded_at TEXT NOT NULL,
    what        TEXT NOT NULL CHECK (what <> ''),
    about       TEXT NOT NULL,
    origin      TEXT NOT NULL,
    times       INTEGER NOT NULL CHECK (times > 0)
) STRICT;

CREATE TRIGGER access_never_changes BEFORE UPDATE ON access
BEGIN SELECT RAISE(ABORT, 'access rows are never changed'); END;

CREATE TRIGGER access_stays BEFORE DELETE ON access
BEGIN SELECT RAISE(ABORT, 'access rows are never deleted'); END;
