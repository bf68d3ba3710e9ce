-- Whether a pay run is approved by somebody else than the person who generated it.
ALTER TABLE clinic ADD COLUMN two_people_approve BIGINT NOT NULL DEFAULT 0 CHECK (two_people_approve IN (0, 1));
