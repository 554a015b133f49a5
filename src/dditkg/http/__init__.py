"""The service: routers over one read-only dataset."""
