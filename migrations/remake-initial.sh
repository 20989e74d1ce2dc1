#!/usr/bin/env bash
# Until the first release the schema is one migration, made anew from the tables by this script.
set -euo pipefail
cd "$(dirname "$0")/.."
exec 9>>.git/remake-initial.lock && flock 9  # two at once would see each other's half
work=$(mktemp -d)
file=migrations/versions/0001_the_house.py
if [ -f "$file" ]; then cp "$file" "$work/before.py"; fi
trap 'code=$?; if [ $code -ne 0 ] && [ -f "$work/before.py" ]; then cp "$work/before.py" "$file"; fi; rm -rf "$work"' EXIT
rm -f "$file"
DATABASE_URL="sqlite:///$work/x.db" .venv/bin/flask --app app db revision --autogenerate --rev-id 0001_the_house -m "The house: every table, and the regions." >/dev/null
python3 - <<'P'
import re
from pathlib import Path

path = Path("migrations/versions/0001_the_house.py")
text = path.read_text()
text = text.replace("from alembic import op\n", "from alembic import op\n\nfrom migrations.regions import load_regions\n")
text = text.replace("\n\ndef downgrade", "\n    load_regions(op.get_bind())\n\n\ndef downgrade", 1)
# A database that is no SQLite takes no number for a truth.
number = re.compile(r"""(sa\.Boolean\(\), server_default=)sa\.text\(['"]([01])['"]\)""")
text = number.sub(lambda m: m[1] + ("sa.true()" if m[2] == "1" else "sa.false()"), text)
path.write_text(text)
P
.venv/bin/ruff format -q "$file"
.venv/bin/ruff check --fix -q "$file"
.venv/bin/ruff format -q "$file"
