-- Where a view was asked for: an address, or "local" for this computer. Rows from before this step do not know: "".
ALTER TABLE access ADD COLUMN origin TEXT NOT NULL DEFAULT '';
