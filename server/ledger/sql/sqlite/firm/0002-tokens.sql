-- Who may speak to the service. A token itself is known only to its holder; here is its digest.
-- The first one closes the ledger to whoever has none, for good: a forgotten token keeps its row.
CREATE TABLE token (
    digest       TEXT PRIMARY KEY CHECK (length(digest) = 64),
    holder       TEXT NOT NULL CHECK (holder IN ('desktop', 'office')),
    given_at     TEXT NOT NULL,
    forgotten_at TEXT
) STRICT;

CREATE TRIGGER token_stays BEFORE DELETE ON token
BEGIN SELECT RAISE(ABORT, 'token rows are never deleted'); END;

CREATE TRIGGER token_is_forgotten_once BEFORE UPDATE ON token
WHEN OLD.forgotten_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.holder <> OLD.holder OR NEW.given_at <> OLD.given_at
BEGIN SELECT RAISE(ABORT, 'a token can only be forgotten, once'); END;
