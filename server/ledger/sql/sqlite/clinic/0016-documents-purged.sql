-- A document that was uploaded and never attached to an invoice is removed after a while; one that a step
-- names stays for ever. The index finds the steps that name a document, compared with an expression (|| ''), for which
-- SQLite can use it. Damaged JSON names none: `ledger verify` finds it.
CREATE INDEX step_names_document ON step (CASE WHEN json_valid(inputs) THEN inputs ->> 'document' END)
WHERE CASE WHEN json_valid(inputs) THEN inputs ->> 'document' END IS NOT NULL;

DROP TRIGGER document_stays;
CREATE TRIGGER document_stays_if_attached BEFORE DELETE ON document
WHEN EXISTS (SELECT 1 FROM step WHERE CASE WHEN json_valid(inputs) THEN inputs ->> 'document' END = OLD.digest || '')
BEGIN SELECT RAISE(ABORT, 'document rows that a step names are never deleted'); END;
