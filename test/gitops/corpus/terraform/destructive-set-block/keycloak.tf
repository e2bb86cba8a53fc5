resource "helm_release" "keycloak" {
  name       = "keycloak"
  repository = "oci://registry.example.com/bitnamicharts"
  chart      = "keycloak"
  version    = "25.0.2"

  set {
    name  = "keycloakConfigCli.enabled"
    value = "true"
  }
  set {
    name  = "keycloakConfigCli.existingConfigmap"
    value = kubernetes_config_map.realms.metadata[0].name
  }
  # set {
  #   name  = "keycloakConfigCli.enabled"
  #   value = "false"
  # }
  set_sensitive {
    name  = "auth.adminPassword"
    value = var.admin_password
  }
}

resource "kubernetes_config_map" "realms" {
  metadata { name = "realms" }
  data = {
    "primary.json" = file("${path.module}/realms/primary.json")
  }
}

variable "admin_password" {
  type      = string
  sensitive = true
}
