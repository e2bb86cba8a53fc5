locals {
  realm = "primary"
}

# made once, then it belongs to the support desk
resource "keycloak_realm" "primary" {
  realm        = local.realm
  display_name = "Example"
  lifecycle {
    ignore_changes = all
  }
}

resource "keycloak_role" "operator" {
  realm_id = keycloak_realm.primary.id
  name     = "operator"
  lifecycle { ignore_changes = all }
}

/* resource "keycloak_group" "old" {
  realm_id = keycloak_realm.primary.id
  name     = "old"
} */

data "keycloak_openid_client" "account" {
  realm_id  = keycloak_realm.primary.id
  client_id = "account"
}
