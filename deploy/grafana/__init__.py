"""The dashboards as code: `python -m deploy.grafana` writes deploy/grafana/dashboards/*.json.

Written for Grafana 11.6 with its own types, from the metrics in streams/metrics.py. Not rendered here: no Grafana
server can be had where this was written. docs/dashboards.md says what was checked instead.
"""
