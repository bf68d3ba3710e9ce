-- What the firm knows about a case besides its invoices: the whole record as it was after each change, so the latest row
-- of a case counts. further_payers are row ids of payers in their order, as JSON; money is in cents.
CREATE TABLE case_record (
    clinic             TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id                 BIGINT NOT NULL DEFAULT ledger.next_id('case_record'),
    patient_case       BIGINT NOT NULL,
    injured_on         TEXT CHECK (LENGTH(injured_on) = 10),
    claim_number       TEXT NOT NULL,
    statute_on         TEXT CHECK (LENGTH(statute_on) = 10),
    stage              TEXT NOT NULL CHECK (stage IN ('', 'treating', 'demand', 'negotiation', 'suit', 'settled',
        'closed')),
    payer              BIGINT,
    further_payers     TEXT NOT NULL,
    letter_signed_on   TEXT CHECK (LENGTH(letter_signed_on) = 10),
    letter_signed_by   TEXT NOT NULL,
    letter_cap_cents   BIGINT CHECK (letter_cap_cents > 0),
    letter_document    TEXT NOT NULL,
    letter_released_on TEXT CHECK (LENGTH(letter_released_on) = 10),
    gross_cents        BIGINT CHECK (gross_cents > 0),
    fee_cents          BIGINT CHECK (fee_cents >= 0),
    cost_cents         BIGINT CHECK (cost_cents >= 0),
    lien_pool_cents    BIGINT CHECK (lien_pool_cents >= 0),
    all_liens_cents    BIGINT CHECK (all_liens_cents > 0),
    recorded_at        TEXT NOT NULL,
    recorded_by        TEXT NOT NULL CHECK (recorded_by <> ''),
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, patient_case) REFERENCES patient_case (clinic, id),
    FOREIGN KEY (clinic, payer) REFERENCES payer (clinic, id)
);

CREATE INDEX case_record_of_case ON case_record (clinic, patient_case, id);

-- Who represents the patient of a case from a day on, NULL from its beginning, until a day that is not among them, NULL
-- where no end is known. A change counts in place of those before it for all days from its own on, so no day has two
-- attorneys. replaces is the change that it corrects, which then counts for no day.
CREATE TABLE case_attorney (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL DEFAULT ledger.next_id('case_attorney'),
    patient_case BIGINT NOT NULL,
    attorney     BIGINT NOT NULL,
    firm         TEXT NOT NULL,
    from_on      TEXT CHECK (LENGTH(from_on) = 10),
    until_on     TEXT CHECK (LENGTH(until_on) = 10),
    replaces     BIGINT,
    recorded_at  TEXT NOT NULL,
    recorded_by  TEXT NOT NULL CHECK (recorded_by <> ''),
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, patient_case) REFERENCES patient_case (clinic, id),
    FOREIGN KEY (clinic, attorney) REFERENCES attorney (clinic, id),
    FOREIGN KEY (clinic, replaces) REFERENCES case_attorney (clinic, id),
    UNIQUE (clinic, replaces),
    CHECK (until_on IS NULL OR from_on IS NULL OR until_on >= from_on)
);

CREATE INDEX case_attorney_of_case ON case_attorney (clinic, patient_case, id);
CREATE INDEX case_attorney_by_attorney ON case_attorney (clinic, attorney);
