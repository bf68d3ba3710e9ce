-- The people who sign in. A user is never deleted: the books keep the full name with what was recorded. clinics is a JSON
-- list of the clinics that the user was given, NULL for every clinic.
CREATE TABLE user (
    id            INTEGER PRIMARY KEY CHECK (id > 0),
    sign_in_name  TEXT NOT NULL UNIQUE CHECK (sign_in_name <> ''),
    full_name     TEXT NOT NULL UNIQUE CHECK (full_name <> ''),
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'manager', 'biller', 'viewer', 'attorney')),
    clinics       TEXT,
    attorney      TEXT NOT NULL,
    is_disabled   INTEGER NOT NULL CHECK (is_disabled IN (0, 1)),
    made_at       TEXT NOT NULL,
    password_hash TEXT,
    password_at   TEXT,
    CHECK ((role = 'attorney') = (attorney <> '')),
    CHECK ((password_hash IS NULL) = (password_at IS NULL))
) STRICT;

CREATE TRIGGER user_keeps_identity BEFORE UPDATE ON user
WHEN NEW.id <> OLD.id OR NEW.sign_in_name <> OLD.sign_in_name OR NEW.made_at <> OLD.made_at
BEGIN SELECT RAISE(ABORT, 'a user keeps the id and the name to sign in with'); END;

-- Every name that the books may hold, folded, and whose it is: NULL for the names of programs. A name never goes to another
-- user, also after its user was given another name or was disabled.
CREATE TABLE recorded_name (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    user INTEGER REFERENCES user (id)
) STRICT;

-- What each user was from a moment on: who could see what on which day.
CREATE TABLE user_change (
    id          INTEGER PRIMARY KEY CHECK (id > 0),
    user        INTEGER NOT NULL REFERENCES user (id),
    changed_at  TEXT NOT NULL,
    changed_by  TEXT NOT NULL,
    full_name   TEXT NOT NULL,
    role        TEXT NOT NULL,
    clinics     TEXT,
    attorney    TEXT NOT NULL,
    is_disabled INTEGER NOT NULL
) STRICT;

-- The secret that a user's authenticator app knows. It counts once a code confirmed it. last_step is the thirty seconds of
-- the last code that was accepted: no code is accepted twice.
CREATE TABLE second_factor (
    user         INTEGER PRIMARY KEY REFERENCES user (id),
    secret       TEXT NOT NULL,
    made_at      TEXT NOT NULL,
    confirmed_at TEXT,
    last_step    INTEGER NOT NULL
) STRICT;

-- Who is signed in where. The token itself is known only to its holder; here is its digest.
CREATE TABLE session (
    digest       TEXT PRIMARY KEY CHECK (length(digest) = 64),
    user         INTEGER NOT NULL REFERENCES user (id),
    kind         TEXT NOT NULL CHECK (kind IN ('page', 'add-in', 'program')),
    device       TEXT NOT NULL,
    made_at      TEXT NOT NULL,
    ends_at      TEXT NOT NULL,
    idle_seconds INTEGER NOT NULL CHECK (idle_seconds > 0),
    ended_at     TEXT
) STRICT;

CREATE INDEX session_of_user ON session (user);

CREATE TRIGGER session_ends_once BEFORE UPDATE ON session
WHEN OLD.ended_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.user <> OLD.user OR NEW.kind <> OLD.kind
    OR NEW.device <> OLD.device OR NEW.made_at <> OLD.made_at OR NEW.ends_at <> OLD.ends_at
    OR NEW.idle_seconds <> OLD.idle_seconds
BEGIN SELECT RAISE(ABORT, 'a session can only be ended, once'); END;

-- Tokens of programs that work without a person. made_by is NULL for one made on the ledger folder itself.
CREATE TABLE program_token (
    digest   TEXT PRIMARY KEY CHECK (length(digest) = 64),
    name     TEXT NOT NULL CHECK (name <> ''),
    role     TEXT NOT NULL CHECK (role IN ('administrator', 'manager', 'biller', 'viewer')),
    clinics  TEXT,
    made_by  INTEGER REFERENCES user (id),
    made_at  TEXT NOT NULL,
    ends_at  TEXT NOT NULL,
    ended_at TEXT
) STRICT;

CREATE TRIGGER program_token_ends_once BEFORE UPDATE ON program_token
WHEN OLD.ended_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.name <> OLD.name OR NEW.role <> OLD.role
    OR NEW.clinics IS NOT OLD.clinics OR NEW.made_by IS NOT OLD.made_by OR NEW.made_at <> OLD.made_at
    OR NEW.ends_at <> OLD.ends_at
BEGIN SELECT RAISE(ABORT, 'a program token can only be ended, once'); END;

-- When a session or a program token was last used. It changes all day, so it is outside the journal.
CREATE TABLE session_use (
    digest  TEXT PRIMARY KEY,
    used_at TEXT NOT NULL
) STRICT;

-- Codes with which a user sets a new password, once.
CREATE TABLE password_link (
    digest   TEXT PRIMARY KEY CHECK (length(digest) = 64),
    user     INTEGER NOT NULL REFERENCES user (id),
    made_at  TEXT NOT NULL,
    ends_at  TEXT NOT NULL,
    ended_at TEXT
) STRICT;

CREATE TRIGGER password_link_ends_once BEFORE UPDATE ON password_link
WHEN OLD.ended_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.user <> OLD.user OR NEW.made_at <> OLD.made_at
    OR NEW.ends_at <> OLD.ends_at
BEGIN SELECT RAISE(ABORT, 'a password link can only be used or withdrawn, once'); END;

-- Requests of a desktop add-in to be signed in by somebody who types its short code on a page. One is decided once, and the
-- session that it leads to is fetched once.
CREATE TABLE device_request (
    digest      TEXT PRIMARY KEY CHECK (length(digest) = 64),
    code_digest TEXT NOT NULL CHECK (length(code_digest) = 64),
    kind        TEXT NOT NULL CHECK (kind IN ('add-in', 'program')),
    device      TEXT NOT NULL,
    origin      TEXT NOT NULL,
    made_at     TEXT NOT NULL,
    ends_at     TEXT NOT NULL,
    user        INTEGER REFERENCES user (id),
    approved_in TEXT REFERENCES session (digest),
    is_denied   INTEGER NOT NULL CHECK (is_denied IN (0, 1)),
    taken_at    TEXT
) STRICT;

CREATE INDEX device_request_by_code ON device_request (code_digest);

CREATE TRIGGER device_request_goes_forward BEFORE UPDATE ON device_request
WHEN OLD.taken_at IS NOT NULL OR OLD.is_denied = 1 OR NEW.digest <> OLD.digest OR NEW.code_digest <> OLD.code_digest
    OR NEW.kind <> OLD.kind OR NEW.device <> OLD.device OR NEW.origin <> OLD.origin OR NEW.made_at <> OLD.made_at
    OR NEW.ends_at <> OLD.ends_at OR (OLD.user IS NOT NULL AND NEW.user IS NOT OLD.user)
    OR (OLD.approved_in IS NOT NULL AND NEW.approved_in IS NOT OLD.approved_in)
BEGIN SELECT RAISE(ABORT, 'a device request is decided once and taken once'); END;
