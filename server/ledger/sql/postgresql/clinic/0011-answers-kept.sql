-- An answer is kept as long as the same click can be sent again. After that the row keeps the id and
-- the digest, so that the click is still never carried out twice, and lets go of the answer itself,
-- which may quote cells of a log.
CREATE TRIGGER request_only_loses_its_answer BEFORE UPDATE ON request
FOR EACH ROW WHEN (NOT ( OLD.body <> ''::bytea AND NEW.body = ''::bytea AND NEW.output_id IS NULL AND NEW.id IS NOT
    DISTINCT FROM OLD.id AND NEW.digest IS NOT DISTINCT FROM OLD.digest AND NEW.status IS NOT DISTINCT FROM OLD.status
    AND NEW.button IS NOT DISTINCT FROM OLD.button AND NEW.actor IS NOT DISTINCT FROM OLD.actor AND NEW.at IS NOT
    DISTINCT FROM OLD.at )) EXECUTE FUNCTION ledger.refuse('request rows are never changed, but for letting go of an old answer');

CREATE INDEX request_with_answer ON request (clinic, at) WHERE body <> ''::bytea;
