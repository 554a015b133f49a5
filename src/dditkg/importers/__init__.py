"""One file per outside format; each offers SUMMARY and run(source, target)."""
