-- A paid line is known again by its identity, and beside it by provider, day, service and patient: an ID may be
-- spelled otherwise in the next export, or be missing. provider_key is the provider's ID, or the name where there
-- is none; patient_key is a digest, empty where the patient is not known.
--
-- An identity that rests on an ID is compared folded, so those of earlier runs are folded here. What was paid, and
-- the ID as the log spelled it, stays as it is.
DROP TRIGGER pay_line_never_changes;

ALTER TABLE pay_line ADD COLUMN provider_key TEXT NOT NULL DEFAULT '';
ALTER TABLE pay_line ADD COLUMN patient_key TEXT NOT NULL DEFAULT '';
UPDATE pay_line SET identity = fold_identity(identity), provider_key = fold_name(provider);

CREATE TRIGGER pay_line_never_changes BEFORE UPDATE ON pay_line
BEGIN SELECT RAISE(ABORT, 'pay_line rows are never changed'); END;

CREATE INDEX pay_line_by_day ON pay_line (day);

-- Which closed runs the log of a draft was compared with; those closed later are compared when the draft is closed.
ALTER TABLE draft ADD COLUMN compared TEXT NOT NULL DEFAULT '[]';
UPDATE draft SET identities = fold_identities(identities);

-- What staff said of a row that looked like a paid visit under another ID: that it is the same visit, or another
-- one. visit is the row's identity; run and place name the paid line; draft is the run
-- the answer was given for, NULL where nothing was left to pay.
CREATE TABLE visit_answer (
    id          INTEGER PRIMARY KEY,
    visit       TEXT NOT NULL CHECK (visit <> ''),
    run         TEXT NOT NULL,
    place       INTEGER NOT NULL,
    answer      TEXT NOT NULL CHECK (answer IN ('same', 'others')),
    draft       TEXT REFERENCES pay_run (id),
    answered_at TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    FOREIGN KEY (run, place) REFERENCES pay_line (run, place)
) STRICT;

CREATE INDEX visit_answer_by_visit ON visit_answer (visit);

CREATE TRIGGER visit_answer_never_changes BEFORE UPDATE ON visit_answer
BEGIN SELECT RAISE(ABORT, 'visit_answer rows are never changed'); END;
CREATE TRIGGER visit_answer_stays BEFORE DELETE ON visit_answer
BEGIN SELECT RAISE(ABORT, 'visit_answer rows are never deleted'); END;
