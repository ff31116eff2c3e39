"""What has been published: documents, editions and the log; publish, compare, verify."""
