"""Signed receipts of minutes that went out."""
