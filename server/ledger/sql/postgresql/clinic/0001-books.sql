-- Whose books these are: one row, for ever.
CREATE TABLE books (
    only_row  BIGINT NOT NULL CHECK (only_row = 1),
    clinic    TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    PRIMARY KEY (clinic, only_row)
);

-- What was answered to a click, so that the same click twice is recorded once.
CREATE TABLE request (
    clinic    TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id        TEXT NOT NULL CHECK (id <> ''),
    digest    TEXT NOT NULL,
    status    BIGINT NOT NULL CHECK (status BETWEEN 100 AND 599),
    body      BYTEA NOT NULL,
    output_id TEXT,
    button    TEXT NOT NULL,
    actor     TEXT NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (clinic, id)
);

-- Who looked at what.
CREATE TABLE access (
    clinic TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id     BIGINT NOT NULL DEFAULT ledger.next_id('access'),
    at     TEXT NOT NULL,
    actor  TEXT NOT NULL CHECK (actor <> ''),
    what   TEXT NOT NULL CHECK (what <> ''),
    about  TEXT NOT NULL,
    PRIMARY KEY (clinic, id)
);
