"""The forms of signing in and of passwords."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

_LONGEST = Length(max=200, message="密码最多 200 个字")
_SAME = EqualTo("password", "两次填的不一样，请重新填")


class LoginForm(FlaskForm):
    """A login and its password."""

    login = StringField("登录名", [InputRequired("请填登录名"), Length(max=40)])
    password = PasswordField("密码", [InputRequired("请填密码"), _LONGEST])


class FirstPasswordForm(FlaskForm):
    """A new password, typed twice."""

    password = PasswordField("新密码", [InputRequired("请填新密码"), _LONGEST])
    again = PasswordField("再填一次", [InputRequired("请把新密码再填一次"), _SAME])


class InvitedForm(FirstPasswordForm):
    """The six digits beside a link that an administrator made, and a new password."""

    code = StringField("六位数", [InputRequired("请填六位数"), Length(max=20)])


class PasswordForm(FlaskForm):
    """The password in use, and a new one typed twice."""

    old = PasswordField("现在的密码", [InputRequired("请填现在的密码"), _LONGEST])
    password = PasswordField("新密码", [InputRequired("请填新密码"), _LONGEST])
    again = PasswordField("再填一次", [InputRequired("请把新密码再填一次"), _SAME])


class CodeForm(FlaskForm):
    """Six digits from the phone, or one of the codes on paper."""

    code = StringField("验证码", [InputRequired("请填验证码"), Length(max=40)])


class ProofForm(FlaskForm):
    """The password again, or a code. Its name keeps it out of what is carried along."""

    password_again = PasswordField("密码", [InputRequired("请填这一格"), _LONGEST])
