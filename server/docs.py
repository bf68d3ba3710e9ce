"""Builds the pages of the docs that are printed from tables: ``python -m server.docs``."""

from pathlib import Path

from server.billing.invoicing.printed import states_page

FOLDER = Path(__file__).parents[1] / "docs"


def pages() -> dict[str, str]:
    """Return each printed page by its file name."""
    return {"invoice-states.md": states_page()}


if __name__ == "__main__":
    for name, page in pages().items():
        (FOLDER / name).write_bytes(page.encode())
