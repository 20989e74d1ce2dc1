#!/usr/bin/env bash
# Run every judge, show only what they object to, and fail if one did. `tools/check.sh mypy` runs one alone.
set -uo pipefail
cd "$(dirname "$0")/.."

readonly python=.venv/bin/python
readonly rooms=(vocabulary matching privacy models services gateways jobs web cli)
readonly ground=(app.py config.py extensions.py)
readonly only="${1:-}"
failed=()

judge() { # judge NAME COMMAND...
    local name="$1" said began=$SECONDS
    shift
    if [ -n "$only" ] && [ "$only" != "$name" ]; then return; fi
    if said="$("$@" 2>&1)"; then
        printf '  %-14s ok    %3ss\n' "$name" "$((SECONDS - began))"
    else
        printf '  %-14s FAIL  %3ss\n%s\n' "$name" "$((SECONDS - began))" "$said"
        failed+=("$name")
    fi
}

programmes=()
if [ -f programmes/__init__.py ]; then programmes=(programmes); fi

judge format "$python" -m ruff format --check --quiet --diff .
judge ruff "$python" -m ruff check --output-format concise .
judge imports .venv/bin/lint-imports --no-logo
judge types "$python" -m mypy "${rooms[@]}" "${programmes[@]}" "${ground[@]}"
judge templates "$python" -m djlint --quiet --lint templates "${programmes[@]}"
judge template-form "$python" -m djlint --check templates "${programmes[@]}"
judge bandit "$python" -m bandit --quiet --severity-level medium --configfile pyproject.toml \
    --recursive "${rooms[@]}" "${programmes[@]}" "${ground[@]}"

if [ "${#failed[@]}" -gt 0 ]; then
    echo "check: ${failed[*]} failed (make fmt mends format and template-form)"
    exit 1
fi
echo "check: all clear"
