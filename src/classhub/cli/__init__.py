"""Arguments in, sentences out. No decisions; console.py is the only module that prints."""
