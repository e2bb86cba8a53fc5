#!/bin/bash
set -e
BASE=${KC_URL:-https://sso.example.com}
REALM=${1:?realm}

token=$(curl -fsS "$BASE/realms/master/protocol/openid-connect/token" \
  -d grant_type=client_credentials -d client_id=ci -d "client_secret=$CI_SECRET" | jq -r .access_token)

jq '. + {ifResourceExists: "OVERWRITE"}' "realms/$REALM.json" |
  curl -fsS -X POST "$BASE/admin/realms/$REALM/partialImport" \
    -H "Authorization: Bearer $token" \
    -H 'Content-Type: application/json' \
    --data-binary @- | jq '{added, skipped, overwritten}'
