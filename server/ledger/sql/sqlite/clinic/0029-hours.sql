-- The plan lines of a run that pay typed hours: of one provider, day and kind, which is a service. They share the places of
-- plan_line. Minutes are thousandths: what closed runs had paid of that day, and what the sheet says in all.
CREATE TABLE hours_line (
    run          TEXT NOT NULL REFERENCES pay_run (id),
    place        INTEGER NOT NULL,
    provider     TEXT NOT NULL,
    provider_key TEXT NOT NULL,
    service      TEXT NOT NULL,
    day          TEXT NOT NULL CHECK (LENGTH(day) = 10),
    was_minutes  INTEGER NOT NULL CHECK (was_minutes >= 0),
    now_minutes  INTEGER NOT NULL CHECK (now_minutes >= 0),
    was_cents    INTEGER NOT NULL,
    now_cents    INTEGER NOT NULL,
    words        TEXT NOT NULL,
    PRIMARY KEY (run, place),
    CHECK (now_minutes <> was_minutes)
) STRICT;

CREATE INDEX hours_line_by_day ON hours_line (day);

CREATE TRIGGER hours_line_at_close BEFORE INSERT ON hours_line
WHEN (SELECT state FROM pay_run WHERE id = NEW.run) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'hours_line rows are never added to a closed run'); END;
