"""The login form."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length


class LoginForm(FlaskForm):
    login = StringField("登录名", [InputRequired("请填登录名"), Length(max=40)])
    password = PasswordField("密码", [InputRequired("请填密码"), Length(max=200)])
