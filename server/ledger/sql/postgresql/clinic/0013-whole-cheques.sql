-- Parts of a cheque that were recorded together name the step of the first of them. Their cents add up to the
-- cheque: ``ledger verify`` counts. Parts that were recorded before this step have no such name.
ALTER TABLE allocation ADD COLUMN recording BIGINT CHECK (recording <= step), ADD FOREIGN KEY (clinic, recording)
    REFERENCES step (clinic, id);

CREATE INDEX allocation_recorded_together ON allocation (clinic, recording) WHERE recording IS NOT NULL;
