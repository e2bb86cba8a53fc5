#!/bin/sh
set -eu
cd /opt/keycloak
[ $# -gt 0 ] || { echo "usage: $0 dir   (runs: kc.sh import --override=true)" >&2; exit 64; }

KC_OVERRIDE=false bin/kc.sh import --file "$1/a.json"
env KC_OVERRIDE=false bin/kc.sh import --file "$1/b.json"
bin/kc.sh import \
  --file "$1/c.json" \
  --override false

export KC_OVERRIDE=false
if ! bin/kc.sh import --file "$1/d.json"; then
    echo "d skipped" >&2
fi
