"""Runs inside JupyterHub's process. Never imports the admin's side."""
