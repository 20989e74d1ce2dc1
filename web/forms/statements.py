"""Choosing a bank's statement, and explaining the columns of a bank not seen before."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

MOST_COLUMNS = 60
_CHOICES = (
    ("", "不用"),
    ("day", "日期"),
    ("time", "时间"),
    ("credit", "收入"),
    ("debit", "支出"),
    ("amount", "金额（收支在一列）"),
    ("direction", "收还是支"),
    ("balance", "余额"),
    ("payer", "对方户名"),
    ("payer_account", "对方账号"),
    ("summary", "摘要"),
    ("postscript", "附言"),
    ("purpose", "用途"),
    ("remark", "备注"),
    ("number", "流水号"),
)


class StatementForm(FlaskForm):
    """The file."""

    file = FileField("银行流水", [FileRequired("请选一个文件")])
    again = BooleanField("重新说明哪一列是什么")


class ColumnForm(Form):
    """One column as the bank calls it, and what it is."""

    label = HiddenField(validators=[Length(max=40)])
    field = SelectField(choices=[SelectChoice(*one) for one in _CHOICES], default="")


class LayoutForm(FlaskForm):
    """Every column of a header, in its order."""

    columns = FieldList(FormField(ColumnForm), min_entries=1, max_entries=MOST_COLUMNS)

    def labels(self) -> list[str]:
        """Return what the bank calls its columns."""
        return [entry.form.label.data or "" for entry in self.columns]

    def chosen(self) -> list[str]:
        """Return what each column is, "" for one that is not used."""
        return [entry.form.field.data or "" for entry in self.columns]
