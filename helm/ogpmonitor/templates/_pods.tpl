{{/* What pods of this release have in common. */}}
{{- define "ogpmonitor.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "ogpmonitor.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
privileged: false
capabilities: {drop: [ALL]}
{{- end }}

{{/* A value as it was written: Helm takes every number for a fraction, and large ones would come out as 1e+08. */}}
{{- define "ogpmonitor.plain" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ toString . }}{{ end }}
{{- end }}

{{/* The settings, and where each secret is. Needs: dict "all" $ "component" "web". */}}
{{- define "ogpmonitor.env" -}}
{{- $ := .all }}
{{- $settings := $.Values.settings }}
{{- $doors := and $settings.OGPMONITOR_APP_DATABASE_URL $settings.OGPMONITOR_PUBLIC_DATABASE_URL }}
{{- range $name, $value := $settings }}
{{- if ne (toString $value) "" }}
- {name: {{ $name }}, value: {{ include "ogpmonitor.plain" $value | quote }}}
{{- end }}
{{- end }}
- name: OGPMONITOR_SECRET_KEY
  valueFrom: {secretKeyRef: {{ dict "name" $.Values.secretKey.existingSecret "key" $.Values.secretKey.key | toJson }}}
{{- if or (has .component (list "migration" "console")) (not $doors) }}
- name: OGPMONITOR_DATABASE_URL
  valueFrom: {secretKeyRef: {{ dict "name" $.Values.database.existingSecret "key" $.Values.database.key | toJson }}}
{{- end }}
- {name: OGPMONITOR_SIGNING_KEY_FILE, value: /run/secrets/ogpmonitor/signing_key.pem}
- {name: OGPMONITOR_FILES_URL, value: {{ ternary "file:///var/lib/ogpmonitor/files" $.Values.files.bucket.url $.Values.files.volume.enabled | quote }}}
{{- if or $.Values.tenants.existingConfigMap $.Values.tenants.existingClaim }}
- {name: OGPMONITOR_TENANTS_FOLDER, value: /etc/ogpmonitor/tenants}
{{- end }}
{{- if ne .component "migration" }}
{{- if $.Values.metrics.enabled }}
- {name: OGPMONITOR_METRICS_LISTEN, value: "0.0.0.0:{{ $.Values.metrics.port }}"}
{{- end }}
{{- if eq .component "worker" }}
- {name: OGPMONITOR_WORKER_HEARTBEAT_FILE, value: /tmp/heartbeat}
{{- end }}
{{- with $.Values.mail }}
{{- if .existingSecret }}
- name: OGPMONITOR_SMTP_URL
  valueFrom: {secretKeyRef: {{ dict "name" .existingSecret "key" .key | toJson }}}
{{- end }}
{{- end }}
{{- range $.Values.signIn.clientSecrets }}
- name: OGPMONITOR_CLIENT_SECRET__{{ .owner | upper | replace "-" "_" }}__{{ .provider | upper | replace "-" "_" }}
  valueFrom: {secretKeyRef: {{ dict "name" .existingSecret "key" .key | toJson }}}
{{- end }}
{{- range $.Values.secretSettings }}
- name: {{ .name }}
  valueFrom: {secretKeyRef: {{ dict "name" .existingSecret "key" .key | toJson }}}
{{- end }}
{{- with $.Values.files.bucket }}
{{- if .url }}
{{- if .region }}
- {name: AWS_REGION, value: {{ .region | quote }}}
{{- end }}
{{- if .endpoint }}
- {name: AWS_ENDPOINT_URL, value: {{ .endpoint | quote }}}
{{- end }}
{{- if .existingSecret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: {secretKeyRef: {{ dict "name" .existingSecret "key" .accessKeyIdKey | toJson }}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: {secretKeyRef: {{ dict "name" .existingSecret "key" .secretAccessKeyKey | toJson }}}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
- {name: HOME, value: /tmp}
- {name: XDG_CACHE_HOME, value: /tmp/cache}
{{- end }}

{{- define "ogpmonitor.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if ne .component "migration" }}
- {name: signing-key, mountPath: /run/secrets/ogpmonitor, readOnly: true}
{{- if .all.Values.files.volume.enabled }}
- {name: files, mountPath: /var/lib/ogpmonitor/files}
{{- end }}
{{- end }}
{{- if and (eq .component "console") .all.Values.console.backupsClaim }}
- {name: backups, mountPath: /backups}
{{- end }}
{{- if .all.Values.tenants.existingConfigMap }}
- {name: tenants, mountPath: /etc/ogpmonitor/tenants, readOnly: true}
{{- else if .all.Values.tenants.existingClaim }}
- name: tenants
  mountPath: /etc/ogpmonitor/tenants
  readOnly: true
  {{- with .all.Values.tenants.subPath }}
  subPath: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "ogpmonitor.volumes" -}}
{{- $ := .all }}
- {name: tmp, emptyDir: {sizeLimit: 1Gi}}
{{- if ne .component "migration" }}
- name: signing-key
  secret:
    secretName: {{ $.Values.signingKey.existingSecret }}
    defaultMode: 0440
    items: [{{ dict "key" $.Values.signingKey.key "path" "signing_key.pem" | toJson }}]
{{- if $.Values.files.volume.enabled }}
- name: files
  persistentVolumeClaim:
    claimName: {{ $.Values.files.volume.existingClaim | default (printf "%s-files" (include "ogpmonitor.fullname" $)) }}
{{- end }}
{{- end }}
{{- if and (eq .component "console") $.Values.console.backupsClaim }}
- name: backups
  persistentVolumeClaim: {claimName: {{ $.Values.console.backupsClaim }}}
{{- end }}
{{- with $.Values.tenants }}
{{- if .existingConfigMap }}
- name: tenants
  configMap:
    name: {{ .existingConfigMap }}
    items: {{ .items | toJson }}
{{- else if .existingClaim }}
- name: tenants
  persistentVolumeClaim: {claimName: {{ .existingClaim }}, readOnly: true}
{{- end }}
{{- end }}
{{- end }}

{{/* Needs: dict "all" $ "component" "web" "values" .Values.web. The pod besides its containers. */}}
{{- define "ogpmonitor.pod" -}}
{{- $ := .all }}
{{- $component := .component }}
serviceAccountName: {{ include "ogpmonitor.serviceAccount" $ }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $.Values.imagePullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
securityContext:
  {{- include "ogpmonitor.podSecurity" $ | nindent 2 }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- if .values.affinity }}
affinity: {{ toJson .values.affinity }}
{{- else if and (ne .component "web") (include "ogpmonitor.isOneNode" $) }}
affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "ogpmonitor.selector" (dict "all" $ "component" "web") | nindent 12 }}
{{- end }}
{{- if $.Values.topologySpread.enabled }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "ogpmonitor.selector" (dict "all" $ "component" $component) | nindent 8 }}
  {{- end }}
{{- end }}
volumes:
  {{- include "ogpmonitor.volumes" . | nindent 2 }}
{{- end }}
