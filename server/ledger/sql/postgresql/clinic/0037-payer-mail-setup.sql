-- The rows of the setup sheets Payers, Reminder mail and Mail texts. They only grow, as rates do. copies_to are addresses as JSON.
CREATE TABLE payer_contact (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('payer_contact'),
    payer       TEXT NOT NULL CHECK (payer <> ''),
    email       TEXT NOT NULL,
    address     TEXT NOT NULL,
    is_mailed   BIGINT NOT NULL CHECK (is_mailed IN (0, 1)),
    note        TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    CHECK (is_mailed = 0 OR email <> '')
);

CREATE TABLE payer_contact_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES payer_contact (clinic, id)
);

CREATE TABLE reminder_level (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('reminder_level'),
    level       BIGINT NOT NULL CHECK (level BETWEEN 1 AND 9),
    after_days  BIGINT NOT NULL CHECK (after_days BETWEEN 1 AND 730),
    counts_from TEXT NOT NULL CHECK (counts_from IN ('sent', 'agreed', 'last level')),
    state       TEXT NOT NULL CHECK (state IN ('Pending reduction', 'Pending cheque')),
    template    TEXT NOT NULL CHECK (template <> ''),
    copies_to   TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id)
);

CREATE TABLE reminder_level_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES reminder_level (clinic, id)
);

CREATE TABLE mail_text (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('mail_text'),
    template    TEXT NOT NULL CHECK (template <> ''),
    subject     TEXT NOT NULL CHECK (subject <> ''),
    text        TEXT NOT NULL CHECK (text <> ''),
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id)
);

CREATE TABLE mail_text_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES mail_text (clinic, id)
);
