{{/* What no schema can say: values that do not go together. */}}
{{- define "ogpmonitor.checks" -}}
{{- $files := .Values.files }}
{{- if and $files.volume.enabled $files.bucket.url }}
{{- fail "files: choose one, files.bucket.url or files.volume.enabled." }}
{{- end }}
{{- if not (or $files.volume.enabled $files.bucket.url) }}
{{- fail "files: choose one, files.bucket.url (s3://bucket/prefix) or files.volume.enabled." }}
{{- end }}
{{- if include "ogpmonitor.isOneNode" . }}
{{- if or .Values.autoscaling.enabled (gt (int .Values.web.replicas) 1) (gt (int .Values.worker.replicas) 1) }}
{{- fail "files.volume.accessMode ReadWriteOnce is for one web server and one worker: use a bucket or ReadWriteMany." }}
{{- end }}
{{- end }}
{{- if and .Values.tenants.existingConfigMap .Values.tenants.existingClaim }}
{{- fail "tenants: choose one, tenants.existingConfigMap or tenants.existingClaim." }}
{{- end }}
{{- if and .Values.tenants.existingConfigMap (not .Values.tenants.items) }}
{{- fail "tenants.items: say where each key of the ConfigMap belongs, as in {key: renca-tenant, path: renca/tenant.toml}." }}
{{- end }}
{{- if and .Values.mail.existingSecret (not .Values.settings.OGPMONITOR_MAIL_FROM) }}
{{- fail "mail.existingSecret: settings.OGPMONITOR_MAIL_FROM has to say whom mail comes from." }}
{{- end }}
{{- $counts := ne (include "ogpmonitor.plain" .Values.settings.OGPMONITOR_LIMITS_FACTOR) "0" }}
{{- if and .Values.ingress.enabled $counts (not .Values.settings.OGPMONITOR_TRUSTED_PROXIES) }}
{{- fail "settings.OGPMONITOR_TRUSTED_PROXIES: name the network of the ingress controller's pods, or everybody counts as one." }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.metrics.enabled) }}
{{- fail "metrics.serviceMonitor.enabled asks for figures that metrics.enabled does not tell." }}
{{- end }}
{{- if and .Values.autoscaling.enabled (lt (int .Values.autoscaling.maxReplicas) (int .Values.autoscaling.minReplicas)) }}
{{- fail "autoscaling.maxReplicas is less than autoscaling.minReplicas." }}
{{- end }}
{{- if .Values.networkPolicy.enabled }}
{{- if not .Values.networkPolicy.databaseTo }}
{{- fail "networkPolicy.databaseTo: say where the database is; nothing works without it." }}
{{- end }}
{{- if and $files.bucket.url (not .Values.networkPolicy.filesTo) }}
{{- fail "networkPolicy.filesTo: say where the bucket is." }}
{{- end }}
{{- if and .Values.mail.existingSecret (not .Values.networkPolicy.mailTo) }}
{{- fail "networkPolicy.mailTo: say where the mail server is." }}
{{- end }}
{{- if not .Values.networkPolicy.ingressFrom }}
{{- fail "networkPolicy.ingressFrom: say who may ask the web server, for instance the ingress controller's namespace." }}
{{- end }}
{{- end }}
{{- end }}
