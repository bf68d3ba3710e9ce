-- Papers attached to invoices, by the SHA-256 of their bytes, which are files beside the books.
CREATE TABLE document (
    digest      TEXT PRIMARY KEY CHECK (LENGTH(digest) = 64),
    size        INTEGER NOT NULL CHECK (size > 0),
    media_type  TEXT NOT NULL CHECK (media_type <> ''),
    file_name   TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE TRIGGER document_never_changes BEFORE UPDATE ON document
BEGIN SELECT RAISE(ABORT, 'document rows are never changed'); END;
CREATE TRIGGER document_stays BEFORE DELETE ON document
BEGIN SELECT RAISE(ABORT, 'document rows are never deleted'); END;
