-- Prices only grow, as rates do: a changed row is withdrawn and another one written. No payer ("")
-- means any.
CREATE TABLE price (
    clinic           TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id               BIGINT NOT NULL DEFAULT ledger.next_id('price'),
    code             TEXT NOT NULL CHECK (code <> ''),
    description      TEXT NOT NULL,
    unit_price_cents BIGINT NOT NULL CHECK (unit_price_cents >= 0),
    bilateral        TEXT NOT NULL CHECK (bilateral IN ('x1', 'x1.5', 'x2', 'not allowed')),
    payer            TEXT NOT NULL,
    effective_from   TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    recorded_at      TEXT NOT NULL,
    recorded_by      TEXT NOT NULL,
    PRIMARY KEY (clinic, id)
);

CREATE TABLE price_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES price (clinic, id)
);

-- Which codes an exam type bills; with sub-exams, only those of the chosen ones.
CREATE TABLE exam_code (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('exam_code'),
    exam_type   TEXT NOT NULL CHECK (exam_type <> ''),
    sub_exam    TEXT NOT NULL,
    code        TEXT NOT NULL CHECK (code <> ''),
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id)
);

CREATE TABLE exam_code_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES exam_code (clinic, id)
);

-- That the organisation holds the licences its own codes and descriptions need: who said so, when, in
-- which words.
CREATE TABLE licence_attestation (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('licence_attestation'),
    words       TEXT NOT NULL CHECK (words <> ''),
    attested_at TEXT NOT NULL,
    attested_by TEXT NOT NULL CHECK (attested_by <> ''),
    PRIMARY KEY (clinic, id)
);
