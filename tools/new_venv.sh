# Make a virtual environment; on a bare Debian or Ubuntu fetch the part of Python that makes one first.
set -eu
python="${PYTHON:-python3}"
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
    echo "itemwise needs Python 3.10 or newer; $python is $("$python" --version 2>&1). Try: make PYTHON=python3.12 ..." >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package="$("$python" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")')"
    echo "$python cannot make virtual environments yet: installing $package" >&2
    if [ "$(id -u)" = 0 ]; then become=""; else become="sudo"; fi
    if ! { $become apt-get update -q && $become apt-get install -qy "$package"; }; then
        echo "could not install it; run: apt-get install $package   and try again" >&2
        exit 1
    fi
fi
"$python" -m venv "$1"
