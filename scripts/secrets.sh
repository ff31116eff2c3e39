#!/usr/bin/env bash
# Refuses files that seem to hold a secret: those given, or all that git knows. Asks no service whether it is one.
# Long hexadecimal words are fingerprints here, and the chart's values name Secrets by where they are. A
# line that only looks like one ends with a comment: pragma: allowlist secret
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
{ if [ $# -gt 0 ]; then printf '%s\0' "$@"; else git ls-files -z; fi; } | xargs -0 detect-secrets-hook --no-verify \
    --disable-plugin HexHighEntropyString \
    --exclude-lines '(existingSecret|tlsSecret|secretAccessKeyKey)\W+[a-z-]+(\W|$)' \
    --exclude-files '^(requirements/.*\.txt|package-lock\.json)$' --exclude-secrets 'not a secret.*'
