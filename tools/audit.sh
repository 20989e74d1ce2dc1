#!/usr/bin/env bash
# Known faults of the locked libraries, by the public lists. It needs the network, and an environment
# of its own, so that the judge's own libraries are not among what it judges.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly home="${AUDIT_HOME:-.venv-audit}"
if [ ! -x "$home/bin/pip-audit" ]; then
    python3 -m venv "$home"
    if ! said="$("$home/bin/pip" install --quiet pip-audit 2>&1)"; then
        echo "$said" | tail -n 3 >&2
        echo "audit: this package index does not offer pip-audit. Run it where the network is: make audit" >&2
        exit 2
    fi
fi
exec "$home/bin/pip-audit" --strict --disable-pip --no-deps --requirement requirements.lock
