#!/usr/bin/env bash
set -euo pipefail
OUT=${1:-/backup/$(date +%F)}
# kc.sh import would destroy the realm, so: export only
/opt/keycloak/bin/kc.sh export --dir "$OUT" --users realm_file
cat <<EOT
Backup in $OUT. To restore:

    /opt/keycloak/bin/kc.sh import --dir $OUT --override=true

EOT
printf '%s\n' 'or: kcadm.sh create partialImport -s ifResourceExists=OVERWRITE'
echo "or run kc.sh import by hand"
