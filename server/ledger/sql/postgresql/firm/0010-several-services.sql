-- What is counted for a short time by all services of the ledger together, such as failed attempts to sign in. counted_as says
-- of what, and never what was typed. A row counts until ends_at; then the next writer removes it.
CREATE TABLE counted_event (
    id         TEXT NOT NULL CHECK (id <> ''),
    counted_as TEXT NOT NULL CHECK (counted_as <> ''),
    counted_at TEXT NOT NULL,
    ends_at    TEXT NOT NULL CHECK (ends_at > counted_at),
    PRIMARY KEY (id)
);

CREATE INDEX counted_event_of_kind ON counted_event (counted_as, ends_at);
CREATE INDEX counted_event_by_end ON counted_event (ends_at);

-- The keys with which the services seal what a browser keeps for them. Each is used for an hour and opens a little longer.
CREATE TABLE sealing_key (
    made_at TEXT NOT NULL,
    key     TEXT NOT NULL CHECK (length(key) = 64),
    PRIMARY KEY (made_at)
);
