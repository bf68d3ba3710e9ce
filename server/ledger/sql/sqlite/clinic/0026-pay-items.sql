-- The rows of the setup sheet Pay items: pay that no visit earns. They only grow, as rates do.
CREATE TABLE pay_item (
    id           INTEGER PRIMARY KEY,
    provider     INTEGER NOT NULL REFERENCES provider (id),
    kind         TEXT NOT NULL CHECK (kind IN ('bonus', 'deduction', 'advance', 'repayment', 'mileage', 'other')),
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    first_day    TEXT NOT NULL CHECK (LENGTH(first_day) = 10),
    last_day     TEXT CHECK (LENGTH(last_day) = 10 AND last_day >= first_day),
    every        TEXT NOT NULL CHECK (every IN ('once', 'period')),
    note         TEXT NOT NULL,
    recorded_at  TEXT NOT NULL,
    recorded_by  TEXT NOT NULL,
    CHECK (kind <> 'advance' OR every = 'once')
) STRICT;

CREATE TABLE pay_item_withdrawal (
    id           INTEGER PRIMARY KEY REFERENCES pay_item (id),
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;

-- What a run pays or takes off for pay items. item_first_day and note say which item it was, as it was typed then.
-- first_day and last_day are the days that the line is for. amount_cents is below 0 where pay is taken off.
CREATE TABLE pay_item_line (
    run            TEXT NOT NULL REFERENCES pay_run (id),
    place          INTEGER NOT NULL,
    provider       TEXT NOT NULL,
    provider_key   TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('bonus', 'deduction', 'advance', 'repayment', 'mileage', 'other')),
    item_first_day TEXT NOT NULL CHECK (LENGTH(item_first_day) = 10),
    note           TEXT NOT NULL,
    first_day      TEXT NOT NULL CHECK (LENGTH(first_day) = 10),
    last_day       TEXT NOT NULL CHECK (LENGTH(last_day) = 10 AND last_day >= first_day),
    amount_cents   INTEGER NOT NULL CHECK (amount_cents <> 0),
    PRIMARY KEY (run, place),
    CHECK ((kind IN ('deduction', 'repayment')) = (amount_cents < 0))
) STRICT;

CREATE TRIGGER pay_item_line_at_close BEFORE INSERT ON pay_item_line
WHEN (SELECT state FROM pay_run WHERE id = NEW.run) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'pay_item_line rows are never added to a closed run'); END;

-- How many pay items a run has, and their sum.
ALTER TABLE pay_run ADD COLUMN items INTEGER NOT NULL DEFAULT 0 CHECK (items >= 0);
ALTER TABLE pay_run ADD COLUMN items_cents INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER pay_run_keeps_items BEFORE UPDATE OF items, items_cents ON pay_run
WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'pay_run figures are never changed once closed'); END;
