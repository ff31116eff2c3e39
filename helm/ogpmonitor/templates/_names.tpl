{{/* What objects are called, and how they find each other. */}}
{{- define "ogpmonitor.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "ogpmonitor.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "ogpmonitor.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "ogpmonitor.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Needs: dict "all" $ "component" "web". What never changes about a pod. */}}
{{- define "ogpmonitor.selector" -}}
app.kubernetes.io/name: {{ include "ogpmonitor.name" .all }}
app.kubernetes.io/instance: {{ .all.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "ogpmonitor.labels" -}}
{{ include "ogpmonitor.selector" . }}
app.kubernetes.io/version: {{ .all.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .all.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .all.Chart.Name .all.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "ogpmonitor.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default (include "ogpmonitor.fullname" .) }}
{{- else }}
{{- .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{- define "ogpmonitor.image" -}}
{{- $image := .Values.image }}
{{- if $image.digest }}{{ $image.repository }}@{{ $image.digest }}
{{- else }}{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* The host people type. */}}
{{- define "ogpmonitor.host" -}}
{{- (urlParse .Values.settings.OGPMONITOR_BASE_URL).hostname }}
{{- end }}

{{/* "true" where at least two web servers run. */}}
{{- define "ogpmonitor.isMany" -}}
{{- if .Values.autoscaling.enabled }}{{ if gt (int .Values.autoscaling.minReplicas) 1 }}true{{ end }}
{{- else if gt (int .Values.web.replicas) 1 }}true
{{- end }}
{{- end }}

{{/* "true" where files lie on a volume that one node can have. */}}
{{- define "ogpmonitor.isOneNode" -}}
{{- if and .Values.files.volume.enabled (eq .Values.files.volume.accessMode "ReadWriteOnce") }}true{{ end }}
{{- end }}
