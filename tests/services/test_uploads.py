"""Photographs of slips: small, upright, without EXIF; whatever else changes nothing."""

import io
import os
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from gateways import photographs
from gateways.photographs import Fault, NotAPhotograph
from gateways.sealed_files import Damaged
from gateways.uploads import LocalFiles
from jobs import upkeep
from jobs.run import Run
from models.imports import Upload
from models.stipends import Fact, Stipend
from privacy import viewers
from services import uploads
from services.custody import legal_papers
from services.upkeep import backup
from services.upkeep.backup import Places, Wish
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, viewer
from vocabulary.enums import Evidence, FactKind, Role
from vocabulary.errors import BadInput, NotFound
from vocabulary.refs import stipend_ref

SENT = date(2026, 11, 3)


def a_photo(size=(2400, 1200), *, kind="JPEG", **more) -> bytes:
    image = Image.new("RGB", size, "#a8324f")
    exif = image.getexif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "SECRETPHONE"
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    image.save(made, kind, exif=exif, **more)
    return made.getvalue()


@pytest.fixture
def line(session):
    school = a_school(session)
    match = a_match(session, a_pledge(session)[0], a_child(session, school))
    a_sent_batch(session, school, match, on=SENT)
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school.id)
    return officer, stipend_ref(match.child_ref, SENT)


def test_exif_is_gone_and_the_picture_is_small_and_upright() -> None:
    clean = photographs.clean(a_photo(comment=b"SECRETPLACE"))

    with Image.open(io.BytesIO(clean)) as image:
        assert (image.format, image.size) == ("JPEG", (800, 1600))
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"SECRET" not in clean


def _zipped(photo: bytes) -> bytes:
    held = io.BytesIO(photo)
    held.seek(0, io.SEEK_END)
    with zipfile.ZipFile(held, "a") as archive:
        archive.writestr("run.sh", "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"x" * (photographs.LARGEST_BYTES + 1), Fault.TOO_LARGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", Fault.NOT_A_PHOTO),
        (b"%PDF-1.7\n1 0 obj", Fault.NOT_A_PHOTO),
        (b"GIF89a/*" + b"\0" * 100, Fault.NOT_A_PHOTO),
        (a_photo() + b"<html><script>alert(1)</script>", Fault.TWO_THINGS),
        (_zipped(a_photo()), Fault.TWO_THINGS),
        (a_photo()[:400], Fault.BROKEN),
        (b"\xff\xd8\xff\xe0" + b"\0" * 500, Fault.NOT_A_PHOTO),
        (a_photo((7000, 7000), kind="PNG"), Fault.TOO_MANY_PIXELS),
        (a_photo((8, 8)), Fault.BROKEN),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_photograph_is_refused_with_its_fault(content, fault) -> None:
    with pytest.raises(NotAPhotograph) as refused:
        photographs.clean(content)

    assert refused.value.fault is fault


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_photographs_become_jpeg(kind) -> None:
    assert photographs.clean(a_photo((600, 400), kind=kind)).startswith(b"\xff\xd8\xff")


def test_a_photo_of_the_slip_is_what_the_hand_over_rests_on(session, line, now, tmp_path) -> None:
    officer, ref = line
    files = LocalFiles(tmp_path / "uploads")

    uploads.hand_over_with_photo(session, officer, ref, a_photo(), files=files, now=now)

    upload = session.scalars(select(Upload)).one()
    basis = select(Fact.evidence, Fact.upload_id).where(Fact.kind == FactKind.HANDED_OVER)
    assert session.execute(basis).one() == (Evidence.SLIP_PHOTO, upload.id)
    assert list(files.names()) == [f"{upload.ref}.jpg"]
    worker = viewer(Role.CASE_WORKER)
    seen = uploads.photo_of(session, worker, upload.ref, files=files)
    assert len(seen) == upload.size_bytes
    with pytest.raises(NotFound):
        uploads.photo_of(session, officer, upload.ref, files=files)


def test_a_refused_photo_states_and_stores_nothing(session, line, now, tmp_path) -> None:
    officer, ref = line
    files = LocalFiles(tmp_path / "uploads")

    with pytest.raises(BadInput):
        uploads.hand_over_with_photo(session, officer, ref, b"no photo", files=files, now=now)

    assert list(files.names()) == []
    assert session.scalar(select(Stipend.handed_over_on)) is None


def test_orphans_are_found_both_ways(session, line, now, tmp_path) -> None:
    officer, ref = line
    files = LocalFiles(tmp_path / "uploads")
    uploads.hand_over_with_photo(session, officer, ref, a_photo(), files=files, now=now)
    upload = session.scalars(select(Upload)).one()
    assert uploads.orphans(session, viewers.engine(), files=files) == uploads.Orphans((), ())

    (tmp_path / "uploads" / f"{upload.ref}.jpg").unlink()
    files.store("ABCDEFGH2345.jpg", b"x")

    found = uploads.orphans(session, viewers.engine(), files=files)
    assert found == uploads.Orphans((upload.ref,), ("ABCDEFGH2345",))


def test_a_photo_on_disk_holds_no_byte_of_the_picture(session, line, now, tmp_path) -> None:
    officer, ref = line
    files = LocalFiles(tmp_path / "uploads")
    uploads.hand_over_with_photo(session, officer, ref, a_photo(), files=files, now=now)
    upload = session.scalars(select(Upload)).one()
    picture = uploads.photo_of(session, viewer(Role.CASE_WORKER), upload.ref, files=files)

    (kept,) = (tmp_path / "uploads").iterdir()
    on_disk = kept.read_bytes()

    assert picture.startswith(b"\xff\xd8\xff")
    pieces = {picture[at : at + 8] for at in range(0, len(picture) - 8, 8)}
    assert not [piece for piece in pieces if piece in on_disk]
    other = kept.with_name("ABCDEFGH23456789.jpg")
    other.write_bytes(on_disk)
    with pytest.raises(Damaged):
        files.read(other.name)  # nobody puts one line's evidence in the place of another's
    kept.write_bytes(on_disk[:-1])
    with pytest.raises(NotFound):
        uploads.photo_of(session, viewer(Role.CASE_WORKER), upload.ref, files=files)


@pytest.mark.sqlite_only
def test_a_photo_comes_back_readable_from_a_backup(app, session, line, now, tmp_path) -> None:
    officer, ref = line
    instance = Path(app.instance_path)
    files = LocalFiles(instance / "uploads")
    uploads.hand_over_with_photo(session, officer, ref, a_photo(), files=files, now=now)
    session.commit()
    upload = session.scalars(select(Upload)).one().ref
    worker = viewer(Role.CASE_WORKER)
    before = uploads.photo_of(session, worker, upload, files=files)
    places = Places(instance / "weiguang.db", files.folder, tmp_path / "backups")
    made = backup.make(places, viewers.console(), key=b"k" * 32, now=now)
    session.rollback()
    session.get_bind().dispose()
    files.remove(f"{upload}.jpg")

    wish = Wish(Path(made["file"]), is_forced=True)
    backup.restore(places, viewers.console(), wish, key=b"k" * 32, now=now + timedelta(hours=1))

    assert uploads.photo_of(session, worker, upload, files=files) == before
    assert uploads.orphans(session, viewers.engine(), files=files) == uploads.Orphans((), ())


def test_the_nightly_job_removes_old_strangers_only_and_counts_what_is_lost(
    app, session, line, now
) -> None:
    officer, ref = line
    files = LocalFiles(app.config["SETTINGS"].uploads)
    uploads.hand_over_with_photo(session, officer, ref, a_photo(), files=files, now=now)
    paper = legal_papers.keep(session, viewer(Role.CUSTODIAN), b"%PDF-1.7 x", files=files, now=now)
    session.commit()
    kept = set(files.names())
    for name in ("OLDSTRANGER23456.jpg", "THEDESKSPAPER234.pdf", "STILLCOMING23456.jpg"):
        files.store(name, b"x")
    for path in files.folder.iterdir():
        age = timedelta(hours=2) if path.name.startswith("STILL") else timedelta(days=2)
        os.utime(path, ((now - age).timestamp(),) * 2)

    counts = Run(session, "uploads", period=now.date()).execute(upkeep.tidy_uploads)

    assert set(files.names()) == kept | {"STILLCOMING23456.jpg"}
    assert (counts["done"], counts["failed"]) == (2, 0)
    lost = session.get_one(Upload, paper).ref
    session.commit()
    files.remove(f"{lost}.pdf")
    later = Run(session, "uploads", period=now.date() + timedelta(days=1))
    assert later.execute(upkeep.tidy_uploads)["failed"] == 1


@pytest.mark.parametrize("name", ["../x.jpg", "x.jpg", "ABCDEFGH.png", "ABCD/EFGH.jpg"])
def test_a_name_never_leads_out_of_the_folder(tmp_path, name) -> None:
    with pytest.raises(FileNotFoundError):
        LocalFiles(tmp_path).read(name)
