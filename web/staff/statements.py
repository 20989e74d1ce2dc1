"""The bank's statement: uploaded, read line by line, booked when a person has looked."""

from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateways.spreadsheets import SpreadsheetRefused
from privacy.permissions import Act
from services.statements import statement_desk, statement_layouts, statement_reading
from services.statements.statement_reading import UnknownLayout
from vocabulary.enums import ImportStatus, LineState
from vocabulary.errors import AlreadyDecided, BadInput, WrongState
from web.core import paging, requests
from web.core.access import current_viewer, may
from web.core.labels import label
from web.forms.statements import LayoutForm, StatementForm

bp = Blueprint("statements", __name__, url_prefix="/statements")

ALL = "all"
# Booked in one transaction; nobody else writes meanwhile: the console takes longer ones.
ROWS_AT_MOST = 20_000
_NOT_A_LAYOUT = {
    "not_enough": "至少要有“日期”，“收入”或“金额”，还有写付款编号的那一列（摘要、附言、用途、备注）。",
    "twice": "同一种只能选一列。",
    "unknown": "这份表头变了。请再选一次那个文件。",
}
_SAID = {
    "empty": "这份流水里一行收支也没有。",
    "in_future": "里面有今天以后的日期。核对一下文件，或等到那天再传。",
    "too_long": "一次最多 20,000 行，一行也没有记。按日期分成几份再传；同一行传两次只记一次。",
}


@bp.route("/", methods=["GET", "POST"])
@may(Act.IMPORT_STATEMENT)
def index() -> str | Response:
    """Take a file and read it; list the statements that were read before."""
    form, layout = StatementForm(), None
    if form.validate_on_submit():
        try:
            if not form.again.data:
                return redirect(url_for(".detail", ref=_read(form)), 303)
            layout = _explained(_header(form))
        except UnknownLayout as refusal:
            layout = _explained([(label, "") for label in refusal.labels])
            form.file.errors = [] if layout else [refusal.message]
        except SpreadsheetRefused as refusal:
            form.file.errors = [refusal.message]
        except BadInput as refusal:
            form.file.errors = [_SAID[str(refusal.params["reason"])]]
    return _page(form, layout)


def _page(form: StatementForm, layout: LayoutForm | None) -> str:
    if request.method == "POST":
        requests.keep_nothing()
    return render_template(
        "staff/statements/index.html",
        title="银行流水",
        form=form,
        layout=layout,
        statements=statement_desk.listing(requests.session(), current_viewer()),
    )


def _explained(header: Sequence[tuple[str, str]]) -> LayoutForm | None:
    """Return the form on which a person says what a bank's columns are; None without a header."""
    if not header:
        return None
    columns = [{"label": label, "field": field} for label, field in header]
    return LayoutForm(formdata=None, data={"columns": columns})


def _header(form: StatementForm) -> Sequence[tuple[str, str]]:
    """Return the file's header, and what was said of it before."""
    session, viewer, sent = requests.session(), current_viewer(), form.file.data
    data = sent.stream.read()
    return statement_reading.to_explain(session, viewer, sent.filename or "", data)


@bp.post("/layout")
@may(Act.IMPORT_STATEMENT)
def layout() -> str | Response:
    """Learn which column is which; then the file is chosen again."""
    form = LayoutForm()
    if form.validate_on_submit():
        try:
            statement_layouts.learn(
                requests.session(),
                current_viewer(),
                form.labels(),
                form.chosen(),
                now=requests.now(),
            )
        except BadInput as refusal:
            form.form_errors.append(_NOT_A_LAYOUT[str(refusal.params["reason"])])
        else:
            flash("记住了这家银行的列。请再选一次那个文件。", "success")
            return redirect(url_for(".index"), 303)
    return _page(StatementForm(formdata=None), form)


def _read(form: StatementForm) -> str:
    """Read the file while others go on writing, then keep it; return its ref."""
    session, viewer, name = requests.session(), current_viewer(), form.file.data.filename or ""
    own: str = current_app.config["SETTINGS"].operator.bank_account
    with requests.without_lock():
        data = form.file.data.stream.read()
        read = statement_reading.judged(session, viewer, name, data, own=own, most=ROWS_AT_MOST)
    if len(read.lines) > ROWS_AT_MOST:
        raise BadInput(field="file", reason="too_long")
    return statement_desk.keep(session, viewer, name, read, now=requests.now())


@bp.get("/<string:ref>")
@may(Act.IMPORT_STATEMENT)
def detail(ref: str) -> str | Response:
    """Show a statement: what would be booked where, or what was."""
    session, viewer = requests.session(), current_viewer()
    statement = statement_desk.detail(session, viewer, ref)
    if statement["status"] is ImportStatus.DISCARDED:
        return redirect(url_for(".index"), 303)
    requests.note_read("statement.read", [f"statement:{ref}"])
    counts = statement["counts"]
    names = {ALL: "全部", **{state.value: label(state) for state in LineState if counts[state]}}
    show = request.args.get("show", ALL)
    show = show if show in names else ALL
    sizes = {ALL: statement["lines"], **counts}
    return render_template(
        "staff/statements/detail.html",
        statement=statement,
        suggestions=statement_desk.suggestions(session, viewer, ref),
        lines=statement_desk.lines(
            session,
            viewer,
            ref,
            state=None if show == ALL else LineState(show),
            page=paging.wanted(),
        ),
        filters=paging.pills(names, sizes, chosen=show, name="show", ref=ref),
        paging=paging.beside(sizes[show], statement_desk.PAGE, "行", show=show),
    )


@bp.post("/<string:ref>/book")
@may(Act.IMPORT_STATEMENT)
def book(ref: str) -> Response:
    """Book a statement; a second press shows the same result."""
    accepted = {int(row) for row in request.form.getlist("accept") if row.isdecimal()}
    answer = redirect(url_for(".detail", ref=ref), 303)
    try:
        count = statement_desk.book(
            requests.session(), current_viewer(), ref, accepted=accepted, now=requests.now()
        )
    except (AlreadyDecided, WrongState):
        requests.keep_nothing()
        return answer
    flash(f"记下了 {count} 笔到账。" if count else "记下了。这份流水里没有新的到账。", "success")
    return answer


@bp.post("/<string:ref>/discard")
@may(Act.IMPORT_STATEMENT)
def discard(ref: str) -> Response:
    """Put a statement away unbooked."""
    try:
        statement_desk.discard(requests.session(), current_viewer(), ref, now=requests.now())
    except (AlreadyDecided, WrongState):
        requests.keep_nothing()
        return redirect(url_for(".detail", ref=ref), 303)
    flash("这份流水没有入账，读出来的内容已经删掉。", "success")
    return redirect(url_for(".index"), 303)
