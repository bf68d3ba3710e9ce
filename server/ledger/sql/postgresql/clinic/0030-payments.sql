-- What a run pays on collection for a payment, a refund or a take-back. payment, reference and likeness are digests: what identifies the
-- payment by its visit, by what its row named, and without its amount. received_cents is below 0 where money goes back, share is parts per
-- million. was_cents is what the provider was paid for the payment so far, and now_cents what it earns. of_run and of_place are the closed run
-- and its line that has the visit, NULL if no closed run has it.
CREATE TABLE payment_line (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    run            TEXT NOT NULL,
    place          BIGINT NOT NULL,
    provider       TEXT NOT NULL,
    provider_key   TEXT NOT NULL,
    payment        TEXT NOT NULL,
    reference      TEXT NOT NULL,
    likeness       TEXT NOT NULL,
    payment_day    TEXT NOT NULL CHECK (LENGTH(payment_day) = 10),
    kind           TEXT NOT NULL CHECK (kind IN ('payment', 'refund', 'take-back')),
    received_cents BIGINT NOT NULL CHECK (received_cents <> 0),
    visit          TEXT NOT NULL,
    of_run         TEXT,
    of_place       BIGINT,
    appointment    TEXT NOT NULL,
    day            TEXT NOT NULL CHECK (LENGTH(day) = 10),
    service        TEXT NOT NULL,
    share          BIGINT NOT NULL CHECK (share >= 0),
    was_cents      BIGINT NOT NULL,
    now_cents      BIGINT NOT NULL,
    reason         TEXT NOT NULL,
    replaces       TEXT NOT NULL,
    is_taken_back  BIGINT NOT NULL CHECK (is_taken_back IN (0, 1)),
    source_row     BIGINT,
    PRIMARY KEY (clinic, run, place),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id),
    FOREIGN KEY (clinic, of_run) REFERENCES pay_run (clinic, id),
    CHECK ((of_run IS NULL) = (of_place IS NULL)),
    CHECK (is_taken_back = 0 OR now_cents = 0)
);

CREATE INDEX payment_line_of_visit ON payment_line (clinic, visit);
CREATE INDEX payment_line_of_run ON payment_line (clinic, of_run);

CREATE TRIGGER payment_line_at_close BEFORE INSERT ON payment_line
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('payment_line rows are never added to a closed run');

-- Payments that a run could not attribute to exactly one visit. They pay nobody. reference is a digest of what the row named.
CREATE TABLE unallocated_payment (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    run            TEXT NOT NULL,
    place          BIGINT NOT NULL,
    reference      TEXT NOT NULL,
    payment_day    TEXT NOT NULL CHECK (LENGTH(payment_day) = 10),
    received_cents BIGINT NOT NULL,
    appointment    TEXT NOT NULL,
    reason         TEXT NOT NULL,
    source_row     BIGINT NOT NULL,
    PRIMARY KEY (clinic, run, place),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id)
);

CREATE TRIGGER unallocated_payment_at_close BEFORE INSERT ON unallocated_payment
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('unallocated_payment rows are never added to a closed run');

-- How many payment lines a run has and their sum, the payments that pay nobody, and whether the run pays on collection by payments.
ALTER TABLE pay_run ADD COLUMN collections BIGINT NOT NULL DEFAULT 0 CHECK (collections >= 0);
ALTER TABLE pay_run ADD COLUMN collections_cents BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pay_run ADD COLUMN unallocated BIGINT NOT NULL DEFAULT 0 CHECK (unallocated >= 0);
ALTER TABLE pay_run ADD COLUMN unallocated_cents BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pay_run ADD COLUMN follows_payments BIGINT NOT NULL DEFAULT 0 CHECK (follows_payments IN (0, 1));

CREATE TRIGGER pay_run_keeps_payments BEFORE UPDATE OF collections, collections_cents, unallocated, unallocated_cents,
    follows_payments ON pay_run
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION ledger.refuse('pay_run figures are never changed once closed');
