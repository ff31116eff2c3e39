"""Spreadsheets and other tools' files: read, checked cell by cell, applied whole or not at all, and undone."""
