-- What was written to payers and attorneys about invoices: mail and letters. A mail is recorded before the mail server is spoken to,
-- and its outcome after. One without an outcome may or may not have reached the payer: it is never sent again by itself.
-- payer and attorney say whom it is to, address is the e-mail address or the lines of the envelope. level is that of a reminder.
-- digest is that of the whole message or file. The text is not kept.
CREATE TABLE mail_message (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL DEFAULT ledger.next_id('mail_message'),
    channel      TEXT NOT NULL CHECK (channel IN ('mail', 'letter')),
    kind         TEXT NOT NULL CHECK (kind IN ('reminder', 'not yours', 'reduction offer', 'lien')),
    payer        BIGINT,
    attorney     BIGINT,
    address      TEXT NOT NULL,
    copies_to    TEXT NOT NULL,
    level        BIGINT CHECK (level BETWEEN 1 AND 9),
    template     TEXT NOT NULL,
    digest       TEXT NOT NULL CHECK (LENGTH(digest) = 64),
    message_id   TEXT NOT NULL CHECK (message_id <> ''),
    invoices     BIGINT NOT NULL CHECK (invoices > 0),
    amount_cents BIGINT NOT NULL CHECK (amount_cents >= 0),
    recorded_at  TEXT NOT NULL,
    recorded_by  TEXT NOT NULL CHECK (recorded_by <> ''),
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, payer) REFERENCES payer (clinic, id),
    FOREIGN KEY (clinic, attorney) REFERENCES attorney (clinic, id),
    UNIQUE (clinic, message_id),
    CHECK (channel = 'letter' OR (payer IS NOT NULL AND address <> '' AND level IS NOT NULL AND kind = 'reminder')),
    CHECK (payer IS NULL OR attorney IS NULL)
);

-- Which invoices a message is about, in which state each was then, and which level it reached.
CREATE TABLE mail_invoice (
    clinic        TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    message       BIGINT NOT NULL,
    place         BIGINT NOT NULL CHECK (place >= 0),
    invoice       BIGINT NOT NULL,
    state         TEXT NOT NULL,
    level         BIGINT CHECK (level BETWEEN 1 AND 9),
    balance_cents BIGINT NOT NULL CHECK (balance_cents >= 0),
    PRIMARY KEY (clinic, message, place),
    FOREIGN KEY (clinic, message) REFERENCES mail_message (clinic, id),
    FOREIGN KEY (clinic, invoice) REFERENCES invoice (clinic, id)
);

CREATE INDEX mail_invoice_of_invoice ON mail_invoice (clinic, invoice);

-- What became of a mail; the latest row counts. is_lasting: the server refused the address for good.
CREATE TABLE mail_outcome (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('mail_outcome'),
    message     BIGINT NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('sent', 'failed', 'unknown', 'send again', 'bounced')),
    is_lasting  BIGINT NOT NULL CHECK (is_lasting IN (0, 1)),
    reason      TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL CHECK (recorded_by <> ''),
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, message) REFERENCES mail_message (clinic, id)
);

CREATE INDEX mail_outcome_of_message ON mail_outcome (clinic, message, id);
