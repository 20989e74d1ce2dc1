"""Choosing a list to import."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from vocabulary.enums import ImportKind
from web.core.labels import label


class UploadForm(FlaskForm):
    """Which list it is, and the file."""

    kind = RadioField(
        "是哪种名单",
        [InputRequired("请选是哪种名单")],
        choices=[SelectChoice(kind.value, label(kind)) for kind in ImportKind],
        default=ImportKind.CHILDREN.value,
    )
    file = FileField("表格文件", [FileRequired("请选一个文件")])
