-- The clinics whose books the firm keeps. Everything else about them is in their own file.
CREATE TABLE clinic (
    id        TEXT NOT NULL,
    name      TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TRIGGER clinic_keeps_id BEFORE UPDATE OF id ON clinic
FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION ledger.refuse('clinic ids are never changed');
