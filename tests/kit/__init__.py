"""What tests stand on: real servers, a clock that is set by hand, the ledger oracle."""
