-- What an invoice and a statement need from the clinic: whom to pay, where to send it, the tax ID, and the terms.
-- Empty means not given.
ALTER TABLE clinic ADD COLUMN pay_to TEXT NOT NULL DEFAULT '';
ALTER TABLE clinic ADD COLUMN remit_to TEXT NOT NULL DEFAULT '';
ALTER TABLE clinic ADD COLUMN tax_id TEXT NOT NULL DEFAULT '';
ALTER TABLE clinic ADD COLUMN invoice_terms TEXT NOT NULL DEFAULT '';

-- What a payer knows a case by. The latest that an Exams sheet said; the journal has the values before it.
ALTER TABLE patient_case ADD COLUMN injured_on TEXT CHECK (LENGTH(injured_on) = 10);
ALTER TABLE patient_case ADD COLUMN claim_number TEXT NOT NULL DEFAULT '';
