-- Whose books these are: one row, for ever.
CREATE TABLE books (
    only_row  INTEGER PRIMARY KEY CHECK (only_row = 1),
    clinic    TEXT NOT NULL,
    opened_at TEXT NOT NULL
) STRICT;

CREATE TRIGGER books_never_change BEFORE UPDATE ON books
BEGIN SELECT RAISE(ABORT, 'books rows are never changed'); END;
CREATE TRIGGER books_stay BEFORE DELETE ON books
BEGIN SELECT RAISE(ABORT, 'books rows are never deleted'); END;

-- What was answered to a click, so that the same click twice is recorded once.
CREATE TABLE request (
    id        TEXT PRIMARY KEY CHECK (id <> ''),
    digest    TEXT NOT NULL,
    status    INTEGER NOT NULL CHECK (status BETWEEN 100 AND 599),
    body      BLOB NOT NULL,
    output_id TEXT,
    button    TEXT NOT NULL,
    actor     TEXT NOT NULL,
    at        TEXT NOT NULL
) STRICT;

CREATE TRIGGER request_never_changes BEFORE UPDATE ON request
BEGIN SELECT RAISE(ABORT, 'request rows are never changed'); END;
CREATE TRIGGER request_stays BEFORE DELETE ON request
BEGIN SELECT RAISE(ABORT, 'request rows are never deleted'); END;

-- Who looked at what.
CREATE TABLE access (
    id    INTEGER PRIMARY KEY,
    at    TEXT NOT NULL,
    actor TEXT NOT NULL CHECK (actor <> ''),
    what  TEXT NOT NULL CHECK (what <> ''),
    about TEXT NOT NULL
) STRICT;

CREATE TRIGGER access_never_changes BEFORE UPDATE ON access
BEGIN SELECT RAISE(ABORT, 'access rows are never changed'); END;
CREATE TRIGGER access_stays BEFORE DELETE ON access
BEGIN SELECT RAISE(ABORT, 'access rows are never deleted'); END;
