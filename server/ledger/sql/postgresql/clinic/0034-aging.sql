-- What is owed by age, for each party: the balances of a party in the order of the days on which their invoices were created.
CREATE INDEX invoice_owed_by_payer ON invoice (clinic, payer, created, balance_cents) WHERE balance_cents > 0;
CREATE INDEX invoice_owed_by_attorney ON invoice (clinic, attorney, created, balance_cents) WHERE balance_cents > 0;
CREATE INDEX invoice_owed_by_facility ON invoice (clinic, facility, created, balance_cents) WHERE balance_cents > 0;
CREATE INDEX invoice_owed_by_physician ON invoice (clinic, physician, created, balance_cents) WHERE balance_cents > 0;

-- What was known of an invoice on a past day: when it was sent, what was agreed, and which credit there was.
CREATE INDEX step_sends ON step (clinic, invoice, place, recorded_at, day, action) WHERE action = 'send';
CREATE INDEX step_agrees ON step (clinic, invoice, place, recorded_at, day, action) WHERE action = 'agree';
CREATE INDEX transfer_of_credit ON transfer (clinic, step) WHERE debit = 'unapplied credit' OR credit = 'unapplied credit';
