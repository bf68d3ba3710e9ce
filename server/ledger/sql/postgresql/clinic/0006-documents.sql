-- Papers attached to invoices, by the SHA-256 of their bytes, which are files beside the books.
CREATE TABLE document (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    digest      TEXT NOT NULL CHECK (LENGTH(digest) = 64),
    size        BIGINT NOT NULL CHECK (size > 0),
    media_type  TEXT NOT NULL CHECK (media_type <> ''),
    file_name   TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (clinic, digest)
);
