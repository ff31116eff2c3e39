#!/bin/sh
# Makes the secrets that compose.yaml names, each in a file of its own: deploy/secrets.sh deploy/secrets
# What is there already stays as it is. Keep a copy elsewhere: without the signing key nobody can go on with the log.
set -eu
folder=${1:?the folder to put them in, as in deploy/secrets}
reader=${2:-10001} # the user the program runs as in its container; needs root to hand the files over to
umask 077
mkdir -p "$folder"

keep() { # keep <name>: what comes on standard input, unless there is such a file; all of it or nothing
    [ ! -e "$folder/$1" ] || { echo "$1: there already"; cat >/dev/null; return; }
    cat >"$folder/$1.new"
    mv "$folder/$1.new" "$folder/$1"
    echo "$1: made"
}

openssl rand -hex 24 | keep database_password
user=postgres:$(cat "$folder/database_password")
echo "postgresql://$user@database/ogpmonitor" | keep ogpmonitor_database_url
openssl rand -base64 48 | keep ogpmonitor_secret_key
openssl genpkey -algorithm ed25519 | keep signing_key.pem
printf '' | keep ogpmonitor_smtp_url # yours to fill in; nothing is sent while it is empty
if [ "$(id -u)" = 0 ]; then
    chown "$reader" "$folder"/ogpmonitor_* "$folder/signing_key.pem"
else
    echo "Not root: see to it that user $reader can read $folder/ogpmonitor_* and $folder/signing_key.pem."
fi
