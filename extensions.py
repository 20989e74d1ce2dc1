"""Flask extensions, made once and bound in create_app()."""

from typing import Any

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine

from models import Base, sqlite


class OneDatabase(Session):
    """All tables live in one database: looked for once, not with every statement."""

    _found: Engine | None = None

    def get_bind(
        self,
        mapper: Any = None,
        clause: Any = None,
        bind: Engine | Connection | None = None,
        **kwargs: Any,
    ) -> Engine | Connection:
        """Return the one there is, or the connection that was asked for."""
        del mapper, clause, kwargs
        if bind is not None:
            return bind
        if self._found is None:
            self._found = self._db.engine
        return self._found


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": OneDatabase})
login = LoginManager()
migrate = Migrate()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)

__all__ = ["babel", "csrf", "db", "limiter", "login", "migrate", "sqlite"]
