"""What happens to a batch when its process is killed, its disk is full, or its table is damaged."""
