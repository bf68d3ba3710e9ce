-- Prices only grow, as rates do: a changed row is withdrawn and another one written. No payer ("")
-- means any.
CREATE TABLE price (
    id               INTEGER PRIMARY KEY,
    code             TEXT NOT NULL CHECK (code <> ''),
    description      TEXT NOT NULL,
    unit_price_cents INTEGER NOT NULL CHECK (unit_price_cents >= 0),
    bilateral        TEXT NOT NULL CHECK (bilateral IN ('x1', 'x1.5', 'x2', 'not allowed')),
    payer            TEXT NOT NULL,
    effective_from   TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    recorded_at      TEXT NOT NULL,
    recorded_by      TEXT NOT NULL
) STRICT;

CREATE TRIGGER price_never_changes BEFORE UPDATE ON price
BEGIN SELECT RAISE(ABORT, 'price rows are never changed'); END;
CREATE TRIGGER price_stays BEFORE DELETE ON price
BEGIN SELECT RAISE(ABORT, 'price rows are never deleted'); END;

CREATE TABLE price_withdrawal (
    id           INTEGER PRIMARY KEY REFERENCES price (id),
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;

CREATE TRIGGER price_withdrawal_never_changes BEFORE UPDATE ON price_withdrawal
BEGIN SELECT RAISE(ABORT, 'price_withdrawal rows are never changed'); END;
CREATE TRIGGER price_withdrawal_stays BEFORE DELETE ON price_withdrawal
BEGIN SELECT RAISE(ABORT, 'price_withdrawal rows are never deleted'); END;

-- Which codes an exam type bills; with sub-exams, only those of the chosen ones.
CREATE TABLE exam_code (
    id          INTEGER PRIMARY KEY,
    exam_type   TEXT NOT NULL CHECK (exam_type <> ''),
    sub_exam    TEXT NOT NULL,
    code        TEXT NOT NULL CHECK (code <> ''),
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE TRIGGER exam_code_never_changes BEFORE UPDATE ON exam_code
BEGIN SELECT RAISE(ABORT, 'exam_code rows are never changed'); END;
CREATE TRIGGER exam_code_stays BEFORE DELETE ON exam_code
BEGIN SELECT RAISE(ABORT, 'exam_code rows are never deleted'); END;

CREATE TABLE exam_code_withdrawal (
    id           INTEGER PRIMARY KEY REFERENCES exam_code (id),
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;

CREATE TRIGGER exam_code_withdrawal_never_changes BEFORE UPDATE ON exam_code_withdrawal
BEGIN SELECT RAISE(ABORT, 'exam_code_withdrawal rows are never changed'); END;
CREATE TRIGGER exam_code_withdrawal_stays BEFORE DELETE ON exam_code_withdrawal
BEGIN SELECT RAISE(ABORT, 'exam_code_withdrawal rows are never deleted'); END;

-- That the organisation holds the licences its own codes and descriptions need: who said so, when, in
-- which words.
CREATE TABLE licence_attestation (
    id          INTEGER PRIMARY KEY,
    words       TEXT NOT NULL CHECK (words <> ''),
    attested_at TEXT NOT NULL,
    attested_by TEXT NOT NULL CHECK (attested_by <> '')
) STRICT;

CREATE TRIGGER licence_attestation_never_changes BEFORE UPDATE ON licence_attestation
BEGIN SELECT RAISE(ABORT, 'licence_attestation rows are never changed'); END;
CREATE TRIGGER licence_attestation_stays BEFORE DELETE ON licence_attestation
BEGIN SELECT RAISE(ABORT, 'licence_attestation rows are never deleted'); END;
