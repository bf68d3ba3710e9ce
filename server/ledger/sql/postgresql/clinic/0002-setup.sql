-- What the Setup workbook says. A row no longer on its sheet is removed from the list, with since
-- when and by whom, and stays in the table: last year's pay runs still speak of it.

CREATE TABLE clinic (
    clinic  TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id      TEXT NOT NULL,
    name    TEXT NOT NULL,
    contact TEXT NOT NULL,
    email   TEXT NOT NULL,
    phone   TEXT NOT NULL,
    address TEXT NOT NULL,
    cadence TEXT NOT NULL CHECK (cadence IN ('weekly', 'biweekly', 'semi-monthly', 'monthly', 'custom')),
    anchor  TEXT CHECK (LENGTH(anchor) = 10),
    PRIMARY KEY (clinic, id)
);

CREATE TRIGGER clinic_keeps_id BEFORE UPDATE OF id ON clinic
FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION ledger.refuse('clinic ids are never changed');

-- active is the sheet's own column; removed_at says that the row is gone from the sheet.
-- Two rows may bear one name: a person told apart by ID, or one who left and another who came.
CREATE TABLE provider (
    clinic      TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id          BIGINT NOT NULL DEFAULT ledger.next_id('provider'),
    provider_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    folded      TEXT NOT NULL CHECK (folded <> ''),
    aliases     TEXT NOT NULL,
    npi         TEXT NOT NULL,
    email       TEXT NOT NULL,
    phone       TEXT NOT NULL,
    works_as    TEXT NOT NULL CHECK (works_as IN ('W-2', '1099')),
    active      BIGINT NOT NULL CHECK (active IN (0, 1)),
    place       BIGINT NOT NULL,
    removed_at  TEXT,
    removed_by  TEXT,
    PRIMARY KEY (clinic, id),
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);

CREATE TABLE service (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL DEFAULT ledger.next_id('service'),
    code         TEXT NOT NULL,
    folded       TEXT NOT NULL CHECK (folded <> ''),
    name         TEXT NOT NULL,
    aliases      TEXT NOT NULL,
    unit_minutes BIGINT CHECK (unit_minutes > 0),
    place        BIGINT NOT NULL,
    removed_at   TEXT,
    removed_by   TEXT,
    PRIMARY KEY (clinic, id),
    UNIQUE (clinic, folded),
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);

CREATE TABLE status_word (
    clinic     TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id         BIGINT NOT NULL DEFAULT ledger.next_id('status_word'),
    status     TEXT NOT NULL,
    folded     TEXT NOT NULL CHECK (folded <> ''),
    counts_as  TEXT NOT NULL CHECK (counts_as IN ('attended', 'no show', 'cancelled', 'late cancelled', 'scheduled')),
    place      BIGINT NOT NULL,
    removed_at TEXT,
    removed_by TEXT,
    PRIMARY KEY (clinic, id),
    UNIQUE (clinic, folded),
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);

-- Rates only grow: a changed row is withdrawn and another one written. No provider or no service
-- means any. Cents, or parts per million where the basis is a share; no amount ends the row before.
CREATE TABLE rate (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id             BIGINT NOT NULL DEFAULT ledger.next_id('rate'),
    provider       BIGINT,
    service        BIGINT,
    basis          TEXT NOT NULL CHECK (basis IN ('per session', 'per unit', 'per hour', '% of charge', '% of collected')),
    amount         BIGINT CHECK (amount >= 0),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    note           TEXT NOT NULL,
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, provider) REFERENCES provider (clinic, id),
    FOREIGN KEY (clinic, service) REFERENCES service (clinic, id)
);

CREATE TABLE rate_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES rate (clinic, id)
);

-- Missed-visit rules grow as rates do. Cents (flat) or parts per million (% of rate).
CREATE TABLE missed_visit (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id             BIGINT NOT NULL DEFAULT ledger.next_id('missed_visit'),
    provider       BIGINT,
    service        BIGINT,
    counts_as      TEXT NOT NULL CHECK (counts_as IN ('attended', 'no show', 'cancelled', 'late cancelled',
        'scheduled')),
    basis          TEXT NOT NULL CHECK (basis IN ('none', 'flat', '% of rate')),
    amount         BIGINT CHECK (amount >= 0),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, provider) REFERENCES provider (clinic, id),
    FOREIGN KEY (clinic, service) REFERENCES service (clinic, id)
);

CREATE TABLE missed_visit_withdrawal (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL,
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, id) REFERENCES missed_visit (clinic, id)
);

-- What the clinic once answered about its logs. One row, the latest answers.
CREATE TABLE import_profile (
    clinic     TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    only_row   BIGINT NOT NULL CHECK (only_row = 1),
    columns    TEXT NOT NULL,
    polarity   TEXT NOT NULL,
    date_order TEXT NOT NULL CHECK (date_order IN ('', 'mdy', 'dmy')),
    saved_at   TEXT NOT NULL,
    saved_by   TEXT NOT NULL,
    PRIMARY KEY (clinic, only_row)
);
