-- What the lines of a closed run pay each provider, added up when it is closed: the year to date of every payroll reads it,
-- and would else add up each line of the year.
CREATE TABLE pay_line_total (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    run          TEXT NOT NULL,
    place        BIGINT NOT NULL,
    provider_key TEXT NOT NULL,
    provider     TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    PRIMARY KEY (clinic, run, place),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id)
);

CREATE TRIGGER pay_line_total_at_close BEFORE INSERT ON pay_line_total
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('pay_line_total rows are never added to a closed run');
