"""A chart of a few objects that shows what Helm does: values, lookup, a field that never changes, a hook that never ends."""

import json

from doubles.helm_repository import packed

SCHEMA = {
    "type": "object",
    "properties": {"colour": {"type": "string"}, "fixed": {"type": "string", "pattern": "^[a-z]+$"}},
}
TEMPLATES = {
    "settings.yaml": """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  colour: {{ .Values.colour | quote }}
  whole: {{ omit .Values "token" | toJson | quote }}
""",
    "made.yaml": """
{{- $old := lookup "v1" "Secret" .Release.Namespace "made" }}
apiVersion: v1
kind: Secret
metadata: {name: made}
data:
  random: {{ if $old }}{{ $old.data.random }}{{ else }}{{ randAlphaNum 32 | b64enc }}{{ end }}
  token: {{ .Values.token | b64enc | quote }}
""",
    "fixed.yaml": """
apiVersion: v1
kind: ConfigMap
metadata: {name: fixed}
immutable: true
data: {value: {{ .Values.fixed | quote }}}
""",
    "fails.yaml": '{{ if .Values.fails }}{{ fail (printf "it fails: %s" .Values.fails) }}{{ end }}',
    "waits.yaml": """
{{- if .Values.waits }}
apiVersion: batch/v1
kind: Job
metadata:
  name: waits
  annotations: {"helm.sh/hook": "pre-install,pre-upgrade", "helm.sh/hook-delete-policy": before-hook-creation}
spec:
  template:
    spec:
      restartPolicy: Never
      nodeSelector: {no-node: has-this}
      containers: [{name: waits, image: "localhost/none:1", imagePullPolicy: Never}]
{{- end }}
""",
    "many.yaml": """
{{- range $n := until (int .Values.many) }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: many-{{ $n }}}
{{- end }}
""",
}
VALUES = "colour: red\nfixed: a\ntoken: none\nfails: ''\nwaits: false\nmany: 0\n"


def tiny_chart(version: str = "4.4.0") -> bytes:
    files = {f"templates/{name}": text for name, text in TEMPLATES.items()}
    return packed(version, {"values.yaml": VALUES, "values.schema.json": json.dumps(SCHEMA), **files})
