-- A document that was uploaded and never attached to an invoice is removed after a while; one that a step
-- names stays for ever. The index finds the steps that name a document. Damaged JSON names none: `ledger verify` finds it.
CREATE INDEX step_names_document ON step (clinic, ledger.member_of_valid_text(inputs, 'document')) WHERE
    ledger.member_of_valid_text(inputs, 'document') IS NOT NULL;

CREATE FUNCTION refuse_loss_of_attached() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ledger.is_moving() AND EXISTS (SELECT 1 FROM step WHERE ledger.member_of_valid_text(inputs, 'document') =
        OLD.digest) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'document rows that a step names are never deleted';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER document_stays_if_attached BEFORE DELETE ON document
FOR EACH ROW EXECUTE FUNCTION refuse_loss_of_attached();
