"""Files that are sent while they are made: their length has no limit, and the memory that they take has one."""

from collections.abc import Generator
from contextlib import ExitStack

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class StreamedFile(StreamingResponse):
    """A download in pieces, which threads make one by one as the client takes them.

    ``reading`` is what the pieces are read from. It is closed when the last piece is sent, and when the client goes away.
    """

    def __init__(
        self, pieces: Generator[bytes, None, None], reading: ExitStack, media_type: str, name: str
    ) -> None:
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        super().__init__(pieces, media_type=media_type, headers=headers)
        self._pieces = pieces
        self._reading = reading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file. Nobody works on a piece any more when this returns: a thread is waited for."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._pieces.close()
            self._reading.close()
