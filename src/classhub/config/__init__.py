"""The deployment folder: files in, a Config out. Pure apart from reading the files it is given."""
