-- What a draft was flagged for, as a JSON list: the review findings of its log. 'null' for a draft of an earlier version,
-- which did not keep them.
ALTER TABLE draft ADD COLUMN flags TEXT NOT NULL DEFAULT 'null';

-- The review findings that were ticked as seen when a run was approved. row_numbers are those of the log, such as
-- 3-40, 52; empty where the whole sheet is meant.
CREATE TABLE finding_seen (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('finding_seen'),
    run         TEXT NOT NULL,
    code        TEXT NOT NULL CHECK (code <> ''),
    sheet       TEXT NOT NULL,
    heading     TEXT NOT NULL,
    row_numbers TEXT NOT NULL,
    cells       BIGINT NOT NULL CHECK (cells > 0),
    message     TEXT NOT NULL CHECK (message <> ''),
    seen_at     TEXT NOT NULL,
    seen_by     TEXT NOT NULL CHECK (seen_by <> ''),
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id)
);

CREATE INDEX finding_seen_of_run ON finding_seen (clinic, run);

CREATE TRIGGER finding_seen_at_close BEFORE INSERT ON finding_seen
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('finding_seen rows are never added to a closed run');
