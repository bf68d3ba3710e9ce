"""The service whose documents and finished workbooks are in a bucket, and what it says if the bucket cannot be used."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Event

import httpx
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from server.cli.commands import app
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.object_bucket import ObjectBucket, ObjectEncryption
from server.settings import Settings
from server.storage import Storage
from tests.api.wire import press, problem, serving
from tests.object_servers import S3Server, cut_line, use_store
from tests.ribbon.clicks import a_click, visits

PAPER = {"content-type": "application/octet-stream"}
PDF = b"%PDF-1.7 an invented cheque"


def test_what_one_service_left_in_the_bucket_the_next_one_finds_and_a_worker_process_writes_into_it(
    folder: Path, s3: S3Server
) -> None:
    bucket = s3.new_bucket()
    settings = {"objects": bucket.address, "workers": "1", "big_request": "0"}
    with serving(folder, **settings) as one, httpx.Client(base_url=one.url, timeout=60) as first:
        output = press(first, "payroll.generate", a_click(visits(5, 6))).json()["output"]
        digest = first.post("/clinics/lakeside/documents", content=PDF, headers=PAPER).json()["digest"]
    with serving(folder, **settings) as other, httpx.Client(base_url=other.url, timeout=60) as second:
        assert sha256(second.get(output["url"]).content).hexdigest() == output["sha256"]
        assert second.get(f"/clinics/lakeside/documents/{digest}").content == PDF
    assert len(s3.keys(bucket)) == 3
    assert not {"documents", "outputs"} & {path.name for path in folder.iterdir()}


def test_while_the_store_does_not_answer_the_rest_works_and_the_sentence_says_so(
    folder: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = s3.new_bucket()
    with cut_line(s3.url) as line:
        use_store(monkeypatch, line.url)
        with (
            serving(folder, objects=bucket.address) as program,
            httpx.Client(base_url=program.url, timeout=120) as client,
        ):
            line.bytes_left = 0
            answer = client.post("/clinics/lakeside/documents", content=PDF, headers=PAPER)
            assert (answer.status_code, problem(answer)["code"]) == (503, "object-store-unreachable")
            assert client.get("/clinics/lakeside/invoices").status_code == 200
            assert client.get("/clinics/lakeside/documents").json()["documents"] == []

            line.bytes_left = None
            digest = client.post("/clinics/lakeside/documents", content=PDF, headers=PAPER).json()["digest"]
            assert client.get(f"/clinics/lakeside/documents/{digest}").content == PDF


def test_a_service_killed_in_the_middle_of_an_upload_leaves_nothing_and_the_next_one_goes_on(
    folder: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, big = s3.new_bucket(), PDF * 200_000
    with cut_line(s3.url) as line, ThreadPoolExecutor(1) as pool:
        use_store(monkeypatch, line.url)
        with serving(folder, objects=bucket.address) as program:
            line.bytes_left, line.waiting = len(big) // 2, Event()
            address = f"{program.url}/clinics/lakeside/documents"
            sending = pool.submit(httpx.post, address, content=big, headers=PAPER, timeout=60)
            assert line.waiting.wait(30)
            program.process.kill()
            with pytest.raises(httpx.HTTPError):
                sending.result()
    use_store(monkeypatch, s3.url)
    assert s3.keys(bucket) == {"ledger"}
    assert isinstance(Ledger(folder, storage=Storage(bucket=bucket)).clinic("lakeside").verify(), Verified)
    with serving(folder, objects=bucket.address) as program:
        address = f"{program.url}/clinics/lakeside/documents"
        assert httpx.get(address).json()["documents"] == []
        digest = httpx.post(address, content=big, headers=PAPER, timeout=60).json()["digest"]
        assert httpx.get(f"{address}/{digest}", timeout=60).content == big


@pytest.mark.usefixtures("s3")
def test_a_service_whose_bucket_is_not_there_does_not_start(folder: Path) -> None:
    variables = {"CLINIC_LEDGER_OBJECTS": "s3://never-made/books"}
    result = CliRunner().invoke(app, ["serve", "--ledger", str(folder), "--port", "0"], env=variables)
    assert result.exit_code == 1
    assert "never-made" in result.stderr


@pytest.mark.sqlite("books that move with their folder")
def test_a_ledger_moved_to_another_folder_keeps_its_place(folder: Path, tmp_path: Path, s3: S3Server) -> None:
    bucket = s3.new_bucket()
    with serving(folder, objects=bucket.address) as program:
        httpx.post(f"{program.url}/clinics/lakeside/documents", content=PDF, headers=PAPER).raise_for_status()
    shutil.move(folder, tmp_path / "moved")

    variables = {"CLINIC_LEDGER_OBJECTS": bucket.address}
    moved = CliRunner().invoke(app, ["ledger", "verify", "--ledger", str(tmp_path / "moved")], env=variables)
    assert moved.exit_code == 0, moved.output


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        ("", None),
        ("s3://papers", ObjectBucket("papers")),
        ("s3://papers/", ObjectBucket("papers")),
        ("s3://papers.firm.example/office/books", ObjectBucket("papers.firm.example", "office/books")),
        ("s3://papers/office/", ObjectBucket("papers", "office")),
    ],
)
def test_an_address_names_a_bucket_and_a_prefix(address: str, bucket: ObjectBucket | None) -> None:
    assert Settings(objects=address).bucket == bucket


@pytest.mark.parametrize(
    "address",
    [
        "papers", "s3:/papers", "s3://", "s3://p", "s3://Papers", "s3://papers//x", "s3://papers/../x", "s3://papers/./x",
        "s3://key:secret@papers/x", "s3://papers/a b", "s3://papers/x?y", "https://papers/x", "s3://papers/x\n",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_bucket_is_said_without_repeating_it(address: str) -> None:
    with pytest.raises(ValidationError, match="s3://bucket/prefix") as refused:
        Settings(objects=address)
    assert "secret" not in str(refused.value)


def test_a_key_of_encryption_needs_the_kind_that_takes_one() -> None:
    settings = Settings(objects="s3://papers", objects_encryption=ObjectEncryption.OF_A_KEY_SERVICE)
    assert settings.bucket == ObjectBucket("papers", "", ObjectEncryption.OF_A_KEY_SERVICE)
    with pytest.raises(ValidationError, match="CLINIC_LEDGER_OBJECTS_ENCRYPTION=aws:kms"):
        Settings(objects="s3://papers", objects_encryption_key="alias/office")


def test_a_wrong_address_ends_the_command_with_the_name_of_the_variable(folder: Path) -> None:
    variables = {"CLINIC_LEDGER_OBJECTS": "papers"}
    result = CliRunner().invoke(app, ["ledger", "verify", "--ledger", str(folder)], env=variables)
    assert result.exit_code == 2
    assert "CLINIC_LEDGER_OBJECTS" in result.stderr
