"""The edge: command line, processes, HTTPS, WebSocket, and the pages people see."""
