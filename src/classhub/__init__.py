"""ClassHub: a classroom JupyterHub from one folder of plain files."""

__version__ = "0.1.0"
