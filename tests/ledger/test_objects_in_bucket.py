"""Documents and finished files in an S3-compatible store: what is different there, and what goes wrong there."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, Thread

import boto3
import httpx
import pytest

from server.errors import (
    BadClinicId,
    BillingError,
    BucketMissing,
    BucketOfAnotherLedger,
    NotRestored,
    ObjectStoreDenied,
    ObjectStoreNotInstalled,
    ObjectStoreUnprotected,
    ObjectStoreUnreachable,
    UnknownDocument,
    UnknownOutput,
)
from server.ledger.clinic_store import ClinicStore
from server.ledger.clock import utc_now
from server.ledger.document_files import DocumentFiles
from server.ledger.objects import s3_objects
from server.ledger.objects.object_places import BucketPlaces
from server.ledger.objects.s3_objects import S3Objects
from server.ledger.retention import RetentionPeriods, remove_expired
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow, Verified
from server.object_bucket import ObjectBucket, ObjectEncryption
from server.storage import Storage
from tests.ledger.conftest import a_clock
from tests.ledger.invented import HILLSIDE
from tests.ledger.objects import Objects, names_in
from tests.object_servers import REGION, CutLine, S3Server, cut_line, use_store

PDF = b"%PDF-1.7 an invented cheque"
PERIODS = RetentionPeriods(answers=timedelta(days=30), documents=timedelta(days=1))


@pytest.fixture
def bucket(s3: S3Server) -> ObjectBucket:
    return s3.new_bucket()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a store that is not there for a second."""
    monkeypatch.setattr(s3_objects, "PATIENCE", timedelta(seconds=1))


@pytest.fixture
def line(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[CutLine]:
    """Reach the store over a line that can be cut."""
    with cut_line(s3.url) as line:
        use_store(monkeypatch, line.url)
        yield line


def keep(lakeside: ClinicStore, data: bytes = PDF) -> str:
    return lakeside.keep_document(data, "cheque.pdf", "ana").digest


# -- What is where


def test_nothing_of_a_document_or_a_finished_file_is_in_the_ledger_folder(
    ledger: Ledger, lakeside: ClinicStore, s3: S3Server, bucket: ObjectBucket
) -> None:
    digest = keep(lakeside)
    token = ledger.outputs.keep("lakeside", b"workbook").removeprefix("lakeside.")
    blank = ledger.outputs.keep("_new", b"text", "txt").removeprefix("_new.")

    assert s3.keys(bucket) == {
        "ledger",
        f"clinics/lakeside/documents/{digest}",
        f"outputs/lakeside/{token}.xlsx",
        f"outputs/_new/{blank}.txt",
    }
    assert {path.name for path in ledger.folder.glob("*")} & {"documents", "outputs"} == set()


def test_a_whole_bucket_can_be_the_place(s3: S3Server, folder: Path) -> None:
    whole = s3.new_bucket("")
    kept = Ledger(folder, storage=Storage(bucket=whole)).outputs.keep("lakeside", b"workbook")

    assert Ledger(folder, storage=Storage(bucket=whole)).outputs.read(kept).data == b"workbook"


@pytest.mark.parametrize("clinic_id", ["../hillside", "lakeside/documents", "", "Lakeside", "lake%2fside"])
def test_no_key_is_made_of_what_is_no_clinic(bucket: ObjectBucket, clinic_id: str) -> None:
    with pytest.raises(BadClinicId):
        BucketPlaces(bucket, lambda: "this ledger").documents_of(clinic_id)


def test_the_same_document_of_two_clinics_is_two_objects(
    ledger: Ledger, lakeside: ClinicStore, objects: Objects, s3: S3Server, bucket: ObjectBucket
) -> None:
    hillside = ledger.open_clinic(HILLSIDE)
    digest = keep(hillside)
    with pytest.raises(UnknownDocument):
        lakeside.read_document(digest)
    assert keep(lakeside) == digest

    objects.lose(digest)

    assert hillside.read_document(digest)[1] == PDF
    assert f"clinics/hillside/documents/{digest}" in s3.keys(bucket)
    hillside.purge_documents(utc_now() + timedelta(days=400))
    assert s3.keys(bucket) == {"ledger"}


def test_a_clinic_whose_id_begins_with_another_ones_keeps_its_documents(
    ledger: Ledger, lakeside: ClinicStore, s3: S3Server, bucket: ObjectBucket
) -> None:
    longer = ledger.open_clinic(replace(HILLSIDE, id="lakeside-2"))
    digest = keep(longer)

    lakeside.purge_documents(utc_now() + timedelta(days=400))

    assert s3.keys(bucket) == {"ledger", f"clinics/lakeside-2/documents/{digest}"}


@pytest.mark.parametrize(
    ("encryption", "key", "said"),
    [(ObjectEncryption.OF_THE_STORE, "", "AES256"), (ObjectEncryption.OF_A_KEY_SERVICE, "office", "aws:kms")],
)
def test_the_store_is_asked_to_encrypt_as_the_settings_say(
    s3: S3Server, folder: Path, encryption: ObjectEncryption, key: str, said: str
) -> None:
    bucket = replace(s3.new_bucket(), encryption=encryption, encryption_key=key)
    token = (
        Ledger(folder, storage=Storage(bucket=bucket))
        .outputs.keep("lakeside", b"visits")
        .removeprefix("lakeside.")
    )

    told = s3.head(bucket, f"outputs/lakeside/{token}.xlsx")
    assert told["x-amz-server-side-encryption"] == said
    assert told.get("x-amz-server-side-encryption-aws-kms-key-id", "").removeprefix("arn:") == key


# -- Whose it is


def test_a_place_belongs_to_the_ledger_that_used_it_first(
    ledger: Ledger, lakeside: ClinicStore, tmp_path: Path, s3: S3Server, bucket: ObjectBucket
) -> None:
    digest = keep(lakeside)
    other = Ledger(tmp_path / "other", storage=Storage(bucket=bucket))
    clinic = other.open_clinic(HILLSIDE)
    before = s3.keys(bucket)

    for use in (
        other.check_objects,
        lambda: keep(clinic),
        lambda: clinic.purge_documents(utc_now() + timedelta(days=400)),
        other.outputs.tidy,
        lambda: other.outputs.keep("hillside", b"workbook"),
    ):
        with pytest.raises(BucketOfAnotherLedger, match=bucket.name):
            use()

    assert s3.keys(bucket) == before
    Ledger(ledger.folder, storage=Storage(bucket=bucket)).check_objects()
    assert lakeside.read_document(digest)[1] == PDF


def test_of_two_ledgers_that_begin_at_once_one_has_the_place(tmp_path: Path, bucket: ObjectBucket) -> None:
    ledgers = [Ledger(tmp_path / name, storage=Storage(bucket=bucket)) for name in "abcd"]
    barrier = Barrier(len(ledgers))

    def begin(ledger: Ledger) -> bool:
        barrier.wait()
        try:
            ledger.check_objects()
        except BucketOfAnotherLedger:
            return False
        return True

    with ThreadPoolExecutor(len(ledgers)) as pool:
        assert sorted(pool.map(begin, ledgers)) == [False, False, False, True]


def test_a_copy_of_a_ledger_has_its_documents_beside_it_whatever_the_settings_say(
    ledger: Ledger, lakeside: ClinicStore, tmp_path: Path, bucket: ObjectBucket
) -> None:
    digest = keep(lakeside)
    ledger.backup(tmp_path / "copy")
    later = keep(lakeside, PDF + b" later")

    copy = Ledger(tmp_path / "copy", storage=Storage(bucket=bucket))
    assert copy.clinic("lakeside").read_document(digest)[1] == PDF
    copy.clinic("lakeside").purge_documents(utc_now() + timedelta(days=400))

    assert isinstance(lakeside.verify(), Verified)
    assert lakeside.read_document(later)[1] == PDF + b" later"


# -- Copies


def test_a_backup_has_the_documents_in_files_and_is_restored_into_a_bucket_or_a_folder(
    ledger: Ledger, lakeside: ClinicStore, tmp_path: Path, s3: S3Server
) -> None:
    digests = {keep(lakeside, PDF + bytes([65 + number])) for number in range(20)}
    ledger.backup(tmp_path / "copy")
    assert set(names_in(tmp_path / "copy" / "documents", tmp_path / "copy")) == digests

    elsewhere = s3.new_bucket("another/office")
    for name, place in (("in bucket", elsewhere), ("in folder", None)):
        other = Ledger(tmp_path / name, a_clock, storage=Storage(bucket=place))
        assert [entry.id for entry in other.restore(tmp_path / "copy")] == ["lakeside"]
        assert isinstance(other.clinic("lakeside").verify(), Verified)
        assert {other.clinic("lakeside").read_document(one)[0].digest for one in digests} == digests
    assert {key.removeprefix("clinics/lakeside/documents/") for key in s3.keys(elsewhere)} == {
        "ledger",
        *digests,
    }


def test_an_export_has_the_documents_of_its_clinic_alone(
    ledger: Ledger, lakeside: ClinicStore, tmp_path: Path
) -> None:
    digest = keep(lakeside)
    keep(ledger.open_clinic(HILLSIDE), PDF + b" of another")

    ledger.export("lakeside", tmp_path / "export")

    assert names_in(tmp_path / "export" / "documents", tmp_path / "export") == [digest]


def test_a_changed_document_in_the_bucket_makes_a_copy_that_is_refused(
    ledger: Ledger, lakeside: ClinicStore, objects: Objects, tmp_path: Path
) -> None:
    objects.change(keep(lakeside), b"%PDF-1.7 another cheque....")
    ledger.backup(tmp_path / "copy")

    with pytest.raises(NotRestored, match="has lost its file, or the file was changed"):
        Ledger(tmp_path / "other", a_clock).restore(tmp_path / "copy")


def test_a_restore_over_a_line_that_breaks_takes_nothing_in_and_can_be_done_again(
    ledger: Ledger, lakeside: ClinicStore, tmp_path: Path, s3: S3Server, line: CutLine
) -> None:
    for number in range(20):
        keep(lakeside, PDF + bytes([65 + number]) * 50_000)
    ledger.backup(tmp_path / "copy")
    elsewhere = s3.new_bucket()
    other = Ledger(tmp_path / "other", a_clock, storage=Storage(bucket=elsewhere))
    line.bytes_left = 500_000

    with pytest.raises(ObjectStoreUnreachable):
        other.restore(tmp_path / "copy")
    assert other.clinics() == []
    assert not list((tmp_path / "other").glob("restoring-*"))

    line.bytes_left = None
    other.restore(tmp_path / "copy")
    assert isinstance(other.clinic("lakeside").verify(), Verified)


# -- Two at once


def test_the_same_document_sent_many_times_at_once_is_one_object(
    lakeside: ClinicStore, objects: Objects
) -> None:
    barrier = Barrier(8)

    def send(_: int) -> str:
        barrier.wait()
        return keep(lakeside, PDF * 10_000)

    with ThreadPoolExecutor(8) as pool:
        (digest,) = set(pool.map(send, range(8)))

    assert objects.documents() == {digest}
    assert isinstance(lakeside.verify(), Verified)


def test_a_document_purged_between_its_upload_and_its_row_is_sent_again(
    lakeside: ClinicStore, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = DocumentFiles.write

    def written_then_lost(files: DocumentFiles, data: bytes, name: str) -> object:
        written = write(files, data, name)
        monkeypatch.setattr(DocumentFiles, "write", write)
        objects.lose(written.digest)
        return written

    monkeypatch.setattr(DocumentFiles, "write", written_then_lost)
    assert lakeside.read_document(keep(lakeside))[1] == PDF


# -- A store that fails


def test_an_upload_over_a_line_that_breaks_leaves_nothing_and_can_be_done_again(
    lakeside: ClinicStore, objects: Objects, line: CutLine
) -> None:
    big = PDF * 100_000
    keep(lakeside)
    line.bytes_left = len(big) // 2

    with pytest.raises(ObjectStoreUnreachable, match="does not answer"):
        keep(lakeside, big)
    assert len(objects.documents()) == 1
    with lakeside.reading() as books:
        assert books.documents.count() == 1

    line.bytes_left = None
    assert lakeside.read_document(keep(lakeside, big))[1] == big


@contextmanager
def unreachable(line: CutLine) -> Iterator[None]:
    line.bytes_left = 0
    yield
    line.bytes_left = None


def test_a_store_that_does_not_answer_is_no_lost_document(
    ledger: Ledger, lakeside: ClinicStore, line: CutLine
) -> None:
    digest = keep(lakeside)
    kept = ledger.outputs.keep("lakeside", b"workbook")
    with unreachable(line):
        for use in (
            lakeside.verify,
            lambda: lakeside.read_document(digest),
            lambda: ledger.outputs.read(kept),
            lambda: ledger.outputs.keep("lakeside", b"another"),
            ledger.outputs.tidy,
            lambda: lakeside.purge_documents(a_clock()),
        ):
            with pytest.raises(ObjectStoreUnreachable, match="Nothing that was recorded before is lost"):
                use()
    assert isinstance(lakeside.verify(), Verified)
    assert lakeside.read_document(digest)[1] == PDF


def test_a_backup_that_cannot_have_the_documents_is_none(
    ledger: Ledger, lakeside: ClinicStore, line: CutLine, tmp_path: Path
) -> None:
    keep(lakeside)
    with unreachable(line), pytest.raises(ObjectStoreUnreachable):
        ledger.backup(tmp_path / "copy")
    assert list((tmp_path / "copy").iterdir()) == []


def test_what_could_not_be_removed_is_removed_by_the_next_round(
    lakeside: ClinicStore, objects: Objects, line: CutLine, bucket: ObjectBucket
) -> None:
    keep(lakeside)
    later = Ledger(objects.folder, lambda: utc_now() + timedelta(days=3), storage=Storage(bucket=bucket))
    later.check_objects()
    with unreachable(line), pytest.raises(ObjectStoreUnreachable):
        remove_expired(later, PERIODS)
    with lakeside.reading() as books:
        assert books.documents.count() == 0
    assert len(objects.documents()) == 1

    remove_expired(later, PERIODS)
    assert objects.documents() == set()


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_is_not_there_is_said_to_be_missing(folder: Path) -> None:
    missing = ObjectBucket("never-made", "office")
    with pytest.raises(BucketMissing, match="“never-made”"):
        Ledger(folder, storage=Storage(bucket=missing)).check_objects()


def test_a_bucket_removed_under_a_running_service_is_said_to_be_missing(
    ledger: Ledger, lakeside: ClinicStore, s3: S3Server, bucket: ObjectBucket
) -> None:
    digest = keep(lakeside)
    s3.remove_bucket(bucket)
    for use in (
        lambda: keep(lakeside),
        lambda: lakeside.read_document(digest),
        lakeside.verify,
        ledger.outputs.tidy,
        lambda: lakeside.purge_documents(a_clock()),
    ):
        with pytest.raises(BucketMissing):
            use()


@contextmanager
def guarded(s3: S3Server) -> Iterator[tuple[str, str]]:
    """Have the store look at credentials; yield those of a user who may do nothing but read."""
    iam = boto3.client("iam", endpoint_url=s3.url, region_name=REGION)
    iam.create_user(UserName="reader")
    keys = iam.create_access_key(UserName="reader")["AccessKey"]
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}]}'
    iam.put_user_policy(UserName="reader", PolicyName="reads", PolicyDocument=policy)
    httpx.post(f"{s3.url}/moto-api/reset-auth", content=b"0").raise_for_status()
    try:
        yield keys["AccessKeyId"], keys["SecretAccessKey"]
    finally:
        httpx.post(f"{s3.url}/moto-api/reset-auth", content=b"inf").raise_for_status()
        iam.delete_user_policy(UserName="reader", PolicyName="reads")
        iam.delete_access_key(UserName="reader", AccessKeyId=keys["AccessKeyId"])
        iam.delete_user(UserName="reader")


def test_credentials_that_are_wrong_or_allow_too_little_are_said_to_be(
    lakeside: ClinicStore, s3: S3Server, bucket: ObjectBucket, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = keep(lakeside)
    with guarded(s3) as (key_id, secret):
        for wrong in (("AKIAUNKNOWN", "wrong"), (key_id, "wrong")):
            use_store(monkeypatch, s3.url, *wrong)
            with pytest.raises(ObjectStoreDenied, match=r"InvalidAccessKeyId|SignatureDoesNotMatch"):
                Ledger(folder, a_clock, storage=Storage(bucket=bucket)).check_objects()
        use_store(monkeypatch, s3.url, key_id, secret)
        reader = Ledger(folder, a_clock, storage=Storage(bucket=bucket)).clinic("lakeside")
        assert reader.read_document(digest)[1] == PDF
        assert isinstance(reader.verify(), Verified)
        with pytest.raises(ObjectStoreDenied, match="AccessDenied"):
            keep(reader, PDF + b" another")
        with pytest.raises(ObjectStoreDenied):
            reader.purge_documents(utc_now() + timedelta(days=400))
    assert lakeside.read_document(keep(lakeside))[1] == PDF


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"])
def test_documents_do_not_cross_the_network_readable(
    folder: Path, bucket: ObjectBucket, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv(name, "http://192.0.2.7:9000")
    with pytest.raises(ObjectStoreUnprotected, match=r"192\.0\.2\.7"):
        Ledger(folder, storage=Storage(bucket=bucket)).check_objects()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_ENDPOINT_URL", "store.firm.example:9000", "AWS_ENDPOINT_URL is no address"),
        ("AWS_ENDPOINT_URL", "not an address", "AWS_ENDPOINT_URL is no address"),
        ("AWS_ENDPOINT_URL", "https://[", "AWS_ENDPOINT_URL is no address"),
        ("AWS_ENDPOINT_URL", "https://store.example:port", "AWS_ENDPOINT_URL is no address"),
        ("AWS_CA_BUNDLE", "/nowhere/authority.pem", "AWS_CA_BUNDLE has no certificates"),
        ("AWS_CA_BUNDLE", __file__, "AWS_CA_BUNDLE has no certificates"),
    ],
)
def test_variables_that_cannot_be_used_are_named(
    folder: Path, bucket: ObjectBucket, monkeypatch: pytest.MonkeyPatch, *, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ObjectStoreUnreachable, match=said):
        Ledger(folder, storage=Storage(bucket=bucket)).check_objects()


def test_a_service_without_credentials_is_told_that_it_has_none(
    folder: Path, bucket: ObjectBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(ObjectStoreDenied, match="it has no credentials"):
        Ledger(folder, storage=Storage(bucket=bucket)).check_objects()


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """Run a server that gives every request one answer."""

    class OneAnswer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PUT = do_GET  # noqa: N815 - the names are http.server's

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), OneAnswer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (503, "SlowDown", "it answered 503 SlowDown"),
        (301, "PermanentRedirect", "the bucket is in another region than AWS_REGION says"),
        (400, "ExpiredToken", "it answered 400 ExpiredToken"),
        (403, "RequestTimeTooSkewed", "refuses this service (RequestTimeTooSkewed)"),
        (404, "", "it answered 404"),
    ],
)
def test_an_answer_that_is_no_objects_is_said_by_its_code(
    folder: Path, bucket: ObjectBucket, monkeypatch: pytest.MonkeyPatch, *, status: int, code: str, said: str
) -> None:
    with answering(status, f"<Error><Code>{code}</Code></Error>".encode()) as url:
        use_store(monkeypatch, url)
        with pytest.raises(BillingError) as refused:
            Ledger(folder, storage=Storage(bucket=bucket)).check_objects()
    assert said in str(refused.value)


def test_without_its_package_the_sentence_says_what_to_install(
    folder: Path, bucket: ObjectBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.delitem(sys.modules, "server.ledger.objects.s3_objects")
    with pytest.raises(ObjectStoreNotInstalled, match="obstore") as refused:
        Ledger(folder, storage=Storage(bucket=bucket))
    assert "clinic-ledger[s3]" in refused.value.remedy
    Ledger(folder).check_objects()


def test_no_sentence_of_the_store_repeats_keys_addresses_or_credentials(
    ledger: Ledger, lakeside: ClinicStore, s3: S3Server, bucket: ObjectBucket, line: CutLine
) -> None:
    digest = keep(lakeside)
    said: list[str] = []

    def note(use: Callable[[], object]) -> None:
        with pytest.raises(BillingError) as refused:
            use()
        said.append(f"{refused.value} {refused.value.remedy} {refused.value.__cause__}")

    with unreachable(line):
        note(lambda: lakeside.read_document(digest))
        note(ledger.outputs.tidy)
    s3.remove_bucket(bucket)
    note(lambda: lakeside.read_document(digest))
    assert not [
        text for text in said for secret in (digest, line.url, "invented", "lakeside") if secret in text
    ]


# -- Changed behind the program's back


def test_a_changed_or_lost_finished_file_is_a_copy_and_no_damage(
    ledger: Ledger, lakeside: ClinicStore, s3: S3Server, bucket: ObjectBucket
) -> None:
    kept = ledger.outputs.keep("lakeside", b"workbook")
    s3.lose(bucket, f"outputs/lakeside/{kept.removeprefix('lakeside.')}.xlsx")

    with pytest.raises(UnknownOutput):
        ledger.outputs.read(kept)
    assert isinstance(lakeside.verify(), Verified)


def test_the_first_of_many_changed_documents_is_named(lakeside: ClinicStore, objects: Objects) -> None:
    digests = sorted(keep(lakeside, PDF + bytes([65 + number])) for number in range(30))
    for digest in digests[12:20]:
        objects.change(digest, b"%PDF-1.7 another")

    bad = lakeside.verify()
    assert isinstance(bad, FirstBadRow)
    assert bad.row == digests[12]


@pytest.mark.parametrize("name", ["a b%20c", "ü.pdf", "sub/folder/x", "x.part"])
def test_what_somebody_else_put_into_the_bucket_is_neither_copied_nor_removed(
    ledger: Ledger, lakeside: ClinicStore, s3: S3Server, *, bucket: ObjectBucket, tmp_path: Path, name: str
) -> None:
    digest = keep(lakeside)
    s3.put_as_is(bucket, f"clinics/lakeside/documents/{name}", b"not ours")
    ledger.backup(tmp_path / "copy")
    lakeside.purge_documents(utc_now() + timedelta(days=400))

    assert names_in(tmp_path / "copy" / "documents", tmp_path / "copy") == [digest]
    assert f"clinics/lakeside/documents/{name}" in s3.keys(bucket)


@pytest.mark.parametrize("name", ["../../../../outside", "//x"])
def test_a_key_that_leads_elsewhere_writes_nothing_outside_a_copy(
    ledger: Ledger, lakeside: ClinicStore, s3: S3Server, *, bucket: ObjectBucket, tmp_path: Path, name: str
) -> None:
    keep(lakeside)
    s3.put_as_is(bucket, f"clinics/lakeside/documents/{name}", b"not ours")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}

    with pytest.raises(ObjectStoreUnreachable, match="somebody else put an object into it"):
        ledger.backup(tmp_path / "copy")

    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_stray_object_without_a_row_keeps_nobody_from_restoring_a_copy(
    ledger: Ledger, lakeside: ClinicStore, objects: Objects, tmp_path: Path, s3: S3Server
) -> None:
    digest = keep(lakeside)
    objects.change("0" * 64, b"MZ no document")
    ledger.backup(tmp_path / "copy")
    elsewhere = s3.new_bucket()

    Ledger(tmp_path / "other", a_clock, storage=Storage(bucket=elsewhere)).restore(tmp_path / "copy")

    assert s3.keys(elsewhere) == {"ledger", f"clinics/lakeside/documents/{digest}"}


# -- Signed addresses


def test_a_signed_address_gives_out_one_object_and_shows_itself_nowhere(
    folder: Path, bucket: ObjectBucket, caplog: pytest.LogCaptureFixture
) -> None:
    outputs = Ledger(folder, storage=Storage(bucket=bucket)).outputs
    kept = outputs.keep("lakeside", b"workbook", "pdf")
    caplog.clear()
    address = outputs.download_address(kept, timedelta(minutes=5))
    assert address
    assert "http" not in f"{address} {address!r} {caplog.text}"

    url = httpx.URL(address.get_secret_value())
    assert httpx.get(url).content == b"workbook"
    assert (url.params["X-Amz-Expires"], url.path.startswith(f"/{bucket.name}/")) == ("300", True)


def test_there_is_no_signed_address_of_what_is_past_its_day_or_was_never_kept(
    ledger: Ledger, folder: Path, bucket: ObjectBucket
) -> None:
    kept = ledger.outputs.keep("lakeside", b"workbook")
    later = Ledger(folder, lambda: utc_now() + timedelta(days=2), storage=Storage(bucket=bucket))
    for outputs, output_id in ((later.outputs, kept), (ledger.outputs, "lakeside." + "0" * 32)):
        with pytest.raises(UnknownOutput):
            outputs.download_address(output_id, timedelta(minutes=5))


def test_a_document_has_a_signed_address_too(bucket: ObjectBucket) -> None:
    documents = DocumentFiles(S3Objects(bucket, "clinics/lakeside/documents", lambda: "this ledger"))
    digest = documents.write(PDF, "cheque.pdf").digest
    address = documents.download_address(digest, timedelta(minutes=5))
    assert address
    assert httpx.get(address.get_secret_value()).content == PDF


def test_a_file_of_the_ledger_folder_has_no_address_of_its_own(folder: Path) -> None:
    outputs = Ledger(folder).outputs
    assert outputs.download_address(outputs.keep("lakeside", b"workbook"), timedelta(minutes=5)) is None
