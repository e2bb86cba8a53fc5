resource "helm_release" "sso" {
  name       = "sso"
  repository = "oci://registry.example.com/bitnamicharts"
  chart      = "keycloak"
  version    = "25.0.2"

  set = [
    {
      name  = "replicaCount"
      value = 2
    },
    {
      name  = "extraStartupArgs"
      value = "-Dkeycloak.migration.action=import -Dkeycloak.migration.provider=dir -Dkeycloak.migration.dir=/realms"
    },
  ]
  set_list = [
    { name = "tolerations", value = [] },
  ]
}
