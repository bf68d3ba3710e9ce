-- The steps of some months, by what was done, for the key figures by month. The few that take earlier ones back, and what
-- the others agreed, have indexes of their own, so that no step has to be read.
CREATE INDEX step_by_action ON step (clinic, action, day);
CREATE INDEX step_takes_back ON step (clinic, day) WHERE reverses <> '[]';
CREATE INDEX step_agreed_by_day ON step (clinic, day, ledger.member_of_valid_text(inputs, 'amount_cents')) WHERE action =
    'agree';
-- The invoices created on some days. Their day never changes, so this index is written once for each invoice.
CREATE INDEX invoice_by_creation ON invoice (clinic, created);
