{{- define "app" }}{{ .Values.nameOverride | default "jupyterhub" }}{{ end }}

{{- /* What selects: it may never change. Takes a list of root and component. */}}
{{- define "selector" -}}
{{- $root := index . 0 -}}
app: {{ include "app" $root }}
release: {{ $root.Release.Name }}
component: {{ index . 1 }}
{{- end }}

{{- define "labels" -}}
{{- $root := index . 0 -}}
{{ include "selector" . }}
chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
heritage: {{ $root.Release.Service }}
app.kubernetes.io/name: {{ include "app" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- /* A secret of the running release stays as it is. Takes root, key, the value that the user gave, a new one. */}}
{{- define "kept" -}}
{{- $root := index . 0 -}}
{{- $there := lookup "v1" "Secret" $root.Release.Namespace "hub" -}}
{{- $old := "" -}}
{{- if and $there $there.data (hasKey $there.data (index . 1)) -}}
{{- $old = index $there.data (index . 1) | b64dec -}}
{{- end -}}
{{- index . 2 | default $old | default (index . 3) | b64enc -}}
{{- end }}
