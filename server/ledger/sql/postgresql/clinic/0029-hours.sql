-- The plan lines of a run that pay typed hours: of one provider, day and kind, which is a service. They share the places of
-- plan_line. Minutes are thousandths: what closed runs had paid of that day, and what the sheet says in all.
CREATE TABLE hours_line (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    run          TEXT NOT NULL,
    place        BIGINT NOT NULL,
    provider     TEXT NOT NULL,
    provider_key TEXT NOT NULL,
    service      TEXT NOT NULL,
    day          TEXT NOT NULL CHECK (LENGTH(day) = 10),
    was_minutes  BIGINT NOT NULL CHECK (was_minutes >= 0),
    now_minutes  BIGINT NOT NULL CHECK (now_minutes >= 0),
    was_cents    BIGINT NOT NULL,
    now_cents    BIGINT NOT NULL,
    words        TEXT NOT NULL,
    PRIMARY KEY (clinic, run, place),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id),
    CHECK (now_minutes <> was_minutes)
);

CREATE INDEX hours_line_by_day ON hours_line (clinic, day);

CREATE TRIGGER hours_line_at_close BEFORE INSERT ON hours_line
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('hours_line rows are never added to a closed run');
