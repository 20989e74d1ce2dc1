"""Lists from a banner: uploaded, read row by row, confirmed, what was not taken given back."""

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from gateways.spreadsheets import SpreadsheetRefused
from privacy.permissions import Act
from privacy.viewers import Viewer
from services.gate import Card
from services.importing import imports, judging, reading, taking
from services.importing.judging import Reading
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.enums import ImportKind, ImportStatus
from vocabulary.errors import AlreadyDecided, WrongState
from web.core import background, paging, proof, requests
from web.core.access import current_viewer, may
from web.forms.imports import UploadForm

bp = Blueprint("imports", __name__, url_prefix="/imports")

# Up to here a file's own answer shows its rows; above it a page shows how many are read.
READ_AT_ONCE = 500
ROWS_A_PART = 500
# Up to here a confirmation answers when all is in; above it a page shows how far it is.
TAKEN_AT_ONCE = 500
ROWS_AT_MOST = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PREVIEW = {"all": "全部", "ready": "可以导入", "held": "先导入，再补材料", "returned": "不导入"}
_RESULT = {"all": "全部", "taken": "已导入", "returned": "没有导入"}


@bp.route("/", methods=["GET", "POST"])
@may(Act.IMPORT_ROSTER)
def index() -> str | Response:
    """Take a file and judge it; list what this person uploaded before."""
    form = UploadForm()
    if form.validate_on_submit():
        answer = _read(form, form.file.data)
        if answer:
            return answer
    if request.method == "POST":
        requests.keep_nothing()
    uploads = imports.listing(requests.session(), current_viewer())
    return render_template("staff/imports/index.html", form=form, uploads=uploads)


def _read(form: UploadForm, file: FileStorage) -> Response | None:
    """Open the file while others go on writing, and judge it; None: errors on the form."""
    viewer, kind, name = current_viewer(), ImportKind(form.kind.data), file.filename or ""
    judged = None
    try:
        with requests.without_lock():
            session = requests.session()
            started = judging.start(session, viewer, kind, name, file.stream.read())
            if started.total <= READ_AT_ONCE:
                judged = started.whole()
    except SpreadsheetRefused as refusal:
        form.file.errors = [refusal.message]
        return None
    if started.total > ROWS_AT_MOST:
        form.file.errors = ["一次最多 20,000 行，请分成几个文件上传。"]
        return None
    if judged:
        ref = reading.keep(session, viewer, kind, name, judged, now=requests.now())
        return redirect(url_for(".detail", ref=ref), 303)
    return _read_on(viewer, kind, name, started)


def _read_on(viewer: Viewer, kind: ImportKind, name: str, started: Reading) -> Response:
    """Send to the page that shows how far a long list is, and judge it after the answer."""
    ref = reading.begin(
        requests.session(),
        viewer,
        kind,
        name,
        started.heading,
        total=started.total,
        now=requests.now(),
    )
    answer = redirect(url_for(".detail", ref=ref), 303)
    parts = started.parts(ROWS_A_PART)

    def work(session: Session) -> bool:
        part = next(parts)  # judged before anybody has to wait for the writer
        begin_writing(session)
        return reading.keep_part(session, viewer, ref, part, now=clock.now())

    return background.after_answering(answer, work)


@bp.get("/<string:ref>")
@may(Act.IMPORT_ROSTER)
def detail(ref: str) -> str | Response:
    """Show an upload: its rows before it is confirmed, how far it is, or what became of them."""
    upload = imports.detail(requests.session(), current_viewer(), ref, now=requests.now())
    if upload["status"] is ImportStatus.DISCARDED:
        return redirect(url_for(".index"), 303)
    if upload["status"] in imports.UNDER_WAY:
        return _running(upload)
    requests.note_read("import.read", [f"import:{ref}"])
    names = _RESULT if upload["status"] is ImportStatus.TAKEN else _PREVIEW
    show = request.args.get("show", "all")
    show = show if show in names else "all"
    sizes = {**upload["counts"], "all": upload["total"]}
    return render_template(
        "staff/imports/detail.html",
        upload=upload,
        rows=imports.rows(
            requests.session(),
            current_viewer(),
            ref,
            show=None if show == "all" else show,
            page=paging.wanted(),
        ),
        filters=_filters(ref, names, show, sizes),
        paging=paging.beside(sizes[show], imports.PAGE, "行", show=show),
    )


def _running(upload: Card) -> Response:
    """Show how far reading or taking is, without a row, so that looking need not wait for the writer."""
    page = render_template("staff/imports/running.html", upload=upload)
    answer = Response(page, mimetype="text/html")
    if not upload["is_stalled"]:
        answer.headers["Refresh"] = "2"
    return answer


def _filters(
    ref: str, names: dict[str, str], show: str, sizes: dict[str, int]
) -> list[dict[str, object]]:
    return [
        {
            "label": words,
            "href": url_for(".detail", ref=ref, show=key),
            "active": key == show,
            "count": sizes[key],
        }
        for key, words in names.items()
        if key in ("all", show) or sizes[key]
    ]


@bp.post("/<string:ref>/take")
@may(Act.IMPORT_ROSTER)
def take(ref: str) -> Response:
    """Confirm an upload; a second press shows the same result, and moves a stalled one on."""
    viewer = current_viewer()
    answer = redirect(url_for(".detail", ref=ref), 303)
    upload = imports.detail(requests.session(), viewer, ref, now=requests.now())
    if upload["status"] is ImportStatus.TAKING:
        return background.after_answering(answer, _slices(viewer, ref))
    try:
        counts = taking.begin(requests.session(), viewer, ref, now=requests.now())
    except (AlreadyDecided, WrongState):
        requests.keep_nothing()
        return answer
    if counts.total > TAKEN_AT_ONCE:
        return background.after_answering(answer, _slices(viewer, ref))
    while not counts.is_finished:
        counts = taking.take_slice(requests.session(), viewer, ref, now=requests.now())
    flash(_said(upload, counts.taken), "success")
    return answer


def _slices(viewer: Viewer, ref: str) -> background.Slice:
    def work(session: Session) -> bool:
        begin_writing(session)
        return not taking.take_slice(session, viewer, ref, now=clock.now()).is_finished

    return work


def _said(upload: Card, taken: int) -> str:
    back = upload["total"] - taken
    return f"导入了 {taken} 行。" + (f"还有 {back} 行没有导入，原因写在表里。" if back else "")


@bp.post("/<string:ref>/discard")
@may(Act.IMPORT_ROSTER)
def discard(ref: str) -> Response:
    """Put an upload away untaken."""
    try:
        imports.discard(requests.session(), current_viewer(), ref, now=requests.now())
    except (AlreadyDecided, WrongState):
        requests.keep_nothing()
        return redirect(url_for(".detail", ref=ref), 303)
    flash("这份名单没有导入，读出来的内容已经删掉。", "success")
    return redirect(url_for(".index"), 303)


@bp.get("/<string:ref>/returned")
@may(Act.IMPORT_ROSTER)
@proof.proven
def returned(ref: str) -> Response:
    """Give back what was not taken, or waits for a paper, as a spreadsheet with the reasons."""
    data = imports.returned_file(requests.session(), current_viewer(), ref)
    requests.note_read("import.download", [f"import:{ref}"])
    answer = send_file(
        BytesIO(data), mimetype=XLSX, as_attachment=True, download_name="需要更正的行.xlsx"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
