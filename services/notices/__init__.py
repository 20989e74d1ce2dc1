"""The outbox: queued as refs, drawn at delivery with the recipient's own eyes."""
