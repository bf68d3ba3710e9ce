"""``GET /doctor``: how the installation is, for the task pane and for support."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from server.api.problems import refusals
from server.api.sessions import OpenLedger
from server.doctor.remarks import Level, Remark, worst
from server.doctor.service_checks import check_installation
from server.settings import Settings

router = APIRouter()


class RemarkOut(BaseModel):
    """One part of the installation."""

    part: str
    level: Level
    says: str
    remedy: str

    @classmethod
    def of(cls, remark: Remark) -> "RemarkOut":
        """Return a remark in the form of the API."""
        return cls(part=remark.part, level=remark.level, says=remark.says, remedy=remark.remedy)


class Doctor(BaseModel):
    """How the installation is."""

    level: Level
    checks: list[RemarkOut]


async def _settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


@router.get("/doctor", tags=["service"], responses=refusals())
def examine_installation(ledger: OpenLedger, settings: Annotated[Settings, Depends(_settings_of)]) -> Doctor:
    """Return how the installation of this service is. The books are not verified: that takes its time."""
    remarks = list(check_installation(ledger, settings))
    return Doctor(level=worst(remarks), checks=[RemarkOut.of(one) for one in remarks])
