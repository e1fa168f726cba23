"""School roll and academic record system (学籍学历系统), kept by the education bureau."""
