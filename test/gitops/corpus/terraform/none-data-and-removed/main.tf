# The realm was taken out of Terraform in April: resource "keycloak_realm" "primary" is no longer ours.
// kc.sh import is run by the platform team
removed {
  from = keycloak_realm.primary
  lifecycle {
    destroy = false
  }
}

provider "keycloak" {
  client_id = "terraform"
  url       = "https://id.example.com"
}

data "keycloak_realm" "primary" {
  realm = "primary"
}

/*
resource "keycloak_openid_client" "portal" {
  realm_id  = data.keycloak_realm.primary.id
  client_id = "portal"
}
*/

output "hint" {
  value = "realm id: ${data.keycloak_realm.primary.id}"
}
