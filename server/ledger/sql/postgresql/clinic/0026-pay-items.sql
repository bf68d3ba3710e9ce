-- The rows of the setup sheet Pay items: pay that no visit earns. They only grow, as rates do.
CREATE TABLE pay_item (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL DEFAULT ledger.next_id('pay_item'),
    provider     BIGINT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('bonus', 'deduction', 'advance', 'repayment', 'mileage', 'other')),
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    first_day    TEXT NOT NULL CHECK (LENGTH(first_day) = 10),
    last_day     TEXT CHECK (LENGTH(last_day) = 10 AND last_day >= first_day),
    every        TEXT NOT NULL CHECK (every IN ('once', 'period')),
    note         TEXT NOT NULL,
    recorded_at  TEXT NOT NULL,
    recorded_by  TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, provider) REFERENCES provider (clinic, id),
    CHECK (kind <> 'advance' OR every = 'once')
);

CREATE TABLE pay_item_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES pay_item (clinic, id)
);

-- What a run pays or takes off for pay items. item_first_day and note say which item it was, as it was typed then.
-- first_day and last_day are the days that the line is for. amount_cents is below 0 where pay is taken off.
CREATE TABLE pay_item_line (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    run            TEXT NOT NULL,
    place          BIGINT NOT NULL,
    provider       TEXT NOT NULL,
    provider_key   TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('bonus', 'deduction', 'advance', 'repayment', 'mileage', 'other')),
    item_first_day TEXT NOT NULL CHECK (LENGTH(item_first_day) = 10),
    note           TEXT NOT NULL,
    first_day      TEXT NOT NULL CHECK (LENGTH(first_day) = 10),
    last_day       TEXT NOT NULL CHECK (LENGTH(last_day) = 10 AND last_day >= first_day),
    amount_cents   BIGINT NOT NULL CHECK (amount_cents <> 0),
    PRIMARY KEY (clinic, run, place),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id),
    CHECK ((kind IN ('deduction', 'repayment')) = (amount_cents < 0))
);

CREATE TRIGGER pay_item_line_at_close BEFORE INSERT ON pay_item_line
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('pay_item_line rows are never added to a closed run');

-- How many pay items a run has, and their sum.
ALTER TABLE pay_run ADD COLUMN items BIGINT NOT NULL DEFAULT 0 CHECK (items >= 0);
ALTER TABLE pay_run ADD COLUMN items_cents BIGINT NOT NULL DEFAULT 0;

CREATE TRIGGER pay_run_keeps_items BEFORE UPDATE OF items, items_cents ON pay_run
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION ledger.refuse('pay_run figures are never changed once closed');
