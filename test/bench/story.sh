#!/usr/bin/env bash
# The published way, automated: what git has and the live realm has not is put back with curl and jq.
# usage: story.sh URL REALM FILE. Knows client scopes, mappers, scope links and realm roles of service accounts; proves nothing.
set -euo pipefail
url=$1 realm=$2 file=$3

login() {
  token=$(curl -sf "$url/realms/master/protocol/openid-connect/token" -d grant_type=password -d client_id=admin-cli -d username=admin -d password=admin | jq -r .access_token)
  since=$SECONDS
}
call() {
  [ $((SECONDS - since)) -lt 40 ] || login
  curl -sf -X "$1" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$url/admin/realms/$realm/$2" "${@:3}"
}
login

live=$(call GET client-scopes)
jq -r '.clientScopes[].name' "$file" | while read -r name; do
  jq -e --arg n "$name" 'any(.[]; .name == $n)' <<<"$live" >/dev/null && continue
  jq -c --arg n "$name" '.clientScopes[] | select(.name == $n)' "$file" | call POST client-scopes -d @-
done

call GET client-scopes >"$file.scopes"
call GET clients >"$file.clients"
jq -r '.clients[].clientId' "$file" | while read -r client; do
  want=$(jq -c --arg c "$client" '.clients[] | select(.clientId == $c)' "$file")
  have=$(jq -c --arg c "$client" '.[] | select(.clientId == $c)' "$file.clients")
  id=$(jq -r .id <<<"$have")
  jq -r --argjson have "$have" '.protocolMappers // [] | map(.name) - (($have.protocolMappers // []) | map(.name)) | .[]' <<<"$want" | while read -r mapper; do
    jq -c --arg m "$mapper" '.protocolMappers[] | select(.name == $m)' <<<"$want" | call POST "clients/$id/protocol-mappers/models" -d @-
  done
  for type in default optional; do
    jq -r --argjson have "$have" --arg t "${type}ClientScopes" '.[$t] - $have[$t] | .[]' <<<"$want" | while read -r scope; do
      call PUT "clients/$id/$type-client-scopes/$(jq -r --arg s "$scope" '.[] | select(.name == $s) | .id' "$file.scopes")"
    done
  done
  [ "$(jq -r .serviceAccountsEnabled <<<"$have")" = true ] || continue
  user=$(call GET "clients/$id/service-account-user" | jq -r .id)
  mapped=$(call GET "users/$user/role-mappings/realm")
  jq -r --arg c "$client" --argjson mapped "$mapped" '.users[] | select(.serviceAccountClientId == $c) | (.realmRoles // []) - ($mapped | map(.name)) | .[]' "$file" | while read -r role; do
    call GET "roles/$role" | jq -c '[{id, name}]' | call POST "users/$user/role-mappings/realm" -d @-
  done
done
