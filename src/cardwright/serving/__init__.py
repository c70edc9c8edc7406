"""What stands between sockets and faces: processes, connections, the loop, and what is told of requests."""
