-- What a run pays on collection for a payment, a refund or a take-back. payment, reference and likeness are digests: what identifies the
-- payment by its visit, by what its row named, and without its amount. received_cents is below 0 where money goes back, share is parts per
-- million. was_cents is what the provider was paid for the payment so far, and now_cents what it earns. of_run and of_place are the closed run
-- and its line that has the visit, NULL if no closed run has it.
CREATE TABLE payment_line (
    run            TEXT NOT NULL REFERENCES pay_run (id),
    place          INTEGER NOT NULL,
    provider       TEXT NOT NULL,
    provider_key   TEXT NOT NULL,
    payment        TEXT NOT NULL,
    reference      TEXT NOT NULL,
    likeness       TEXT NOT NULL,
    payment_day    TEXT NOT NULL CHECK (LENGTH(payment_day) = 10),
    kind           TEXT NOT NULL CHECK (kind IN ('payment', 'refund', 'take-back')),
    received_cents INTEGER NOT NULL CHECK (received_cents <> 0),
    visit          TEXT NOT NULL,
    of_run         TEXT REFERENCES pay_run (id),
    of_place       INTEGER,
    appointment    TEXT NOT NULL,
    day            TEXT NOT NULL CHECK (LENGTH(day) = 10),
    service        TEXT NOT NULL,
    share          INTEGER NOT NULL CHECK (share >= 0),
    was_cents      INTEGER NOT NULL,
    now_cents      INTEGER NOT NULL,
    reason         TEXT NOT NULL,
    replaces       TEXT NOT NULL,
    is_taken_back  INTEGER NOT NULL CHECK (is_taken_back IN (0, 1)),
    source_row     INTEGER,
    PRIMARY KEY (run, place),
    CHECK ((of_run IS NULL) = (of_place IS NULL)),
    CHECK (NOT is_taken_back OR now_cents = 0)
) STRICT;

CREATE INDEX payment_line_of_visit ON payment_line (visit);
CREATE INDEX payment_line_of_run ON payment_line (of_run);

CREATE TRIGGER payment_line_at_close BEFORE INSERT ON payment_line
WHEN (SELECT state FROM pay_run WHERE id = NEW.run) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'payment_line rows are never added to a closed run'); END;

-- Payments that a run could not attribute to exactly one visit. They pay nobody. reference is a digest of what the row named.
CREATE TABLE unallocated_payment (
    run            TEXT NOT NULL REFERENCES pay_run (id),
    place          INTEGER NOT NULL,
    reference      TEXT NOT NULL,
    payment_day    TEXT NOT NULL CHECK (LENGTH(payment_day) = 10),
    received_cents INTEGER NOT NULL,
    appointment    TEXT NOT NULL,
    reason         TEXT NOT NULL,
    source_row     INTEGER NOT NULL,
    PRIMARY KEY (run, place)
) STRICT;

CREATE TRIGGER unallocated_payment_at_close BEFORE INSERT ON unallocated_payment
WHEN (SELECT state FROM pay_run WHERE id = NEW.run) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'unallocated_payment rows are never added to a closed run'); END;

-- How many payment lines a run has and their sum, the payments that pay nobody, and whether the run pays on collection by payments.
ALTER TABLE pay_run ADD COLUMN collections INTEGER NOT NULL DEFAULT 0 CHECK (collections >= 0);
ALTER TABLE pay_run ADD COLUMN collections_cents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pay_run ADD COLUMN unallocated INTEGER NOT NULL DEFAULT 0 CHECK (unallocated >= 0);
ALTER TABLE pay_run ADD COLUMN unallocated_cents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pay_run ADD COLUMN follows_payments INTEGER NOT NULL DEFAULT 0 CHECK (follows_payments IN (0, 1));

CREATE TRIGGER pay_run_keeps_payments
BEFORE UPDATE OF collections, collections_cents, unallocated, unallocated_cents, follows_payments ON pay_run
WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'pay_run figures are never changed once closed'); END;
