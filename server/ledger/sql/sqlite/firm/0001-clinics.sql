-- The clinics whose books the firm keeps. Everything else about them is in their own file.
CREATE TABLE clinic (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    opened_at TEXT NOT NULL
) STRICT;

CREATE TRIGGER clinic_keeps_id BEFORE UPDATE OF id ON clinic WHEN NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'clinic ids are never changed'); END;

CREATE TRIGGER clinic_stays BEFORE DELETE ON clinic
BEGIN SELECT RAISE(ABORT, 'clinic rows are never deleted'); END;
