"""Page bytes in, an article or the reason why there is none out."""
