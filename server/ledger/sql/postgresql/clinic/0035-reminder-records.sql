-- Since when an invoice is in its state, and the place of the step that brought it there. A bounce counts as entering it
-- again. Suggestions to follow up count from there, and come back when the state is entered again.
ALTER TABLE invoice ADD COLUMN state_place BIGINT NOT NULL DEFAULT 1 CHECK (state_place > 0);
ALTER TABLE invoice ADD COLUMN state_since TEXT CHECK (LENGTH(state_since) = 10);

CREATE INDEX invoice_waiting ON invoice (clinic, state, state_since, id, state_place) WHERE state IN ('pending_invoice',
    'pending_reduction', 'pending_cheque');
CREATE INDEX invoice_open_of_case ON invoice (clinic, patient_case, balance_cents) WHERE state NOT IN ('paid', 'voided',
    'written_off');

-- A few among many: the steps that record a cheque dated after the day it was received, and denials.
CREATE INDEX step_post_dated ON step (clinic, ledger.member_of_valid_text(inputs, 'cheque_date'), invoice, place) WHERE
    action = 'record cheque' AND ledger.member_of_valid_text(inputs, 'cheque_date') > ledger.member_of_valid_text(inputs,
    'received_date');
CREATE INDEX step_denies ON step (clinic, invoice, place) WHERE action = 'deny';
CREATE INDEX case_record_by_statute ON case_record (clinic, statute_on, patient_case, id) WHERE statute_on IS NOT NULL;

-- What somebody is reminded of. A suggestion and an attorney's request get a row once something is decided about them:
-- place is the step that the suggestion counts from, statute_on the statute date. waits_until is the day on which it is due,
-- as the last decision leaves it, NULL once it is done. for_whom is "" for anybody.
CREATE TABLE reminder (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id             BIGINT NOT NULL DEFAULT ledger.next_id('reminder'),
    kind           TEXT NOT NULL CHECK (kind IN ('status request', 'invoice', 'case', 'pending invoice', 'pending reduction', 'late cheque', 'post-dated cheque', 'statute date')),
    patient_case   BIGINT NOT NULL,
    invoice        BIGINT,
    place          BIGINT CHECK (place > 0),
    statute_on     TEXT CHECK (LENGTH(statute_on) = 10),
    status_request BIGINT,
    step           BIGINT,
    due_on         TEXT NOT NULL CHECK (LENGTH(due_on) = 10),
    what_to_do     TEXT NOT NULL CHECK (LENGTH(what_to_do) <= 200),
    note           TEXT NOT NULL,
    for_whom       TEXT NOT NULL,
    waits_until    TEXT CHECK (LENGTH(waits_until) = 10),
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL CHECK (recorded_by <> ''),
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, patient_case) REFERENCES patient_case (clinic, id),
    FOREIGN KEY (clinic, invoice) REFERENCES invoice (clinic, id),
    FOREIGN KEY (clinic, status_request) REFERENCES status_request (clinic, id),
    UNIQUE (clinic, status_request),
    FOREIGN KEY (clinic, step) REFERENCES step (clinic, id),
    UNIQUE (clinic, step),
    CHECK ((invoice IS NULL) = (kind IN ('status request', 'case', 'statute date'))),
    CHECK ((place IS NULL) = (kind IN ('status request', 'case', 'statute date', 'invoice'))),
    CHECK ((statute_on IS NULL) = (kind <> 'statute date')),
    CHECK ((status_request IS NULL) = (kind <> 'status request')),
    CHECK (step IS NULL OR kind = 'invoice')
);

CREATE INDEX reminder_waiting ON reminder (clinic, waits_until) WHERE waits_until IS NOT NULL;
CREATE INDEX reminder_of_invoice ON reminder (clinic, invoice, kind) WHERE place IS NULL AND invoice IS NOT NULL;
CREATE UNIQUE INDEX reminder_of_state ON reminder (clinic, invoice, kind, place) WHERE place IS NOT NULL;
CREATE UNIQUE INDEX reminder_of_statute ON reminder (clinic, patient_case, statute_on) WHERE statute_on IS NOT NULL;

CREATE TRIGGER reminder_keeps_facts BEFORE UPDATE OF id, kind, patient_case, invoice, place, statute_on, status_request,
    step, due_on, what_to_do, note, for_whom, recorded_at, recorded_by ON reminder
FOR EACH ROW EXECUTE FUNCTION ledger.refuse('reminder facts are never changed');
CREATE TRIGGER reminder_stays_done BEFORE UPDATE OF waits_until ON reminder
FOR EACH ROW WHEN (OLD.waits_until IS NULL) EXECUTE FUNCTION ledger.refuse('reminder rows that are done stay done');

-- What staff decided about a reminder: done, or put off until a day.
CREATE TABLE reminder_decision (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('reminder_decision'),
    reminder    BIGINT NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('done', 'snooze')),
    until       TEXT CHECK (LENGTH(until) = 10),
    note        TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL CHECK (recorded_by <> ''),
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, reminder) REFERENCES reminder (clinic, id),
    CHECK ((until IS NOT NULL) = (decision = 'snooze'))
);

CREATE INDEX reminder_decision_of_reminder ON reminder_decision (clinic, reminder, id);

-- Each step that reminds of an invoice becomes a reminder. Until now it ended with the next step of the invoice: those that
-- ended are done.

-- From now on the step itself gives the reminder, whoever records it.
CREATE FUNCTION give_reminder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ledger.is_moving() THEN
        RETURN NULL;
    END IF;
    INSERT INTO reminder (kind, patient_case, invoice, step, due_on, what_to_do, note, for_whom, waits_until,
    recorded_at, recorded_by)
    SELECT 'invoice', invoice.patient_case, invoice.id, NEW.id, ledger.member_text(NEW.inputs, 'due_date'), '', NEW.note,
    '',
        ledger.member_text(NEW.inputs, 'due_date'), NEW.recorded_at, NEW.actor
    FROM invoice WHERE invoice.id = NEW.invoice;
    RETURN NULL;
END $$;
CREATE TRIGGER step_gives_reminder AFTER INSERT ON step
FOR EACH ROW WHEN (NEW.action = 'remind') EXECUTE FUNCTION give_reminder();
