-- The latest entry of the books: each click that is recorded asks for it, to notice a clock that was set back.
-- What was owed on a past day adds up nearly all steps, which reads the index alone.
CREATE INDEX step_by_instant ON step (clinic, recorded_at) INCLUDE (invoice, id);
CREATE INDEX access_by_instant ON access (clinic, at);
