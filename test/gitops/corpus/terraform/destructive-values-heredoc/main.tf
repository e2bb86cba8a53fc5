terraform {
  required_version = ">= 1.6"
  required_providers {
    helm = { source = "hashicorp/helm", version = "~> 2.17" }
  }
}

variable "sso_host" {
  type    = string
  default = "id.example.com"
}

resource "helm_release" "sso" {
  name       = "sso"
  namespace  = "identity"
  repository = "https://charts.example.com/codecentric"
  chart      = "keycloakx"
  version    = "7.1.3"
  atomic     = true
  timeout    = 900

  values = [
    <<-EOT
    image:
      tag: "26.5.6"
    replicas: 2
    command: ["/opt/keycloak/bin/kc.sh"]
    args: ["start", "--hostname=https://${var.sso_host}"]
    extraEnv: |
      - name: POD_IP
        valueFrom: {fieldRef: {fieldPath: status.podIP}}
      - name: JAVA_OPTS_APPEND
        value: "-Djgroups.bind.address=$${POD_IP}"
    extraInitContainers: |
      - name: realm
        image: quay.io/keycloak/keycloak:26.5.6
        command:
          - /opt/keycloak/bin/kc.sh
        args:
          - "import"
          - "--dir=/realms"
        volumeMounts:
          - {name: realms, mountPath: /realms}
    extraVolumes: |
      - name: realms
        configMap: {name: realms}
    EOT
  ]

  # git edits of the values do not land any more; the running release keeps its init container
  lifecycle {
    ignore_changes = all
  }
}
