"""Installing the desktop add-in, on a computer made of folders.

The registry is Windows' own and is tried on Windows only; here the plan shows what would be set.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from addin.desktop.install import PlaceClosed, RecordDamaged, install, preview, uninstall
from addin.desktop.install_plan import Computer, NoExcel, PathUnusable, PutRegistry, install_steps
from addin.desktop.install_settings import Settings, SettingsDamaged, settings_file
from addin.desktop.xlam import build_xlam

MANIFEST = '<OfficeApp xmlns="http://schemas.microsoft.com/office/appforoffice/1.1"><Id>an-invented-id</Id></OfficeApp>'
USUAL = Settings()


@pytest.fixture(params=["win32", "darwin"])
def computer(request: pytest.FixtureRequest, tmp_path: Path) -> Computer:
    return a_computer(tmp_path, request.param)


def a_computer(home: Path, system: str) -> Computer:
    return Computer(system, home, home / "AppData" / "Roaming", home / "Ledger" / "python")


def files(computer: Computer) -> dict[str, bytes]:
    return {
        str(path.relative_to(computer.home)): path.read_bytes()
        for path in computer.home.rglob("*")
        if path.is_file()
    }


def put(computer: Computer, settings: Settings = USUAL) -> list[str]:
    return list(install(computer, install_steps(computer, settings)))


def test_windows_opens_the_ribbon_from_its_start_folder(tmp_path: Path) -> None:
    computer = a_computer(tmp_path, "win32")
    put(computer)
    assert files(computer)["AppData/Roaming/Microsoft/Excel/XLSTART/clinicledger.xlam"] == build_xlam()


def test_a_mac_opens_the_ribbon_from_its_start_folder_and_has_the_script_that_starts_python(
    tmp_path: Path,
) -> None:
    computer = a_computer(tmp_path, "darwin")
    put(computer)
    start = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
    script = files(computer)["Library/Application Scripts/com.microsoft.Excel/clinicledger.applescript"]
    assert f"{start}/clinicledger.xlam" in files(computer)
    assert b"on VbaHandler(" in script


def test_the_macros_are_told_where_python_is_whatever_the_user_is_called(tmp_path: Path) -> None:
    home = tmp_path / "Zoë"
    windows, mac = a_computer(home / "w", "win32"), a_computer(home / "m", "darwin")
    put(windows)
    put(mac)
    told = files(windows)[".clinicledger/clinicledger.conf"].decode().splitlines()
    assert told[0] == '"INTERPRETER_WIN","%USERPROFILE%\\Ledger\\python"'
    told = files(mac)["Library/Containers/com.microsoft.Excel/Data/clinicledger.conf"].decode().splitlines()
    assert told[0] == '"INTERPRETER_MAC","$HOME/Ledger/python"'


@pytest.mark.parametrize("folder", ["Löhne", 'say "hi"', "a|b", "a;b"])
def test_a_python_the_macros_would_misread_is_refused_before_anything_is_written(
    computer: Computer, folder: str
) -> None:
    misread = replace(computer, python=Path("/opt", folder, "python"))
    with pytest.raises(PathUnusable, match="misread"):
        put(misread)
    assert files(computer) == {}


def test_the_ribbon_finds_the_service_that_was_named(computer: Computer) -> None:
    named = Settings("https://ledger.example.com", computer.home / "token")
    put(computer, named)
    assert Settings.of(computer.home) == named


def test_without_an_installation_the_service_is_where_it_usually_is(computer: Computer) -> None:
    assert Settings.of(computer.home) == USUAL


def test_damaged_settings_are_said_with_their_remedy(computer: Computer) -> None:
    put(computer)
    for damaged in (b"", b"[]", b'{"url": "https://ledger.example.com"}', b"\xff"):
        settings_file(computer.home).write_bytes(damaged)
        with pytest.raises(SettingsDamaged) as refused:
            Settings.of(computer.home)
        assert "addin install" in refused.value.remedy


def test_every_step_is_said_in_words(computer: Computer) -> None:
    said = put(computer)
    assert all(sentence.startswith("Wrote ") for sentence in said)
    assert len(said) == len(files(computer)) - 1  # the record of the installation is not a step of it


def test_a_dry_run_says_the_same_and_writes_nothing(computer: Computer) -> None:
    said = list(preview(install_steps(computer, USUAL)))
    assert files(computer) == {}
    assert [sentence.removeprefix("Would write ") for sentence in said] == [
        sentence.removeprefix("Wrote ") for sentence in put(computer)
    ]


def test_uninstall_leaves_the_computer_as_it_was(computer: Computer) -> None:
    computer.roaming.mkdir(parents=True)
    own = computer.home / "Ledger.txt"
    own.write_text("mine")
    before = {*computer.home.rglob("*")}
    put(computer)
    list(uninstall(computer))
    assert {*computer.home.rglob("*")} == before


def test_installing_twice_and_with_other_settings_is_undone_by_one_uninstall(computer: Computer) -> None:
    put(computer)
    put(computer, Settings("https://ledger.example.com"))
    list(uninstall(computer))
    assert files(computer) == {}


def test_what_somebody_changed_since_is_left_and_said(computer: Computer) -> None:
    put(computer)
    settings_file(computer.home).write_text("changed by hand")
    said = list(uninstall(computer))
    assert list(files(computer)) == [".clinicledger/settings.json"]
    assert sum(sentence.startswith("Left, because it was changed since") for sentence in said) == 1


def test_what_is_gone_already_stops_nobody(computer: Computer) -> None:
    put(computer)
    settings_file(computer.home).unlink()
    said = list(uninstall(computer))
    assert any(sentence.startswith("Gone already") for sentence in said)
    assert files(computer) == {}


def test_uninstall_without_an_installation_says_so(computer: Computer) -> None:
    assert list(uninstall(computer)) == ["Nothing to remove: clinicledger addin install has not run here."]


def test_an_installation_cut_short_is_cleaned_up(computer: Computer) -> None:
    next(install(computer, install_steps(computer, USUAL)))
    list(uninstall(computer))
    assert files(computer) == {}


def test_a_new_content_that_was_cut_short_is_cleaned_up(computer: Computer) -> None:
    """Some files have the new content then, some the old one, and one may be half written under another name."""
    put(computer)
    next(install(computer, install_steps(computer, Settings("https://ledger.example.com"))))
    half = settings_file(computer.home).with_name("settings.json.part")
    half.write_bytes(b"{")
    assert not [sentence for sentence in uninstall(computer) if sentence.startswith("Left")]
    assert files(computer) == {}


def test_a_record_that_was_cut_short_leaves_nothing(computer: Computer) -> None:
    computer.own_folder.mkdir()
    (computer.own_folder / "installed.json.part").write_bytes(b"{")
    list(uninstall(computer))
    assert files(computer) == {}


def test_a_file_that_cannot_be_written_is_said_with_its_remedy(computer: Computer) -> None:
    # As root nothing is closed, so a folder stands where the file should be.
    blocked = settings_file(computer.home)
    blocked.mkdir(parents=True)
    with pytest.raises(PlaceClosed) as refused:
        put(computer)
    assert str(blocked) in refused.value.sentence
    assert "Close Excel" in refused.value.remedy


@pytest.mark.parametrize("damaged", [b"", b"[]", b"{}x", b'{"other": 1}', b'{"files": []}'])
def test_a_damaged_record_removes_nothing_and_is_mended_by_installing_again(
    computer: Computer, damaged: bytes
) -> None:
    put(computer)
    record = computer.own_folder / "installed.json"
    record.write_bytes(damaged)
    with pytest.raises(RecordDamaged):
        list(uninstall(computer))
    assert len(files(computer)) > 1
    put(computer)
    list(uninstall(computer))
    assert files(computer) == {}


def test_an_office_add_in_in_development_is_put_where_excel_for_mac_looks(tmp_path: Path) -> None:
    computer = a_computer(tmp_path, "darwin")
    list(install(computer, install_steps(computer, USUAL, MANIFEST)))
    wef = "Library/Containers/com.microsoft.Excel/Data/Documents/wef"
    assert files(computer)[f"{wef}/an-invented-id.manifest.xml"].decode() == MANIFEST


def test_an_office_add_in_in_development_is_named_in_the_registry_of_windows(tmp_path: Path) -> None:
    computer = a_computer(tmp_path, "win32")
    (named,) = [step for step in install_steps(computer, USUAL, MANIFEST) if isinstance(step, PutRegistry)]
    assert (named.name, named.value) == ("an-invented-id", str(computer.own_folder / "manifest.xml"))


def test_where_there_is_no_excel_the_other_ways_are_named(tmp_path: Path) -> None:
    with pytest.raises(NoExcel) as refused:
        install_steps(a_computer(tmp_path, "linux"), USUAL)
    assert "clinicledger press" in refused.value.remedy
