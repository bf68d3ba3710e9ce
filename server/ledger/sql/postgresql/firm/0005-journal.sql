-- One entry for each thing recorded: the digest of the rows first_row to last_row of a table (subject), and the hash
-- of the entry with the hash of the entry before it. docs/journal.md has the bytes that are hashed.
CREATE TABLE journal (
    id          BIGINT NOT NULL DEFAULT ledger.next_id('journal') CHECK (id > 0),
    recorded_at TEXT NOT NULL,
    subject     TEXT NOT NULL CHECK (subject <> ''),
    first_row   TEXT NOT NULL,
    last_row    TEXT NOT NULL,
    digest      TEXT NOT NULL CHECK (LENGTH(digest) = 64),
    hash        TEXT NOT NULL CHECK (LENGTH(hash) = 64),
    PRIMARY KEY (id)
);

-- The rows written in the open transaction. They get their entries just before it is committed, so that no other
-- program ever sees a row here.
CREATE TABLE journal_pending (
    subject TEXT NOT NULL,
    row_key TEXT NOT NULL
);

-- The latest journal entry of each clinic's file, seen from outside that file: a file that was cut off or replaced by an
-- older copy does not have it. It only moves forward along the same chain.
CREATE TABLE journal_head (
    clinic  TEXT NOT NULL,
    entries BIGINT NOT NULL CHECK (entries > 0),
    hash    TEXT NOT NULL CHECK (LENGTH(hash) = 64),
    day     TEXT NOT NULL CHECK (LENGTH(day) = 10),
    PRIMARY KEY (clinic)
);
