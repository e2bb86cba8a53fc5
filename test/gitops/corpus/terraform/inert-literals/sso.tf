variable "import_strategy" {
  description = "IGNORE_EXISTING or OVERWRITE_EXISTING"
  type        = string
  default     = "OVERWRITE_EXISTING"
}

resource "kubernetes_config_map" "env" {
  metadata {
    name = "sso-env"
  }
  data = {
    KEYCLOAK_IMPORT_STRATEGY           = var.import_strategy
    KC_SPI_IMPORT_SINGLE_FILE_STRATEGY = "OVERWRITE_EXISTING"
    JAVA_OPTS_APPEND                   = "-Dkeycloak.migration.strategy=OVERWRITE_EXISTING -Dkeycloak.migration.replace-placeholders=true"
  }
}

resource "helm_release" "sso" {
  name       = "sso"
  repository = "oci://registry.example.com/bitnamicharts"
  chart      = "keycloak"
  set {
    name  = "extraEnvVarsCM"
    value = kubernetes_config_map.env.metadata[0].name
  }
  set {
    name  = "keycloakConfigCli.enabled"
    value = "false"
  }
}
