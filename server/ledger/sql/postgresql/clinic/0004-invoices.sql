-- Whom invoices are about and who pays them: a name each, once, however it is spelled, and nothing
-- else. What a step or an invoice says of a person is a row id here.
CREATE TABLE patient (
    clinic TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id     BIGINT NOT NULL DEFAULT ledger.next_id('patient'),
    name   TEXT NOT NULL CHECK (name <> ''),
    folded TEXT NOT NULL CHECK (folded <> ''),
    PRIMARY KEY (clinic, id),
    UNIQUE (clinic, folded)
);
CREATE TABLE payer (
    clinic TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id     BIGINT NOT NULL DEFAULT ledger.next_id('payer'),
    name   TEXT NOT NULL CHECK (name <> ''),
    folded TEXT NOT NULL CHECK (folded <> ''),
    PRIMARY KEY (clinic, id),
    UNIQUE (clinic, folded)
);
CREATE TABLE attorney (
    clinic TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id     BIGINT NOT NULL DEFAULT ledger.next_id('attorney'),
    name   TEXT NOT NULL CHECK (name <> ''),
    folded TEXT NOT NULL CHECK (folded <> ''),
    PRIMARY KEY (clinic, id),
    UNIQUE (clinic, folded)
);
CREATE TABLE facility (
    clinic TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id     BIGINT NOT NULL DEFAULT ledger.next_id('facility'),
    name   TEXT NOT NULL CHECK (name <> ''),
    folded TEXT NOT NULL CHECK (folded <> ''),
    PRIMARY KEY (clinic, id),
    UNIQUE (clinic, folded)
);
CREATE TABLE physician (
    clinic TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id     BIGINT NOT NULL DEFAULT ledger.next_id('physician'),
    name   TEXT NOT NULL CHECK (name <> ''),
    folded TEXT NOT NULL CHECK (folded <> ''),
    PRIMARY KEY (clinic, id),
    UNIQUE (clinic, folded)
);

-- One injury of one patient. Two patients may have a case of one name; a case may have none.
-- Its attorney and payer are those of its first invoice that names one.
CREATE TABLE patient_case (
    clinic   TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id       BIGINT NOT NULL DEFAULT ledger.next_id('patient_case'),
    patient  BIGINT NOT NULL,
    name     TEXT NOT NULL,
    folded   TEXT NOT NULL,
    attorney BIGINT,
    payer    BIGINT,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id),
    FOREIGN KEY (clinic, attorney) REFERENCES attorney (clinic, id),
    FOREIGN KEY (clinic, payer) REFERENCES payer (clinic, id),
    UNIQUE (clinic, patient, folded)
);

CREATE TRIGGER patient_case_keeps_patient BEFORE UPDATE OF id, patient ON patient_case
FOR EACH ROW EXECUTE FUNCTION ledger.refuse('patient_case patients are never changed');

-- Where each invoice stands: the sum of its steps, kept so that nobody has to add them up.
-- ``standing`` lists the places of the steps that could be taken back, ``lined`` is the step its lines
-- are from. ``ledger verify`` adds the steps up again and compares.
CREATE TABLE invoice (
    clinic            TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id                BIGINT NOT NULL DEFAULT ledger.next_id('invoice'),
    number            TEXT NOT NULL,
    patient_case      BIGINT NOT NULL,
    exam_date         TEXT NOT NULL CHECK (LENGTH(exam_date) = 10),
    created           TEXT NOT NULL CHECK (LENGTH(created) = 10),
    payer             BIGINT,
    attorney          BIGINT,
    facility          BIGINT,
    physician         BIGINT,
    state             TEXT NOT NULL CHECK (state IN ('pending_invoice', 'pending_reduction', 'pending_cheque',
        'cheque_received', 'paid', 'written_off', 'voided')),
    version           BIGINT NOT NULL CHECK (version > 0),
    billed_cents      BIGINT NOT NULL CHECK (billed_cents >= 0),
    reduction_cents   BIGINT NOT NULL CHECK (reduction_cents >= 0),
    written_off_cents BIGINT NOT NULL CHECK (written_off_cents >= 0),
    balance_cents     BIGINT NOT NULL CHECK (balance_cents >= 0),
    in_hand_cents     BIGINT NOT NULL CHECK (in_hand_cents >= 0),
    banked_cents      BIGINT NOT NULL CHECK (banked_cents >= 0),
    unapplied_cents   BIGINT NOT NULL CHECK (unapplied_cents >= 0),
    agreed_cents      BIGINT CHECK (agreed_cents > 0),
    sent_on           TEXT CHECK (LENGTH(sent_on) = 10),
    agreed_on         TEXT CHECK (LENGTH(agreed_on) = 10),
    paid_on           TEXT CHECK (LENGTH(paid_on) = 10),
    lined             BIGINT NOT NULL CHECK (lined BETWEEN 1 AND version),
    offers            TEXT NOT NULL,
    denied_on         TEXT NOT NULL,
    standing          TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    UNIQUE (clinic, number),
    FOREIGN KEY (clinic, patient_case) REFERENCES patient_case (clinic, id),
    FOREIGN KEY (clinic, payer) REFERENCES payer (clinic, id),
    FOREIGN KEY (clinic, attorney) REFERENCES attorney (clinic, id),
    FOREIGN KEY (clinic, facility) REFERENCES facility (clinic, id),
    FOREIGN KEY (clinic, physician) REFERENCES physician (clinic, id),
    CHECK (billed_cents = reduction_cents + written_off_cents + balance_cents + in_hand_cents + banked_cents -
        unapplied_cents)
);

CREATE INDEX invoice_owed ON invoice (clinic, created, balance_cents) WHERE balance_cents > 0;
CREATE INDEX invoice_of_case ON invoice (clinic, patient_case);

CREATE TRIGGER invoice_keeps_facts BEFORE UPDATE OF id, number, patient_case, exam_date, created, attorney, facility,
    physician ON invoice
FOR EACH ROW EXECUTE FUNCTION ledger.refuse('invoice facts are never changed');
CREATE TRIGGER invoice_moves_on BEFORE UPDATE OF version ON invoice
FOR EACH ROW WHEN (NEW.version <= OLD.version) EXECUTE FUNCTION ledger.refuse('invoice versions never go back');

-- Everything that was ever done, in the order it was recorded. ``previous`` is the hash of the row before,
-- ``hash`` that of this row and its transfers with ``previous``: one chain for the clinic.
CREATE TABLE step (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('step') CHECK (id > 0),
    request     TEXT NOT NULL CHECK (request <> ''),
    invoice     BIGINT NOT NULL,
    place       BIGINT NOT NULL CHECK (place > 0),
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
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, invoice) REFERENCES invoice (clinic, id),
    UNIQUE (clinic, invoice, place),
    CHECK ((facts IS NOT NULL) = (place = 1)),
    CHECK ((previous = '') = (id = 1))
);

-- The rows of one statement are compared together: 500 steps are recorded at once.
-- OFFSET 0 has the number before computed first: under a policy no index is looked up by an expression that may fail.
CREATE FUNCTION refuse_broken_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ledger.is_moving() AND EXISTS (
        SELECT 1 FROM (SELECT id - 1 AS before, previous FROM written WHERE id > 1 OFFSET 0) AS added
        LEFT JOIN step AS earlier ON earlier.id = added.before
        WHERE added.previous IS DISTINCT FROM earlier.hash
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'step rows are only added at the end';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER step_continues_the_chain AFTER INSERT ON step
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_broken_chain();

-- One movement of money is one row, so it cannot be half recorded.
CREATE TABLE transfer (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    step         BIGINT NOT NULL,
    place        BIGINT NOT NULL CHECK (place > 0),
    debit        TEXT NOT NULL CHECK (debit IN ('receivable', 'billed', 'reduction', 'cheques in hand', 'bank',
        'write-off', 'unapplied credit')),
    credit       TEXT NOT NULL CHECK (credit IN ('receivable', 'billed', 'reduction', 'cheques in hand', 'bank',
        'write-off', 'unapplied credit')),
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    PRIMARY KEY (clinic, step, place),
    FOREIGN KEY (clinic, step) REFERENCES step (clinic, id),
    CHECK (debit <> credit)
);

-- A cheque is known by who pays, its number and its amount. One that bounced, or was recorded by mistake
-- and taken back, may be recorded again: it stands while a step that recorded it does.
CREATE TABLE cheque (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL DEFAULT ledger.next_id('cheque'),
    payer        TEXT NOT NULL CHECK (payer <> ''),
    number       TEXT NOT NULL CHECK (number <> ''),
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    PRIMARY KEY (clinic, id),
    UNIQUE (clinic, payer, number, amount_cents)
);

-- What of a cheque a step took for its invoice, and on top of it for nobody yet.
CREATE TABLE allocation (
    clinic          TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    step            BIGINT NOT NULL,
    cheque          BIGINT NOT NULL,
    amount_cents    BIGINT NOT NULL CHECK (amount_cents > 0),
    unapplied_cents BIGINT NOT NULL CHECK (unapplied_cents >= 0),
    PRIMARY KEY (clinic, step),
    FOREIGN KEY (clinic, step) REFERENCES step (clinic, id),
    FOREIGN KEY (clinic, cheque) REFERENCES cheque (clinic, id)
);

CREATE INDEX allocation_of_cheque ON allocation (clinic, cheque);
