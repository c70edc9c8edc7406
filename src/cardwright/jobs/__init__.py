"""What workers do: the queue of export jobs."""
