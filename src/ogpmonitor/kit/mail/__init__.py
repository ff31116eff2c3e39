"""Mail: an outbox in the database (`outbox.send`), letters made from templates, and their way to an SMTP server."""
