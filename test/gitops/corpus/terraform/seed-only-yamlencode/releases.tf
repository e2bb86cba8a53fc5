resource "helm_release" "id" {
  name       = "id"
  repository = "oci://registry.example.com/cloudpirates"
  chart      = "keycloak"
  version    = "0.21.31"

  values = [yamlencode({
    image    = { tag = "26.7.4" }
    realm    = { import = true, existingSecret = "id-realm" }
    keycloak = { hostname = "https://id.example.com", extraArgs = ["--spi-import-single-file-strategy=OVERWRITE_EXISTING"] }
    extraEnvVars = [
      { name = "KC_SPI_IMPORT_SINGLE_FILE_STRATEGY", value = "OVERWRITE_EXISTING" },
    ]
  })]
}

resource "helm_release" "legacy" {
  name       = "legacy"
  repository = "https://charts.example.com/codecentric"
  chart      = "keycloakx"

  values = [yamlencode({
    command = ["/opt/keycloak/bin/kc.sh"]
    args    = ["start", "--import-realm"]
  })]
}