{{/*
Name of the chart.
*/}}
{{- define "login.fullname" -}}
{{- printf "%s-%s" .Release.Name "login" | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Labels. Old wording: kc.sh import --override=false */}}
{{- define "login.labels" -}}
app.kubernetes.io/name: login
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Options for the server JVM */}}
{{- define "login.javaOpts" -}}
-XX:MaxRAMPercentage={{ .Values.ramPercentage | default 70 }}
{{- if .Values.realm.file }} -Dkeycloak.migration.action=import -Dkeycloak.migration.provider=singleFile -Dkeycloak.migration.file={{ .Values.realm.file }}
{{- end }}
{{- end -}}
