"""Opinion ballots (phiếu lấy ý kiến): members decide in writing, outside a sitting."""
