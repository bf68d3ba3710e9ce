-- Whom invoices are about and who pays them: a name each, once, however it is spelled, and nothing
-- else. What a step or an invoice says of a person is a row id here.
CREATE TABLE patient (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL CHECK (name <> ''),
    folded TEXT NOT NULL UNIQUE CHECK (folded <> '')
) STRICT;
CREATE TABLE payer (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL CHECK (name <> ''),
    folded TEXT NOT NULL UNIQUE CHECK (folded <> '')
) STRICT;
CREATE TABLE attorney (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL CHECK (name <> ''),
    folded TEXT NOT NULL UNIQUE CHECK (folded <> '')
) STRICT;
CREATE TABLE facility (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL CHECK (name <> ''),
    folded TEXT NOT NULL UNIQUE CHECK (folded <> '')
) STRICT;
CREATE TABLE physician (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL CHECK (name <> ''),
    folded TEXT NOT NULL UNIQUE CHECK (folded <> '')
) STRICT;

CREATE TRIGGER patient_stays BEFORE DELETE ON patient
BEGIN SELECT RAISE(ABORT, 'patient rows are never deleted'); END;
CREATE TRIGGER payer_stays BEFORE DELETE ON payer
BEGIN SELECT RAISE(ABORT, 'payer rows are never deleted'); END;
CREATE TRIGGER attorney_stays BEFORE DELETE ON attorney
BEGIN SELECT RAISE(ABORT, 'attorney rows are never deleted'); END;
CREATE TRIGGER facility_stays BEFORE DELETE ON facility
BEGIN SELECT RAISE(ABORT, 'facility rows are never deleted'); END;
CREATE TRIGGER physician_stays BEFORE DELETE ON physician
BEGIN SELECT RAISE(ABORT, 'physician rows are never deleted'); END;

-- One injury of one patient. Two patients may have a case of one name; a case may have none.
-- Its attorney and payer are those of its first invoice that names one.
CREATE TABLE patient_case (
    id       INTEGER PRIMARY KEY,
    patient  INTEGER NOT NULL REFERENCES patient (id),
    name     TEXT NOT NULL,
    folded   TEXT NOT NULL,
    attorney INTEGER REFERENCES attorney (id),
    payer    INTEGER REFERENCES payer (id),
    UNIQUE (patient, folded)
) STRICT;

CREATE TRIGGER patient_case_keeps_patient BEFORE UPDATE OF id, patient ON patient_case
BEGIN SELECT RAISE(ABORT, 'patient_case patients are never changed'); END;
CREATE TRIGGER patient_case_stays BEFORE DELETE ON patient_case
BEGIN SELECT RAISE(ABORT, 'patient_case rows are never deleted'); END;

-- Where each invoice stands: the sum of its steps, kept so that nobody has to add them up.
-- ``standing`` lists the places of the steps that could be taken back, ``lined`` is the step its lines
-- are from. ``ledger verify`` adds the steps up again and compares.
CREATE TABLE invoice (
    id                INTEGER PRIMARY KEY,
    number            TEXT NOT NULL UNIQUE,
    patient_case      INTEGER NOT NULL REFERENCES patient_case (id),
    exam_date         TEXT NOT NULL CHECK (LENGTH(exam_date) = 10),
    created           TEXT NOT NULL CHECK (LENGTH(created) = 10),
    payer             INTEGER REFERENCES payer (id),
    attorney          INTEGER REFERENCES attorney (id),
    facility          INTEGER REFERENCES facility (id),
    physician         INTEGER REFERENCES physician (id),
    state             TEXT NOT NULL CHECK (state IN ('pending_invoice', 'pending_reduction',
        'pending_cheque', 'cheque_received', 'paid', 'written_off', 'voided')),
    version           INTEGER NOT NULL CHECK (version > 0),
    billed_cents      INTEGER NOT NULL CHECK (billed_cents >= 0),
    reduction_cents   INTEGER NOT NULL CHECK (reduction_cents >= 0),
    written_off_cents INTEGER NOT NULL CHECK (written_off_cents >= 0),
    balance_cents     INTEGER NOT NULL CHECK (balance_cents >= 0),
    in_hand_cents     INTEGER NOT NULL CHECK (in_hand_cents >= 0),
    banked_cents      INTEGER NOT NULL CHECK (banked_cents >= 0),
    unapplied_cents   INTEGER NOT NULL CHECK (unapplied_cents >= 0),
    agreed_cents      INTEGER CHECK (agreed_cents > 0),
    sent_on           TEXT CHECK (LENGTH(sent_on) = 10),
    agreed_on         TEXT CHECK (LENGTH(agreed_on) = 10),
    paid_on           TEXT CHECK (LENGTH(paid_on) = 10),
    lined             INTEGER NOT NULL CHECK (lined BETWEEN 1 AND version),
    offers            TEXT NOT NULL,
    denied_on         TEXT NOT NULL,
    standing          TEXT NOT NULL,
    CHECK (billed_cents = reduction_cents + written_off_cents + balance_cents
        + in_hand_cents + banked_cents - unapplied_cents)
) STRICT;

CREATE INDEX invoice_owed ON invoice (created, balance_cents) WHERE balance_cents > 0;
CREATE INDEX invoice_of_case ON invoice (patient_case);

CREATE TRIGGER invoice_keeps_facts BEFORE UPDATE OF id, number, patient_case, exam_date, created, attorney,
    facility, physician ON invoice
BEGIN SELECT RAISE(ABORT, 'invoice facts are never changed'); END;
CREATE TRIGGER invoice_moves_on BEFORE UPDATE OF version ON invoice WHEN NEW.version <= OLD.version
BEGIN SELECT RAISE(ABORT, 'invoice versions never go back'); END;
CREATE TRIGGER invoice_stays BEFORE DELETE ON invoice
BEGIN SELECT RAISE(ABORT, 'invoice rows are never deleted'); END;

-- Everything that was ever done, in the order it was recorded. ``previous`` is the hash of the row before,
-- ``hash`` that of this row and its transfers with ``previous``: one chain for the clinic.
CREATE TABLE step (
    id          INTEGER PRIMARY KEY CHECK (id > 0),
    request     TEXT NOT NULL CHECK (request <> ''),
    invoice     INTEGER NOT NULL REFERENCES invoice (id),
    place       INTEGER NOT NULL CHECK (place > 0),
    action      TEXT NOT NULL,
    from_state  TEXT NOT NULL,
    to_state    TEXT NOT NULL,
    day         TEXT NOT NULL CHECK (LENGTH(day) = 10),
    inputs      TEXT NOT NULL,
    note        TEXT NOT NULL,
    reverses    TEXT NOT NULL,
    facts       TEXT,
    actor       TEXT NOT NULL CHECK (actor <> ''),
    recorded_at TEXT NOT NULL,
    previous    TEXT NOT NULL,
    hash        TEXT NOT NULL CHECK (LENGTH(hash) = 64),
    UNIQUE (invoice, place),
    CHECK ((facts IS NOT NULL) = (place = 1)),
    CHECK ((previous = '') = (id = 1))
) STRICT;

CREATE TRIGGER step_continues_the_chain BEFORE INSERT ON step
WHEN NEW.id > 1 AND NEW.previous IS NOT (SELECT hash FROM step WHERE id = NEW.id - 1)
BEGIN SELECT RAISE(ABORT, 'step rows are only added at the end'); END;
CREATE TRIGGER step_never_changes BEFORE UPDATE ON step
BEGIN SELECT RAISE(ABORT, 'step rows are never changed'); END;
CREATE TRIGGER step_stays BEFORE DELETE ON step
BEGIN SELECT RAISE(ABORT, 'step rows are never deleted'); END;

-- One movement of money is one row, so it cannot be half recorded.
CREATE TABLE transfer (
    step         INTEGER NOT NULL REFERENCES step (id),
    place        INTEGER NOT NULL CHECK (place > 0),
    debit        TEXT NOT NULL CHECK (debit IN ('receivable', 'billed', 'reduction', 'cheques in hand',
        'bank', 'write-off', 'unapplied credit')),
    credit       TEXT NOT NULL CHECK (credit IN ('receivable', 'billed', 'reduction', 'cheques in hand',
        'bank', 'write-off', 'unapplied credit')),
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    PRIMARY KEY (step, place),
    CHECK (debit <> credit)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER transfer_never_changes BEFORE UPDATE ON transfer
BEGIN SELECT RAISE(ABORT, 'transfer rows are never changed'); END;
CREATE TRIGGER transfer_stays BEFORE DELETE ON transfer
BEGIN SELECT RAISE(ABORT, 'transfer rows are never deleted'); END;

-- A cheque is known by who pays, its number and its amount. One that bounced, or was recorded by mistake
-- and taken back, may be recorded again: it stands while a step that recorded it does.
CREATE TABLE cheque (
    id           INTEGER PRIMARY KEY,
    payer        TEXT NOT NULL CHECK (payer <> ''),
    number       TEXT NOT NULL CHECK (number <> ''),
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    UNIQUE (payer, number, amount_cents)
) STRICT;

CREATE TRIGGER cheque_never_changes BEFORE UPDATE ON cheque
BEGIN SELECT RAISE(ABORT, 'cheque rows are never changed'); END;
CREATE TRIGGER cheque_stays BEFORE DELETE ON cheque
BEGIN SELECT RAISE(ABORT, 'cheque rows are never deleted'); END;

-- What of a cheque a step took for its invoice, and on top of it for nobody yet.
CREATE TABLE allocation (
    step            INTEGER PRIMARY KEY REFERENCES step (id),
    cheque          INTEGER NOT NULL REFERENCES cheque (id),
    amount_cents    INTEGER NOT NULL CHECK (amount_cents > 0),
    unapplied_cents INTEGER NOT NULL CHECK (unapplied_cents >= 0)
) STRICT;

CREATE INDEX allocation_of_cheque ON allocation (cheque);

CREATE TRIGGER allocation_never_changes BEFORE UPDATE ON allocation
BEGIN SELECT RAISE(ABORT, 'allocation rows are never changed'); END;
CREATE TRIGGER allocation_stays BEFORE DELETE ON allocation
BEGIN SELECT RAISE(ABORT, 'allocation rows are never deleted'); END;
