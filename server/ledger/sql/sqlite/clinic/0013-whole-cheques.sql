-- Parts of a cheque that were recorded together name the step of the first of them. Their cents add up to the
-- cheque: ``ledger verify`` counts. Parts that were recorded before this step have no such name.
ALTER TABLE allocation ADD COLUMN recording INTEGER REFERENCES step (id) CHECK (recording <= step);

CREATE INDEX allocation_recorded_together ON allocation (recording) WHERE recording IS NOT NULL;
