#!/usr/bin/env bash
# entrypoint of the sso image
set -Eeuo pipefail

KC_HOME=/opt/keycloak
KC_OVERRIDE=false

log() { printf '%s %s\n' "$(date -u +%FT%TZ)" "$*"; }

log "importing realms"
$KC_HOME/bin/kc.sh import --dir /realms

export KC_OVERRIDE
log "starting"
exec $KC_HOME/bin/kc.sh start "$@"
