#!/usr/bin/env bash
# Make .venv and install what is missing in it. Says nothing when there is nothing to do.
#   tools/bootstrap.sh run          what the product needs
#   tools/bootstrap.sh dev          and what the checks and tests need
# PYTHON=/path/to/python3.12 chooses the interpreter for a new .venv.
# WITH_APT=1 (set by .ci/run) installs a missing venv module instead of naming the command.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly wanted="${1:-run}"
readonly log=.venv/bootstrap.log
case "$wanted" in
    run) requirements=(requirements.txt) ;;
    dev) requirements=(requirements.txt requirements-payments.txt requirements-dev.txt) ;;
    *) echo "usage: tools/bootstrap.sh run|dev" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*" >&2; }

# A pyenv shim stands on PATH for versions that are not there, so every candidate is tried, not looked up.
is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
can_make_venvs() { "$1" -c 'import ensurepip, ssl, sqlite3, venv' >/dev/null 2>&1; }

find_python() {
    local candidate second_best=""
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        is_new_enough "$candidate" || continue
        if can_make_venvs "$candidate"; then echo "$candidate"; return; fi
        second_best="${second_best:-$candidate}"
    done
    echo "$second_best"
}

apt_line() {
    local sudo="sudo "
    if [ "$(id -u)" = 0 ]; then sudo=""; fi
    echo "${sudo}apt-get install -y $*"
}

complain_no_python() {
    local version
    say "微光 needs Python 3.11, 3.12 or 3.13; here is $(python3 --version 2>/dev/null || echo 'no python3')."
    for version in 3.13 3.12 3.11; do
        if apt-cache show "python$version-venv" >/dev/null 2>&1; then
            say "Install it, then try again:"
            say "    $(apt_line "python$version" "python$version-venv")"
            return
        fi
    done
    say "Debian 12 and Ubuntu 24.04 bring it: $(apt_line python3 python3-venv)"
    say "Or name one of your own: make run PYTHON=/path/to/python3.12"
}

venv_package() { "$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'; }

install_venv_module() {
    say "Installing $1 (apt) ..."
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y -qq "$1"; } >/dev/null
}

complain_no_venv_module() {
    say "Python's venv module is missing. Install it, then try again:"
    say "    $(apt_line "$1")"
    say "(if apt does not know the package yet: apt-get update first)"
}

make_venv() {
    local python package
    python="$(find_python)"
    if [ -z "$python" ]; then complain_no_python; exit 1; fi
    if ! can_make_venvs "$python"; then
        package="$(venv_package "$python")"
        if [ -n "${WITH_APT:-}" ] && [ "$(id -u)" = 0 ]; then install_venv_module "$package"; fi
        if ! can_make_venvs "$python"; then complain_no_venv_module "$package"; exit 1; fi
    fi
    say "Making .venv with $("$python" --version) ..."
    # --clear also mends a half-made one; a failure leaves nothing behind that looks finished.
    if ! "$python" -m venv --clear .venv; then
        rm -rf .venv
        complain_no_venv_module "$(venv_package "$python")"
        exit 1
    fi
}

stamp_of() { # Names the files' content and the interpreter: a change of either installs anew.
    { cat "$@"; .venv/bin/python --version; } | sha256sum | cut -d' ' -f1
}

# pip compiles on one core and the libraries' own tests too; that was half of the time a newcomer waited.
compile_libraries() {
    .venv/bin/python -m compileall -q -j 0 -x '/(tests?|testing)/' .venv/lib >/dev/null 2>&1 || true
}

readonly pip_options=(--disable-pip-version-check --no-input --prefer-binary --no-compile)

# With every version known pip has nothing to find out, so two can work side by side on two cores.
# What this leaves undone (another Python, a line forgotten) the ordinary pass after it does or names.
install_locked() {
    local half
    rm -f .venv/half.*
    grep -v '^#' requirements.lock | split -n r/2 - .venv/half.
    for half in .venv/half.*; do
        .venv/bin/python -m pip install "${pip_options[@]}" --no-deps -r "$half" >"$half.log" 2>&1 &
    done
    wait
}

install() {
    local stamp_file=".venv/.installed-$wanted" stamp
    stamp="$(stamp_of "${requirements[@]}")"
    if [ "$(cat "$stamp_file" 2>/dev/null)" = "$stamp" ]; then return; fi
    say "Installing the libraries of ${requirements[-1]} (once, less than a minute) ..."
    if [ -n "$is_new" ] && [ -f requirements.lock ]; then install_locked; fi
    if ! .venv/bin/python -m pip install "${pip_options[@]}" -r "${requirements[-1]}" >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        say "The libraries could not be installed; the whole story is in $log. Is the network there? Then try again."
        exit 1
    fi
    compile_libraries
    echo "$stamp" >"$stamp_file"
}

# Two terminals (make run, make test) must not build the same .venv at once.
exec 9<tools/bootstrap.sh
if command -v flock >/dev/null; then flock 9; fi
is_new=""
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then make_venv; is_new=1; fi
install
