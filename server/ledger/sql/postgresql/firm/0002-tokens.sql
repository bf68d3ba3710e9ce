-- Who may speak to the service. A token itself is known only to its holder; here is its digest.
-- The first one closes the ledger to whoever has none, for good: a forgotten token keeps its row.
CREATE TABLE token (
    digest       TEXT NOT NULL CHECK (length(digest) = 64),
    holder       TEXT NOT NULL CHECK (holder IN ('desktop', 'office')),
    given_at     TEXT NOT NULL,
    forgotten_at TEXT,
    PRIMARY KEY (digest)
);

CREATE TRIGGER token_is_forgotten_once BEFORE UPDATE ON token
FOR EACH ROW WHEN (OLD.forgotten_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.holder <> OLD.holder OR NEW.given_at
    <> OLD.given_at) EXECUTE FUNCTION ledger.refuse('a token can only be forgotten, once');
