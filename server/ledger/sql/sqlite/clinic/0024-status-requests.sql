-- An attorney asks how far a case has come. message is "" if the attorney wrote nothing.
CREATE TABLE status_request (
    id           INTEGER PRIMARY KEY,
    patient_case INTEGER NOT NULL REFERENCES patient_case (id),
    attorney     INTEGER NOT NULL REFERENCES attorney (id),
    message      TEXT NOT NULL CHECK (LENGTH(message) <= 500),
    recorded_at  TEXT NOT NULL,
    recorded_by  TEXT NOT NULL CHECK (recorded_by <> '')
) STRICT;

CREATE INDEX status_request_of_case ON status_request (patient_case, id);

-- Staff answered a request, once. The answer itself is given by mail or telephone, or is the stage of the case.
CREATE TABLE status_answer (
    id             INTEGER PRIMARY KEY,
    status_request INTEGER NOT NULL UNIQUE REFERENCES status_request (id),
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL CHECK (recorded_by <> '')
) STRICT;
