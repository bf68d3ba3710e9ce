-- The people who sign in. A user is never deleted: the books keep the full name with what was recorded. clinics is a JSON
-- list of the clinics that the user was given, NULL for every clinic.
CREATE TABLE "user" (
    id            BIGINT NOT NULL DEFAULT ledger.next_id('user') CHECK (id > 0),
    sign_in_name  TEXT NOT NULL CHECK (sign_in_name <> ''),
    full_name     TEXT NOT NULL CHECK (full_name <> ''),
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'manager', 'biller', 'viewer', 'attorney')),
    clinics       TEXT,
    attorney      TEXT NOT NULL,
    is_disabled   BIGINT NOT NULL CHECK (is_disabled IN (0, 1)),
    made_at       TEXT NOT NULL,
    password_hash TEXT,
    password_at   TEXT,
    PRIMARY KEY (id),
    UNIQUE (sign_in_name),
    UNIQUE (full_name),
    CHECK ((role = 'attorney') = (attorney <> '')),
    CHECK ((password_hash IS NULL) = (password_at IS NULL))
);

CREATE TRIGGER user_keeps_identity BEFORE UPDATE ON "user"
FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.sign_in_name <> OLD.sign_in_name OR NEW.made_at <> OLD.made_at) EXECUTE
    FUNCTION ledger.refuse('a user keeps the id and the name to sign in with');

-- Every name that the books may hold, folded, and whose it is: NULL for the names of programs. A name never goes to another
-- user, also after its user was given another name or was disabled.
CREATE TABLE recorded_name (
    name   TEXT NOT NULL CHECK (name <> ''),
    "user" BIGINT,
    PRIMARY KEY (name),
    FOREIGN KEY ("user") REFERENCES "user" (id)
);

-- What each user was from a moment on: who could see what on which day.
CREATE TABLE user_change (
    id          BIGINT NOT NULL DEFAULT ledger.next_id('user_change') CHECK (id > 0),
    "user"      BIGINT NOT NULL,
    changed_at  TEXT NOT NULL,
    changed_by  TEXT NOT NULL,
    full_name   TEXT NOT NULL,
    role        TEXT NOT NULL,
    clinics     TEXT,
    attorney    TEXT NOT NULL,
    is_disabled BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY ("user") REFERENCES "user" (id)
);

-- The secret that a user's authenticator app knows. It counts once a code confirmed it. last_step is the thirty seconds of
-- the last code that was accepted: no code is accepted twice.
CREATE TABLE second_factor (
    "user"       BIGINT NOT NULL,
    secret       TEXT NOT NULL,
    made_at      TEXT NOT NULL,
    confirmed_at TEXT,
    last_step    BIGINT NOT NULL,
    PRIMARY KEY ("user"),
    FOREIGN KEY ("user") REFERENCES "user" (id)
);

-- Who is signed in where. The token itself is known only to its holder; here is its digest.
CREATE TABLE session (
    digest       TEXT NOT NULL CHECK (length(digest) = 64),
    "user"       BIGINT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('page', 'add-in', 'program')),
    device       TEXT NOT NULL,
    made_at      TEXT NOT NULL,
    ends_at      TEXT NOT NULL,
    idle_seconds BIGINT NOT NULL CHECK (idle_seconds > 0),
    ended_at     TEXT,
    PRIMARY KEY (digest),
    FOREIGN KEY ("user") REFERENCES "user" (id)
);

CREATE INDEX session_of_user ON session ("user");

CREATE TRIGGER session_ends_once BEFORE UPDATE ON session
FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW."user" <> OLD."user" OR NEW.kind <>
    OLD.kind OR NEW.device <> OLD.device OR NEW.made_at <> OLD.made_at OR NEW.ends_at <> OLD.ends_at OR NEW.idle_seconds
    <> OLD.idle_seconds) EXECUTE FUNCTION ledger.refuse('a session can only be ended, once');

-- Tokens of programs that work without a person. made_by is NULL for one made on the ledger folder itself.
CREATE TABLE program_token (
    digest   TEXT NOT NULL CHECK (length(digest) = 64),
    name     TEXT NOT NULL CHECK (name <> ''),
    role     TEXT NOT NULL CHECK (role IN ('administrator', 'manager', 'biller', 'viewer')),
    clinics  TEXT,
    made_by  BIGINT,
    made_at  TEXT NOT NULL,
    ends_at  TEXT NOT NULL,
    ended_at TEXT,
    PRIMARY KEY (digest),
    FOREIGN KEY (made_by) REFERENCES "user" (id)
);

CREATE TRIGGER program_token_ends_once BEFORE UPDATE ON program_token
FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.name <> OLD.name OR NEW.role <> OLD.role
    OR NEW.clinics IS DISTINCT FROM OLD.clinics OR NEW.made_by IS DISTINCT FROM OLD.made_by OR NEW.made_at <> OLD.made_at
    OR NEW.ends_at <> OLD.ends_at) EXECUTE FUNCTION ledger.refuse('a program token can only be ended, once');

-- When a session or a program token was last used. It changes all day, so it is outside the journal.
CREATE TABLE session_use (
    digest  TEXT NOT NULL,
    used_at TEXT NOT NULL,
    PRIMARY KEY (digest)
);

-- Codes with which a user sets a new password, once.
CREATE TABLE password_link (
    digest   TEXT NOT NULL CHECK (length(digest) = 64),
    "user"   BIGINT NOT NULL,
    made_at  TEXT NOT NULL,
    ends_at  TEXT NOT NULL,
    ended_at TEXT,
    PRIMARY KEY (digest),
    FOREIGN KEY ("user") REFERENCES "user" (id)
);

CREATE TRIGGER password_link_ends_once BEFORE UPDATE ON password_link
FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW."user" <> OLD."user" OR NEW.made_at <>
    OLD.made_at OR NEW.ends_at <> OLD.ends_at) EXECUTE FUNCTION ledger.refuse('a password link can only be used or withdrawn, once');

-- Requests of a desktop add-in to be signed in by somebody who types its short code on a page. One is decided once, and the
-- session that it leads to is fetched once.
CREATE TABLE device_request (
    digest      TEXT NOT NULL CHECK (length(digest) = 64),
    code_digest TEXT NOT NULL CHECK (length(code_digest) = 64),
    kind        TEXT NOT NULL CHECK (kind IN ('add-in', 'program')),
    device      TEXT NOT NULL,
    origin      TEXT NOT NULL,
    made_at     TEXT NOT NULL,
    ends_at     TEXT NOT NULL,
    "user"      BIGINT,
    approved_in TEXT,
    is_denied   BIGINT NOT NULL CHECK (is_denied IN (0, 1)),
    taken_at    TEXT,
    PRIMARY KEY (digest),
    FOREIGN KEY ("user") REFERENCES "user" (id),
    FOREIGN KEY (approved_in) REFERENCES session (digest)
);

CREATE INDEX device_request_by_code ON device_request (code_digest);

CREATE TRIGGER device_request_goes_forward BEFORE UPDATE ON device_request
FOR EACH ROW WHEN (OLD.taken_at IS NOT NULL OR OLD.is_denied = 1 OR NEW.digest <> OLD.digest OR NEW.code_digest <>
    OLD.code_digest OR NEW.kind <> OLD.kind OR NEW.device <> OLD.device OR NEW.origin <> OLD.origin OR NEW.made_at <>
    OLD.made_at OR NEW.ends_at <> OLD.ends_at OR (OLD."user" IS NOT NULL AND NEW."user" IS DISTINCT FROM OLD."user") OR
    (OLD.approved_in IS NOT NULL AND NEW.approved_in IS DISTINCT FROM OLD.approved_in)) EXECUTE FUNCTION ledger.refuse('a device request is decided once and taken once');
