-- A paid line is known again by its identity, and beside it by provider, day, service and patient: an ID may be
-- spelled otherwise in the next export, or be missing. provider_key is the provider's ID, or the name where there
-- is none; patient_key is a digest, empty where the patient is not known.
ALTER TABLE pay_line ADD COLUMN provider_key TEXT NOT NULL DEFAULT '';
ALTER TABLE pay_line ADD COLUMN patient_key TEXT NOT NULL DEFAULT '';

CREATE INDEX pay_line_by_day ON pay_line (clinic, day);

-- Which closed runs the log of a draft was compared with; those closed later are compared when the draft is closed.
ALTER TABLE draft ADD COLUMN compared TEXT NOT NULL DEFAULT '[]';

-- What staff said of a row that looked like a paid visit under another ID: that it is the same visit, or another
-- one. visit is the row's identity; run and place name the paid line; draft is the run
-- the answer was given for, NULL where nothing was left to pay.
CREATE TABLE visit_answer (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('visit_answer'),
    visit       TEXT NOT NULL CHECK (visit <> ''),
    run         TEXT NOT NULL,
    place       BIGINT NOT NULL,
    answer      TEXT NOT NULL CHECK (answer IN ('same', 'others')),
    draft       TEXT,
    answered_at TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, draft) REFERENCES pay_run (clinic, id),
    FOREIGN KEY (clinic, run, place) REFERENCES pay_line (clinic, run, place)
);

CREATE INDEX visit_answer_by_visit ON visit_answer (clinic, visit);
