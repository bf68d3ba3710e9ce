"""Whatever the ledger keeps is for its owner only, from the first folder on and whatever the umask."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.certificates import Certificates
from server.ledger.clock import utc_now
from server.ledger.store import Ledger
from server.private_files import make_private_folder, write_private_file
from tests.ledger.conftest import a_clock
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import created

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows keeps a user's own folders by other means")


@pytest.fixture(params=[0o000, 0o022, 0o277], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[int, list[str]]:
    """Return the modes of a folder and of everything in it, each with whose they are."""
    found: dict[int, list[str]] = {}
    for path in (folder, *folder.rglob("*")):
        kind = 0o700 if path.is_dir() else 0o600
        found.setdefault(stat.S_IMODE(path.stat().st_mode) ^ kind, []).append(str(path))
    return found


@pytest.mark.usefixtures("umask")
def test_a_used_ledger_its_backup_and_its_export_are_for_their_owner_only(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    home = tmp_path / "made" / "on" / "the way"
    ledger = Ledger(home / "ledger", a_clock)
    lakeside = ledger.open_clinic(LAKESIDE)
    created(lakeside)
    lakeside.keep_document(b"%PDF-1.7 an invented paper", "paper.pdf", "ana")
    ledger.outputs.keep("lakeside", b"workbook")
    ledger.tokens.ensure_desktop()
    ledger.backup(home / "copies" / "backup")
    ledger.export("lakeside", home / "copies" / "export")
    restored = Ledger(home / "restored", a_clock)
    restored.restore(home / "copies" / "backup")
    Certificates(home / "certificates").make(utc_now())

    public = home / "certificates" / "authority.pem"
    public.chmod(0o600)
    found = modes(tmp_path / "made")
    assert found.keys() == {0}
    record_property("Folders and files for their owner only, over three umasks", len(found[0]))


@pytest.mark.usefixtures("umask")
def test_every_folder_made_on_the_way_is_private_and_one_that_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o700)
    (tmp_path / "shared").chmod(0o755)
    make_private_folder(tmp_path / "shared" / "a" / "b" / "c")
    write_private_file(tmp_path / "shared" / "d" / "file", b"content")

    assert stat.S_IMODE((tmp_path / "shared").stat().st_mode) == 0o755
    assert modes(tmp_path / "shared" / "a").keys() == modes(tmp_path / "shared" / "d").keys() == {0}
