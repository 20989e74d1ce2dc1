"""What a replayed story needs beside the ordinary services."""
