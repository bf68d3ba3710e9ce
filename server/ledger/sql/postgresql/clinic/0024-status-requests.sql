-- An attorney asks how far a case has come. message is "" if the attorney wrote nothing.
CREATE TABLE status_request (
    clinic       TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id           BIGINT NOT NULL DEFAULT ledger.next_id('status_request'),
    patient_case BIGINT NOT NULL,
    attorney     BIGINT NOT NULL,
    message      TEXT NOT NULL CHECK (LENGTH(message) <= 500),
    recorded_at  TEXT NOT NULL,
    recorded_by  TEXT NOT NULL CHECK (recorded_by <> ''),
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, patient_case) REFERENCES patient_case (clinic, id),
    FOREIGN KEY (clinic, attorney) REFERENCES attorney (clinic, id)
);

CREATE INDEX status_request_of_case ON status_request (clinic, patient_case, id);

-- Staff answered a request, once. The answer itself is given by mail or telephone, or is the stage of the case.
CREATE TABLE status_answer (
    clinic         TEXT NOT NULL DEFAULT current_setting('app.clinic'),
    id             BIGINT NOT NULL DEFAULT ledger.next_id('status_answer'),
    status_request BIGINT NOT NULL,
    recorded_at    TEXT NOT NULL,
    recorded_by    TEXT NOT NULL CHECK (recorded_by <> ''),
    PRIMARY KEY (clinic, id),
    FOREIGN KEY (clinic, status_request) REFERENCES status_request (clinic, id),
    UNIQUE (clinic, status_request)
);
