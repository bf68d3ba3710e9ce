-- The rows of the setup sheets Payers, Reminder mail and Mail texts. They only grow, as rates do. copies_to are addresses as JSON.
CREATE TABLE payer_contact (
    id          INTEGER PRIMARY KEY,
    payer       TEXT NOT NULL CHECK (payer <> ''),
    email       TEXT NOT NULL,
    address     TEXT NOT NULL,
    is_mailed   INTEGER NOT NULL CHECK (is_mailed IN (0, 1)),
    note        TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    CHECK (is_mailed = 0 OR email <> '')
) STRICT;

CREATE TABLE payer_contact_withdrawal (
    id           INTEGER PRIMARY KEY REFERENCES payer_contact (id),
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;

CREATE TABLE reminder_level (
    id          INTEGER PRIMARY KEY,
    level       INTEGER NOT NULL CHECK (level BETWEEN 1 AND 9),
    after_days  INTEGER NOT NULL CHECK (after_days BETWEEN 1 AND 730),
    counts_from TEXT NOT NULL CHECK (counts_from IN ('sent', 'agreed', 'last level')),
    state       TEXT NOT NULL CHECK (state IN ('Pending reduction', 'Pending cheque')),
    template    TEXT NOT NULL CHECK (template <> ''),
    copies_to   TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE TABLE reminder_level_withdrawal (
    id           INTEGER PRIMARY KEY REFERENCES reminder_level (id),
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;

CREATE TABLE mail_text (
    id          INTEGER PRIMARY KEY,
    template    TEXT NOT NULL CHECK (template <> ''),
    subject     TEXT NOT NULL CHECK (subject <> ''),
    text        TEXT NOT NULL CHECK (text <> ''),
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE TABLE mail_text_withdrawal (
    id           INTEGER PRIMARY KEY REFERENCES mail_text (id),
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;
