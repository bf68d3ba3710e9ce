-- What the lines of a closed run pay each provider, added up when it is closed: the year to date of every payroll reads it,
-- and would else add up each line of the year.
CREATE TABLE pay_line_total (
    run          TEXT NOT NULL REFERENCES pay_run (id),
    place        INTEGER NOT NULL,
    provider_key TEXT NOT NULL,
    provider     TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    PRIMARY KEY (run, place)
) STRICT;

INSERT INTO pay_line_total
SELECT run, ROW_NUMBER() OVER (PARTITION BY run ORDER BY provider_key, provider) - 1, provider_key, provider, SUM(amount_cents)
FROM pay_line GROUP BY run, provider_key, provider;

CREATE TRIGGER pay_line_total_at_close BEFORE INSERT ON pay_line_total
WHEN (SELECT state FROM pay_run WHERE id = NEW.run) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'pay_line_total rows are never added to a closed run'); END;
