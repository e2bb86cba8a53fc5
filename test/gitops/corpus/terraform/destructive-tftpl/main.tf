resource "helm_release" "login" {
  name  = "login"
  chart = "${path.module}/charts/keycloakx-7.1.3.tgz"
  values = [
    templatefile("${path.module}/templates/values.yaml.tftpl", {
      replicas = 2
      reimport = var.reimport
      realms   = ["primary", "partners"]
    }),
  ]
}

variable "reimport" { default = false }
