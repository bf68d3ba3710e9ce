-- What the Setup workbook says. A row no longer on its sheet is removed from the list, with since
-- when and by whom, and stays in the table: last year's pay runs still speak of it.

CREATE TABLE clinic (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    contact TEXT NOT NULL,
    email   TEXT NOT NULL,
    phone   TEXT NOT NULL,
    address TEXT NOT NULL,
    cadence TEXT NOT NULL CHECK (cadence IN ('weekly', 'biweekly', 'semi-monthly', 'monthly', 'custom')),
    anchor  TEXT CHECK (LENGTH(anchor) = 10)
) STRICT;

CREATE TRIGGER clinic_keeps_id BEFORE UPDATE OF id ON clinic WHEN NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'clinic ids are never changed'); END;
CREATE TRIGGER clinic_stays BEFORE DELETE ON clinic
BEGIN SELECT RAISE(ABORT, 'clinic rows are never deleted'); END;

-- active is the sheet's own column; removed_at says that the row is gone from the sheet.
-- Two rows may bear one name: a person told apart by ID, or one who left and another who came.
CREATE TABLE provider (
    id          INTEGER PRIMARY KEY,
    provider_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    folded      TEXT NOT NULL CHECK (folded <> ''),
    aliases     TEXT NOT NULL,
    npi         TEXT NOT NULL,
    email       TEXT NOT NULL,
    phone       TEXT NOT NULL,
    works_as    TEXT NOT NULL CHECK (works_as IN ('W-2', '1099')),
    active      INTEGER NOT NULL CHECK (active IN (0, 1)),
    place       INTEGER NOT NULL,
    removed_at  TEXT,
    removed_by  TEXT,
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
) STRICT;

CREATE TRIGGER provider_stays BEFORE DELETE ON provider
BEGIN SELECT RAISE(ABORT, 'provider rows are never deleted'); END;

CREATE TABLE service (
    id           INTEGER PRIMARY KEY,
    code         TEXT NOT NULL,
    folded       TEXT NOT NULL UNIQUE CHECK (folded <> ''),
    name         TEXT NOT NULL,
    aliases      TEXT NOT NULL,
    unit_minutes INTEGER CHECK (unit_minutes > 0),
    place        INTEGER NOT NULL,
    removed_at   TEXT,
    removed_by   TEXT,
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
) STRICT;

CREATE TRIGGER service_stays BEFORE DELETE ON service
BEGIN SELECT RAISE(ABORT, 'service rows are never deleted'); END;

CREATE TABLE status_word (
    id         INTEGER PRIMARY KEY,
    status     TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE CHECK (folded <> ''),
    counts_as  TEXT NOT NULL
        CHECK (counts_as IN ('attended', 'no show', 'cancelled', 'late cancelled', 'scheduled')),
    place      INTEGER NOT NULL,
    removed_at TEXT,
    removed_by TEXT,
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
) STRICT;

CREATE TRIGGER status_word_stays BEFORE DELETE ON status_word
BEGIN SELECT RAISE(ABORT, 'status_word rows are never deleted'); END;

-- Rates only grow: a changed row is withdrawn and another one written. No provider or no service
-- means any. Cents, or parts per million where the basis is a share; no amount ends the row before.
CREATE TABLE rate (
    id             INTEGER PRIMARY KEY,
    provider       INTEGER REFERENCES provider (id),
    service        INTEGER REFERENCES service (id),
    basis          TEXT NOT NULL
        CHECK (basis IN ('per session', 'per unit', 'per hour', '% of charge', '% of collected')),
    amount         INTEGER CHECK (amount >= 0),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    note           TEXT NOT NULL,
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL
) STRICT;

CREATE TRIGGER rate_never_changes BEFORE UPDATE ON rate
BEGIN SELECT RAISE(ABORT, 'rate rows are never changed'); END;
CREATE TRIGGER rate_stays BEFORE DELETE ON rate
BEGIN SELECT RAISE(ABORT, 'rate rows are never deleted'); END;

CREATE TABLE rate_withdrawal (
    id           INTEGER PRIMARY KEY REFERENCES rate (id),
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;

CREATE TRIGGER rate_withdrawal_never_changes BEFORE UPDATE ON rate_withdrawal
BEGIN SELECT RAISE(ABORT, 'rate_withdrawal rows are never changed'); END;
CREATE TRIGGER rate_withdrawal_stays BEFORE DELETE ON rate_withdrawal
BEGIN SELECT RAISE(ABORT, 'rate_withdrawal rows are never deleted'); END;

-- Missed-visit rules grow as rates do. Cents (flat) or parts per million (% of rate).
CREATE TABLE missed_visit (
    id             INTEGER PRIMARY KEY,
    provider       INTEGER REFERENCES provider (id),
    service        INTEGER REFERENCES service (id),
    counts_as      TEXT NOT NULL
        CHECK (counts_as IN ('attended', 'no show', 'cancelled', 'late cancelled', 'scheduled')),
    basis          TEXT NOT NULL CHECK (basis IN ('none', 'flat', '% of rate')),
    amount         INTEGER CHECK (amount >= 0),
    effective_from TEXT NOT NULL CHECK (LENGTH(effective_from) = 10),
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL
) STRICT;

CREATE TRIGGER missed_visit_never_changes BEFORE UPDATE ON missed_visit
BEGIN SELECT RAISE(ABORT, 'missed_visit rows are never changed'); END;
CREATE TRIGGER missed_visit_stays BEFORE DELETE ON missed_visit
BEGIN SELECT RAISE(ABORT, 'missed_visit rows are never deleted'); END;

CREATE TABLE missed_visit_withdrawal (
    id           INTEGER PRIMARY KEY REFERENCES missed_visit (id),
    withdrawn_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;

CREATE TRIGGER missed_visit_withdrawal_never_changes BEFORE UPDATE ON missed_visit_withdrawal
BEGIN SELECT RAISE(ABORT, 'missed_visit_withdrawal rows are never changed'); END;
CREATE TRIGGER missed_visit_withdrawal_stays BEFORE DELETE ON missed_visit_withdrawal
BEGIN SELECT RAISE(ABORT, 'missed_visit_withdrawal rows are never deleted'); END;

-- What the clinic once answered about its logs. One row, the latest answers.
CREATE TABLE import_profile (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    columns    TEXT NOT NULL,
    polarity   TEXT NOT NULL,
    date_order TEXT NOT NULL CHECK (date_order IN ('', 'mdy', 'dmy')),
    saved_at   TEXT NOT NULL,
    saved_by   TEXT NOT NULL
) STRICT;
