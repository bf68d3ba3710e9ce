-- Since when an invoice is in its state, and the place of the step that brought it there. A bounce counts as entering it
-- again. Suggestions to follow up count from there, and come back when the state is entered again.
ALTER TABLE invoice ADD COLUMN state_place INTEGER NOT NULL DEFAULT 1 CHECK (state_place > 0);
ALTER TABLE invoice ADD COLUMN state_since TEXT CHECK (LENGTH(state_since) = 10);

UPDATE invoice SET state_place = (
    SELECT MAX(step.place) FROM step
    WHERE step.invoice = invoice.id
        AND (step.place = 1 OR step.from_state <> step.to_state OR step.action = 'bounce')
);
UPDATE invoice SET state_since = (
    SELECT CASE WHEN step.place = 1 THEN invoice.created ELSE step.day END FROM step
    WHERE step.invoice = invoice.id AND step.place = invoice.state_place
);

CREATE INDEX invoice_waiting ON invoice (state, state_since, id, state_place)
WHERE state IN ('pending_invoice', 'pending_reduction', 'pending_cheque');
CREATE INDEX invoice_open_of_case ON invoice (patient_case, balance_cents)
WHERE state NOT IN ('paid', 'voided', 'written_off');

-- A few among many: the steps that record a cheque dated after the day it was received, and denials.
CREATE INDEX step_post_dated ON step (CASE WHEN json_valid(inputs) THEN inputs ->> 'cheque_date' END, invoice, place)
WHERE action = 'record cheque' AND CASE WHEN json_valid(inputs) THEN inputs ->> 'cheque_date' END
    > CASE WHEN json_valid(inputs) THEN inputs ->> 'received_date' END;
CREATE INDEX step_denies ON step (invoice, place) WHERE action = 'deny';
CREATE INDEX case_record_by_statute ON case_record (statute_on, patient_case, id) WHERE statute_on IS NOT NULL;

-- What somebody is reminded of. A suggestion and an attorney's request get a row once something is decided about them:
-- place is the step that the suggestion counts from, statute_on the statute date. waits_until is the day on which it is due,
-- as the last decision leaves it, NULL once it is done. for_whom is "" for anybody.
CREATE TABLE reminder (
    id             INTEGER PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('status request', 'invoice', 'case', 'pending invoice',
        'pending reduction', 'late cheque', 'post-dated cheque', 'statute date')),
    patient_case   INTEGER NOT NULL REFERENCES patient_case (id),
    invoice        INTEGER REFERENCES invoice (id),
    place          INTEGER CHECK (place > 0),
    statute_on     TEXT CHECK (LENGTH(statute_on) = 10),
    status_request INTEGER UNIQUE REFERENCES status_request (id),
    step           INTEGER UNIQUE REFERENCES step (id),
    due_on         TEXT NOT NULL CHECK (LENGTH(due_on) = 10),
    what_to_do     TEXT NOT NULL CHECK (LENGTH(what_to_do) <= 200),
    note           TEXT NOT NULL,
    for_whom       TEXT NOT NULL,
    waits_until    TEXT CHECK (LENGTH(waits_until) = 10),
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL CHECK (recorded_by <> ''),
    CHECK ((invoice IS NULL) = (kind IN ('status request', 'case', 'statute date'))),
    CHECK ((place IS NULL) = (kind IN ('status request', 'case', 'statute date', 'invoice'))),
    CHECK ((statute_on IS NULL) = (kind <> 'statute date')),
    CHECK ((status_request IS NULL) = (kind <> 'status request')),
    CHECK (step IS NULL OR kind = 'invoice')
) STRICT;

CREATE INDEX reminder_waiting ON reminder (waits_until) WHERE waits_until IS NOT NULL;
CREATE INDEX reminder_of_invoice ON reminder (invoice, kind) WHERE place IS NULL AND invoice IS NOT NULL;
CREATE UNIQUE INDEX reminder_of_state ON reminder (invoice, kind, place) WHERE place IS NOT NULL;
CREATE UNIQUE INDEX reminder_of_statute ON reminder (patient_case, statute_on) WHERE statute_on IS NOT NULL;

CREATE TRIGGER reminder_keeps_facts BEFORE UPDATE OF id, kind, patient_case, invoice, place, statute_on, status_request, step,
    due_on, what_to_do, note, for_whom, recorded_at, recorded_by ON reminder
BEGIN SELECT RAISE(ABORT, 'reminder facts are never changed'); END;
CREATE TRIGGER reminder_stays_done BEFORE UPDATE OF waits_until ON reminder WHEN OLD.waits_until IS NULL
BEGIN SELECT RAISE(ABORT, 'reminder rows that are done stay done'); END;

-- What staff decided about a reminder: done, or put off until a day.
CREATE TABLE reminder_decision (
    id          INTEGER PRIMARY KEY,
    reminder    INTEGER NOT NULL REFERENCES reminder (id),
    decision    TEXT NOT NULL CHECK (decision IN ('done', 'snooze')),
    until       TEXT CHECK (LENGTH(until) = 10),
    note        TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL CHECK (recorded_by <> ''),
    CHECK ((until IS NOT NULL) = (decision = 'snooze'))
) STRICT;

CREATE INDEX reminder_decision_of_reminder ON reminder_decision (reminder, id);

-- Each step that reminds of an invoice becomes a reminder. Until now it ended with the next step of the invoice: those that
-- ended are done.
INSERT INTO reminder (kind, patient_case, invoice, step, due_on, what_to_do, note, for_whom, waits_until, recorded_at, recorded_by)
SELECT 'invoice', invoice.patient_case, invoice.id, step.id, step.inputs ->> 'due_date', '', step.note, '',
    CASE WHEN step.place = invoice.version THEN step.inputs ->> 'due_date' END, step.recorded_at, step.actor
FROM step JOIN invoice ON invoice.id = step.invoice WHERE step.action = 'remind' ORDER BY step.id;

INSERT INTO reminder_decision (reminder, decision, note, recorded_at, recorded_by)
SELECT reminder.id, 'done', '', later.recorded_at, later.actor
FROM reminder JOIN step ON step.id = reminder.step
JOIN step AS later ON later.invoice = step.invoice AND later.place = step.place + 1 ORDER BY reminder.id;

-- From now on the step itself gives the reminder, whoever records it.
CREATE TRIGGER step_gives_reminder AFTER INSERT ON step WHEN NEW.action = 'remind'
BEGIN
    INSERT INTO reminder (kind, patient_case, invoice, step, due_on, what_to_do, note, for_whom, waits_until, recorded_at, recorded_by)
    SELECT 'invoice', invoice.patient_case, invoice.id, NEW.id, NEW.inputs ->> 'due_date', '', NEW.note, '',
        NEW.inputs ->> 'due_date', NEW.recorded_at, NEW.actor
    FROM invoice WHERE invoice.id = NEW.invoice;
END;
