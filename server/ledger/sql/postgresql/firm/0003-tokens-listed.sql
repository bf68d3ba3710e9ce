-- A token has a name that people know it by, and the time of its last use, which decides when it expires. Tokens given
-- before this step count as used at the moment of the step.
ALTER TABLE token ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN used_at TEXT;

DROP TRIGGER token_is_forgotten_once ON token;
CREATE TRIGGER token_is_forgotten_once BEFORE UPDATE ON token
FOR EACH ROW WHEN (OLD.forgotten_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.holder <> OLD.holder OR NEW.given_at
    <> OLD.given_at OR NEW.name <> OLD.name OR (OLD.used_at IS NOT NULL AND (NEW.used_at IS NULL OR NEW.used_at <
    OLD.used_at))) EXECUTE FUNCTION ledger.refuse('a token can only be used, and be forgotten once');

-- A code made by the command line for pairing a task pane: its digest, and when it ends. It is used once.
CREATE TABLE pairing_code (
    digest  TEXT NOT NULL CHECK (length(digest) = 64),
    name    TEXT NOT NULL,
    made_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    used_at TEXT,
    PRIMARY KEY (digest)
);

CREATE TRIGGER pairing_code_is_used_once BEFORE UPDATE ON pairing_code
FOR EACH ROW WHEN (OLD.used_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.name <> OLD.name OR NEW.made_at <>
    OLD.made_at OR NEW.ends_at <> OLD.ends_at) EXECUTE FUNCTION ledger.refuse('a pairing code can only be used, once');
