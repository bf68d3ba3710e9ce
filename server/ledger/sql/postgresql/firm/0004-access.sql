-- Who tried to get in, who was let in or kept out, and what left the ledger. Refused requests of one address are counted, so
-- that they cannot fill the disk: at most two rows a minute, the first at once and the others together.
CREATE TABLE access (
    id          BIGINT NOT NULL DEFAULT ledger.next_id('access') CHECK (id > 0),
    recorded_at TEXT NOT NULL,
    what        TEXT NOT NULL CHECK (what <> ''),
    about       TEXT NOT NULL,
    origin      TEXT NOT NULL,
    times       BIGINT NOT NULL CHECK (times > 0),
    PRIMARY KEY (id)
);
