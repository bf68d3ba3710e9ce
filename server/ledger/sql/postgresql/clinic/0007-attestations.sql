-- Whether an attestation still reads as it was made: the hash of its row and of the one before. Those made
-- before there were hashes have none.
ALTER TABLE licence_attestation ADD COLUMN hash TEXT NOT NULL DEFAULT '' CHECK (LENGTH(hash) IN (0, 64));
