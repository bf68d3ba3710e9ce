"""Opening a clinic that one was not given, for an hour, and closing it again (rule: people#break-glass)."""

from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from server import errors
from server.api.pairing import EmptyBody
from server.api.problems import refusals
from server.api.row_ids import RowId
from server.api.sessions import OfFirm
from server.ledger.people.emergency_access import LONGEST_REASON, EmergencyAccess
from server.operations import emergency_access

router = APIRouter(prefix="/session/emergency-access")


class EmergencyBody(BaseModel):
    """The clinic to open, by its id or its whole name, and why."""

    model_config = ConfigDict(extra="forbid")

    clinic: str = Field(max_length=200)
    reason: str = Field(max_length=2 * LONGEST_REASON)


class EmergencyOut(BaseModel):
    """A clinic that is open to the person, or was. ``ended_at`` is ``null`` unless somebody ended it by hand."""

    id: int
    clinic: str
    reason: str
    began_at: str
    ends_at: str
    ended_at: str | None

    @classmethod
    def of(cls, access: EmergencyAccess) -> Self:
        """Return an emergency access as its person sees it."""
        return cls(
            id=access.id,
            clinic=access.clinic,
            reason=access.reason,
            began_at=access.began_at,
            ends_at=access.ends_at,
            ended_at=access.ended_at or None,
        )


@router.post(
    "", responses=refusals(*emergency_access.begin_emergency.refusals, errors.BadRequest, errors.TooLarge)
)
def begin_emergency_access(body: EmergencyBody, sessions: OfFirm) -> EmergencyOut:
    """Open a clinic that the person was not given for one hour. Administrators are told, and every request is marked."""
    with sessions.view_session() as session:
        return EmergencyOut.of(emergency_access.begin_emergency(session, body.clinic, body.reason))


@router.post(
    "/{access_id}/end",
    responses=refusals(*emergency_access.end_emergency.refusals, errors.BadRequest, errors.TooLarge),
)
def end_emergency_access(access_id: RowId, body: EmptyBody, sessions: OfFirm) -> EmergencyOut:  # noqa: ARG001 - only its form counts
    """End an emergency access before its hour is over."""
    with sessions.view_session() as session:
        return EmergencyOut.of(emergency_access.end_emergency(session, access_id))
