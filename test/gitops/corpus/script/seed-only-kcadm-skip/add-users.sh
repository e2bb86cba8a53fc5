#!/bin/sh
# SKIP | FAIL | OVERWRITE
usage() { echo "usage: $0 file   (for OVERWRITE use the console)"; exit 2; }
[ -f "$1" ] || usage
kcadm.sh config credentials --server http://localhost:8080 --realm master --client importer --secret "$SECRET"
kcadm.sh create partialImport -r shop -s ifResourceExists=SKIP -o -f "$1"