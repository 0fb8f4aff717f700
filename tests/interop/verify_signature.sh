#!/bin/sh
# Checks the signature of a checkpoint with OpenSSL 3 and nothing of ours.
#   verify_signature.sh CHECKPOINT VKEY
# The vkey is <name>+<8 hex digits>+<base64 of 01 and the 32 bytes of an Ed25519 key>.
set -eu
checkpoint=$1 vkey=$2
name=${vkey%%+*}
rest=${vkey#*+}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A signed note: the text, an empty line, one line "— name base64" for each signature.
sed '/^$/,$d' "$checkpoint" > "$scratch/text"
awk -v name="$name" '$1 == "—" && $2 == name { print $3; exit }' "$checkpoint" |
  base64 -d | tail -c +5 > "$scratch/signature"

# The key as OpenSSL wants it: a fixed beginning (RFC 8410) and the 32 bytes.
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'
  printf '%s' "${rest#*+}" | base64 -d | tail -c +2; } > "$scratch/key.der"

openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$scratch/key.der" \
  -in "$scratch/text" -sigfile "$scratch/signature"
test "$(head -n 1 "$checkpoint")" = "$name"
sed -n '1s/^/log: /p; 2s/^/entries: /p; 3s/^/root: /p' "$scratch/text"
