-- The accounts with which users sign in at the firm's identity provider. An administrator writes down the name that a user
-- has there. The first sign-in with that name ties the row to the account itself, which the provider's address (issuer) and
-- the account's number there (subject) name for good. From then on the name counts no more.
CREATE TABLE identity_account (
    id            BIGINT NOT NULL DEFAULT ledger.next_id('identity_account') CHECK (id > 0),
    "user"        BIGINT NOT NULL,
    identity_name TEXT NOT NULL CHECK (identity_name <> ''),
    made_at       TEXT NOT NULL,
    issuer        TEXT,
    subject       TEXT,
    tied_at       TEXT,
    ended_at      TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY ("user") REFERENCES "user" (id),
    CHECK ((issuer IS NULL) = (subject IS NULL) AND (issuer IS NULL) = (tied_at IS NULL))
);

CREATE UNIQUE INDEX identity_account_of_user ON identity_account ("user") WHERE ended_at IS NULL;
CREATE UNIQUE INDEX identity_account_of_name ON identity_account (identity_name) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX identity_account_of_subject ON identity_account (issuer, subject) WHERE ended_at IS NULL;

CREATE TRIGGER identity_account_goes_forward BEFORE UPDATE ON identity_account
FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL OR NEW.id <> OLD.id OR NEW."user" <> OLD."user" OR NEW.identity_name <>
    OLD.identity_name OR NEW.made_at <> OLD.made_at OR (OLD.tied_at IS NOT NULL AND (NEW.issuer IS DISTINCT FROM
    OLD.issuer OR NEW.subject IS DISTINCT FROM OLD.subject OR NEW.tied_at IS DISTINCT FROM OLD.tied_at))) EXECUTE
    FUNCTION ledger.refuse('a identity account is tied once and ended once');
