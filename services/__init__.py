"""Operations and questions, one module per subject; the only room with SQL."""
