-- The latest entry of the books: each click that is recorded asks for it, to notice a clock that was set back.
CREATE INDEX step_by_instant ON step (clinic, recorded_at);
CREATE INDEX access_by_instant ON access (clinic, at);
