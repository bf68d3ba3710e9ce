-- What was answered about logs that lack a column: that every row is an attended visit, and of which service.
ALTER TABLE import_profile ADD COLUMN all_attended BIGINT NOT NULL DEFAULT 0 CHECK (all_attended IN (0, 1));
ALTER TABLE import_profile ADD COLUMN one_service TEXT NOT NULL DEFAULT '';
