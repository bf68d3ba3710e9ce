"""The columns of a pay run: its paid lines, and the rows that are not paid."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd


def whole_numbers(column: "pd.Series[int]") -> npt.NDArray[np.int64]:
    """Return a column of whole numbers as an array, with 0 for a missing number."""
    return np.asarray(column.to_numpy(dtype=np.int64, na_value=0), dtype=np.int64)


class Columns:
    """Columns of equal length, with one value for each row. They never change."""

    __slots__ = ()

    @classmethod
    def of_frame(cls, frame: pd.DataFrame) -> Self:
        """Return the columns of a frame that has one column for each field."""
        return cls(**{name: frame[name] for name in cls.names()})

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        return tuple(column.name for column in fields(cls))  # type: ignore[arg-type] # each subclass is a dataclass

    def frame(self) -> pd.DataFrame:
        """Return the columns as a new frame."""
        return pd.DataFrame({name: getattr(self, name) for name in self.names()}, copy=False)

    def split(self, chosen: npt.NDArray[np.bool_]) -> tuple[Self, Self]:
        """Return the rows that are not chosen, and those that are; words that only the others have are dropped."""
        frame = self.frame()
        return self._part(frame[~chosen]), self._part(frame[chosen])

    @classmethod
    def _part(cls, frame: pd.DataFrame) -> Self:
        part = frame.reset_index(drop=True)
        for name in part.select_dtypes("category"):
            part[name] = part[name].cat.remove_unused_categories()
        return cls.of_frame(part)

    def followed_by(self, others: Self) -> Self:
        """Return these rows and then the others."""
        if not len(others):
            return self
        return self.of_frame(pd.concat([self.frame(), others.frame()], ignore_index=True))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(getattr(self, self.names()[0]))


@dataclass(frozen=True, slots=True, eq=False)
class PaidLines(Columns):
    """One row for each paid appointment, in the order of the log.

    ``row`` is the Excel row of the log; ``appointment`` the ID as text or ""; ``day`` the date of service as an Excel
    serial of the 1900 date system. ``provider``, ``service`` and ``counts_as`` are categories. ``units`` and
    ``minutes`` are thousandths, ``charge_cents`` and ``collected_cents`` cents, each NA if the log has none. ``rate``
    is a position in ``PayRun.rates_used``. ``identity`` identifies the appointment across exports. If its ID has
    changed, it is recognized by day, service, ``provider_key`` (kept when the provider's name changes) and
    ``patient_key`` (a digest, or "").
    """

    row: "pd.Series[int]"
    appointment: "pd.Series[str]"
    day: "pd.Series[int]"
    provider: "pd.Series[str]"
    service: "pd.Series[str]"
    counts_as: "pd.Series[str]"
    units: "pd.Series[int]"
    minutes: "pd.Series[int]"
    charge_cents: "pd.Series[int]"
    collected_cents: "pd.Series[int]"
    rate: "pd.Series[int]"
    amount_cents: "pd.Series[int]"
    identity: "pd.Series[str]"
    provider_key: "pd.Series[str]"
    patient_key: "pd.Series[str]"


@dataclass(frozen=True, slots=True, eq=False)
class UnpaidRows(Columns):
    """One row for each other appointment of the log, with its outcome.

    ``day`` is an Excel serial, NA if the log has none. ``provider``, ``service`` and ``status`` are spelled as in the
    log; ``outcome`` and ``reason`` are categories, the reason a plain sentence.
    """

    row: "pd.Series[int]"
    appointment: "pd.Series[str]"
    day: "pd.Series[int]"
    provider: "pd.Series[str]"
    service: "pd.Series[str]"
    status: "pd.Series[str]"
    outcome: "pd.Series[str]"
    reason: "pd.Series[str]"
