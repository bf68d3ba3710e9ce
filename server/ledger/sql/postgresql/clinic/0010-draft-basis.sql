-- What a draft was made from, so that its approval can say what has changed since: the digest of the setup that
-- decides pay, the name of the sheet that held the log, and the answers given with the click, as JSON. A draft made
-- before this step says nothing of it.
ALTER TABLE draft ADD COLUMN setup_version TEXT NOT NULL DEFAULT '';
ALTER TABLE draft ADD COLUMN log_sheet TEXT NOT NULL DEFAULT '';
ALTER TABLE draft ADD COLUMN answers TEXT NOT NULL DEFAULT '{}';
