"""Flask extensions, made once and bound in create_app()."""

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from models import Base, sqlite

db = SQLAlchemy(metadata=Base.metadata)
login = LoginManager()
migrate = Migrate()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)

__all__ = ["babel", "csrf", "db", "limiter", "login", "migrate", "sqlite"]
