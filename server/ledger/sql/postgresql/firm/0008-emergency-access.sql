-- Who opened a clinic that the user was not given, why, and from when to when. ended_at is NULL unless somebody ended it by hand
-- before ends_at. seen_at is when an administrator marked it as seen.
CREATE TABLE emergency_access (
    id       BIGINT NOT NULL DEFAULT ledger.next_id('emergency_access') CHECK (id > 0),
    "user"   BIGINT NOT NULL,
    clinic   TEXT NOT NULL,
    reason   TEXT NOT NULL CHECK (reason <> ''),
    began_at TEXT NOT NULL,
    ends_at  TEXT NOT NULL CHECK (ends_at > began_at),
    ended_at TEXT,
    ended_by TEXT NOT NULL DEFAULT '',
    seen_at  TEXT,
    seen_by  TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (id),
    FOREIGN KEY ("user") REFERENCES "user" (id),
    FOREIGN KEY (clinic) REFERENCES clinic (id),
    CHECK ((ended_at IS NULL) = (ended_by = '')),
    CHECK ((seen_at IS NULL) = (seen_by = ''))
);

CREATE INDEX emergency_access_of_user ON emergency_access ("user", ends_at);

CREATE TRIGGER emergency_access_is_ended_and_seen_once BEFORE UPDATE ON emergency_access
FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW."user" <> OLD."user" OR NEW.clinic <> OLD.clinic OR NEW.reason <> OLD.reason
    OR NEW.began_at <> OLD.began_at OR NEW.ends_at <> OLD.ends_at OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at IS
    DISTINCT FROM OLD.ended_at OR NEW.ended_by <> OLD.ended_by)) OR (OLD.seen_at IS NOT NULL AND (NEW.seen_at IS DISTINCT
    FROM OLD.seen_at OR NEW.seen_by <> OLD.seen_by))) EXECUTE FUNCTION ledger.refuse('an emergency access can only be ended once and seen once');
