"""The numbers of rows of the books in requests: whole numbers that every database and every program can hold."""

from typing import Annotated

from pydantic import Field

RowId = Annotated[int, Field(ge=0, lt=2**53)]
"""The number of a row, as an answer gave it; no row has 0. JavaScript counts exactly up to 2^53, and SQLite a little further."""
