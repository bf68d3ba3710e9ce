-- One entry for each thing recorded: the digest of the rows first_row to last_row of a table (subject), and the hash
-- of the entry with the hash of the entry before it. docs/journal.md has the bytes that are hashed.
CREATE TABLE journal (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('journal') CHECK (id > 0),
    recorded_at TEXT NOT NULL,
    subject     TEXT NOT NULL CHECK (subject <> ''),
    first_row   TEXT NOT NULL,
    last_row    TEXT NOT NULL,
    digest      TEXT NOT NULL CHECK (LENGTH(digest) = 64),
    hash        TEXT NOT NULL CHECK (LENGTH(hash) = 64),
    PRIMARY KEY (clinic, id)
);

-- The rows written in the open transaction. They get their entries just before it is committed, so that no other
-- program ever sees a row here.
CREATE TABLE journal_pending (
    clinic  TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    subject TEXT NOT NULL,
    row_key TEXT NOT NULL
);
