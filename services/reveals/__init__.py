"""双方愿意时互相认识: asked, cooled off, agreed to, checked by two."""
