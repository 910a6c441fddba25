"""The data tier: one database, event streams, blobs, a bus and jobs. It imports nothing of ours."""
