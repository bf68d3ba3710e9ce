-- An answer is kept as long as the same click can be sent again. After that the row keeps the id and
-- the digest, so that the click is still never carried out twice, and lets go of the answer itself,
-- which may quote cells of a log.
DROP TRIGGER request_never_changes;
CREATE TRIGGER request_only_loses_its_answer BEFORE UPDATE ON request
WHEN NOT (
    OLD.body <> x'' AND NEW.body = x'' AND NEW.output_id IS NULL
    AND NEW.id IS OLD.id AND NEW.digest IS OLD.digest AND NEW.status IS OLD.status
    AND NEW.button IS OLD.button AND NEW.actor IS OLD.actor AND NEW.at IS OLD.at
)
BEGIN SELECT RAISE(ABORT, 'request rows are never changed, but for letting go of an old answer'); END;

CREATE INDEX request_with_answer ON request (at) WHERE body <> x'';
