provider "keycloak" {
  client_id = "terraform"
  url       = "https://id.example.com"
}

resource "keycloak_realm" "primary" {
  realm        = "primary"
  enabled      = true
  display_name = "Example"

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [attributes, smtp_server]
  }
}

resource "keycloak_openid_client" "portal" {
  realm_id              = keycloak_realm.primary.id
  client_id             = "portal"
  access_type           = "PUBLIC"
  standard_flow_enabled = true
  valid_redirect_uris   = ["https://portal.example.com/*"]
  import                = true
}

resource "keycloak_openid_client_default_scopes" "portal" {
  realm_id       = keycloak_realm.primary.id
  client_id      = keycloak_openid_client.portal.id
  default_scopes = ["profile", "email", "roles"]
  lifecycle { ignore_changes = all }
}
