#!/usr/bin/env bash
# Install Chromium, a Chinese font, a reader of PDF text and PostgreSQL where the tests lack them.
# Where that is impossible it names the remedy and still ends well: those tests then run and FAIL, they never skip.
set -euo pipefail

readonly log="${TMPDIR:-/tmp}/weiguang-apt-$(id -u).log"

say() { printf '%s\n' "$*" >&2; }

# Ubuntu's chromium package is a stub that only points at a snap: it stands on PATH and starts nothing.
has_chromium() {
    local name
    for name in "${CHROMIUM:-chromium}" chromium-browser google-chrome; do
        if "$name" --version >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

has_chinese_font() {
    if command -v fc-list >/dev/null; then
        [ -n "$(fc-list :lang=zh-cn family 2>/dev/null | head -n 1)" ]
    else
        compgen -G '/usr/share/fonts/opentype/noto/Noto*CJK*' >/dev/null
    fi
}

# Debian keeps the server's programs beside PATH; the tests start one of their own.
has_postgresql() {
    command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

missing_packages() {
    if ! has_chromium; then echo chromium; fi
    if ! has_chinese_font; then echo fonts-noto-cjk; fi
    if ! command -v pdftotext >/dev/null; then echo poppler-utils; fi # reads the printed slips
    if ! has_postgresql; then echo postgresql; fi
}

mapfile -t missing < <(missing_packages)
if [ "${#missing[@]}" = 0 ]; then exit 0; fi

if [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    as_root=(false)
fi

install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1
}

: >"$log"
if [ "${as_root[*]}" != false ]; then
    say "Installing ${missing[*]} for the tests (apt, once) ..."
    # A stale list of packages is the usual reason for a refusal, an unreachable mirror is not always fatal.
    install update -qq || true
    install install -y -qq --no-install-recommends "${missing[@]}" || true
fi

mapfile -t missing < <(missing_packages)
if [ "${#missing[@]}" = 0 ]; then exit 0; fi
say ""
say "Some tests will FAIL: this machine lacks ${missing[*]}. Install, then run again:"
say "    sudo apt-get update && sudo apt-get install -y ${missing[*]}"
say "(a Chromium elsewhere: CHROMIUM=/path/to/chrome make test; no browser at all: make test-fast)"
if [ -s "$log" ]; then say "What apt said: $log"; tail -n 3 "$log" >&2; fi
say ""
