-- The rows of the setup sheet Pay plans. They only grow, as rates do. A provider of NULL means any; the service is NULL for any
-- service, and for plans that are no tiers. Bounds are thousandths of visits, units or hours, or cents. amount is cents, or parts
-- per million of a share; NULL ends the plan.
CREATE TABLE pay_plan (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id             BIGINT NOT NULL DEFAULT ledger.next_id('pay_plan'),
    provider       BIGINT,
    service        BIGINT,
    kind           TEXT NOT NULL CHECK (kind IN ('tier cliff', 'tier marginal', 'minimum', 'cap', 'salary')),
    measure        TEXT CHECK (measure IN ('visits', 'units', 'hours', 'charge', 'collected', 'pay')),
    lower          BIGINT CHECK (lower >= 0),
    upper          BIGINT CHECK (upper > lower),
    basis          TEXT CHECK (basis IN ('per session', 'per unit', 'per hour', '% of charge', '% of collected')),
    amount         BIGINT CHECK (amount >= 0),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    note           TEXT NOT NULL,
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, provider) REFERENCES provider (clinic, id),
    FOREIGN KEY (clinic, service) REFERENCES service (clinic, id),
    CHECK ((kind IN ('tier cliff', 'tier marginal')) = (measure IS NOT NULL)),
    CHECK ((basis IS NOT NULL) = (measure IS NOT NULL AND amount IS NOT NULL))
);

CREATE TABLE pay_plan_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES pay_plan (clinic, id)
);

-- What a run pays or takes off by pay plans. now_cents is what the plan comes to over the whole pay period, from first_day to
-- last_day; was_cents is what closed runs had paid of it.
CREATE TABLE plan_line (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    run          TEXT NOT NULL,
    place        BIGINT NOT NULL,
    provider     TEXT NOT NULL,
    provider_key TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('tier cliff', 'tier marginal', 'minimum', 'cap', 'salary')),
    service      TEXT NOT NULL,
    measure      TEXT NOT NULL,
    first_day    TEXT NOT NULL CHECK (LENGTH(first_day) = 10),
    last_day     TEXT NOT NULL CHECK (LENGTH(last_day) = 10 AND last_day >= first_day),
    was_cents    BIGINT NOT NULL,
    now_cents    BIGINT NOT NULL,
    words        TEXT NOT NULL,
    PRIMARY KEY (clinic, run, place),
    FOREIGN KEY (clinic, run) REFERENCES pay_run (clinic, id),
    CHECK (now_cents <> was_cents)
);

CREATE INDEX plan_line_by_day ON plan_line (clinic, last_day, first_day);

CREATE TRIGGER plan_line_at_close BEFORE INSERT ON plan_line
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_unless_draft('plan_line rows are never added to a closed run');

-- How many plan lines a run has, and their sum.
ALTER TABLE pay_run ADD COLUMN plans BIGINT NOT NULL DEFAULT 0 CHECK (plans >= 0);
ALTER TABLE pay_run ADD COLUMN plans_cents BIGINT NOT NULL DEFAULT 0;

CREATE TRIGGER pay_run_keeps_plans BEFORE UPDATE OF plans, plans_cents ON pay_run
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION ledger.refuse('pay_run figures are never changed once closed');
