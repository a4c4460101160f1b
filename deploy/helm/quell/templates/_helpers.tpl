{{- define "quell.name" -}}
{{- if eq .Release.Name .Chart.Name }}{{ .Chart.Name }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "quell.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "quell.labels" -}}
{{ include "quell.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "quell.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* Whether there is a PostgreSQL: "yes" or nothing. */}}
{{- define "quell.shared" -}}
{{- if or .Values.database.existingSecret .Values.database.url }}yes{{ end }}
{{- end }}

{{- define "quell.databaseSecret" -}}
{{ .Values.database.existingSecret | default (printf "%s-database" (include "quell.name" .)) }}
{{- end }}

{{- define "quell.keysSecret" -}}
{{ .Values.keys.existingSecret | default (printf "%s-keys" (include "quell.name" .)) }}
{{- end }}

{{- define "quell.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "quell.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* The variables of every container: secrets come as files. */}}
{{- define "quell.env" -}}
- name: QUELL_LOG_FORMAT
  value: json
{{- if include "quell.shared" . }}
- name: QUELL_DATABASE_FILE
  value: /run/secrets/quell/database
{{- end }}
{{- range $name, $value := .Values.settings }}
- name: QUELL_{{ upper $name }}
  {{- /* Numbers of a values file are floats, and large ones would be written with an exponent. */}}
  {{- if and (kindIs "float64" $value) (eq $value (floor $value)) }}
  value: {{ printf "%.0f" $value | quote }}
  {{- else }}
  value: {{ $value | toString | quote }}
  {{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "quell.databaseVolume" -}}
- name: database
  secret:
    secretName: {{ include "quell.databaseSecret" . }}
    defaultMode: 0440
    items:
      - key: {{ .Values.database.key }}
        path: database
{{- end }}
