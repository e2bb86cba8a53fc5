# sourced by deploy.sh and rollback.sh
kc() { "${KC_HOME:-/opt/keycloak}/bin/kc.sh" "$@"; }

realm_exists() {
    curl -fs -o /dev/null "http://localhost:8080/realms/$1"
}

replace_realm() {
    systemctl stop keycloak
    su keycloak -s /bin/bash -c "/opt/keycloak/bin/kc.sh import --file '$1'"
    systemctl start keycloak
}

# replace_realm /tmp/x.json
