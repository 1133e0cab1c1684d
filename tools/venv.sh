#!/bin/sh
# Make the virtual environment $1 and install ganapps into it with the versions of constraints.txt.
# Says in one sentence what is missing when something is.
set -u
venv=$1

python=
for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "No Python 3.11, 3.12 or 3.13 was found: install one (or name it: make PYTHON=/path/to/python3.12)." >&2
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "$python has no venv module: install it (on Debian and Ubuntu: apt install python3-venv)." >&2
    exit 1
fi

free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1048576) }')
if [ "$free" -lt 5 ]; then
    echo "Only $free GB of disk are free here; the environment needs 5 GB (TensorFlow alone takes 2)." >&2
    exit 1
fi

echo "Making $venv with $("$python" --version); the first time this takes a few minutes and about 3 GB."
"$python" -m venv "$venv" || exit 1
"$venv/bin/python" -m pip install --quiet --upgrade pip || {
    echo "pip could not reach a package index: check the network, a proxy or PIP_INDEX_URL, then run make again." >&2
    exit 1
}
"$venv/bin/python" -m pip install --quiet --constraint constraints.txt --editable '.[dev,apps]' || {
    echo "The installation failed (pip's own words are above): check the network, then run make again." >&2
    exit 1
}
