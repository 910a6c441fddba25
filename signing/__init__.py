"""Proof: keys, certificates, timestamps, signatures on PDFs, and the verdict on them."""
