"""The import profile of a clinic: what it answered about its logs, in one row."""

import orjson

from server.billing.clinics import CountsAs, ImportProfile
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession

_READ = "SELECT columns, polarity, date_order, all_attended, one_service FROM import_profile"
_SAVE = """
INSERT INTO import_profile (only_row, columns, polarity, date_order, all_attended, one_service, saved_at, saved_by)
VALUES (1, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (only_row) DO UPDATE SET columns = excluded.columns, polarity = excluded.polarity,
    date_order = excluded.date_order, all_attended = excluded.all_attended, one_service = excluded.one_service,
    saved_at = excluded.saved_at, saved_by = excluded.saved_by
"""


def read_profile(session: DatabaseSession) -> ImportProfile:
    """Return what the clinic answered about its logs, an empty profile if it answered nothing yet."""
    if (row := session.one(_READ)) is None:
        return ImportProfile()
    return ImportProfile(
        columns=tuple((heading, field) for heading, field in orjson.loads(row[0])),
        polarity=tuple((heading, CountsAs(word)) for heading, word in orjson.loads(row[1])),
        date_order=row[2],
        all_attended=bool(row[3]),
        one_service=row[4],
    )


def save_profile(session: DatabaseSession, profile: ImportProfile, stamp: Stamp) -> None:
    """Record the answers, replacing the earlier ones."""
    answers = [orjson.dumps(answer).decode() for answer in (profile.columns, profile.polarity)]
    whole_log = [profile.date_order, int(profile.all_attended), profile.one_service]
    session.execute(_SAVE, [*answers, *whole_log, stamp.at, stamp.actor])
