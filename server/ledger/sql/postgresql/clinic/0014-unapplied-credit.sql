-- The invoices that hold unapplied credit, for every look at what a payer could still use.
CREATE INDEX invoice_holding_credit ON invoice (clinic, id) WHERE unapplied_cents > 0;
