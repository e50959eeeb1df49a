package io.trivigil.scraper.exposition;

/// A body that is not in its format. The message names the line.
public final class ExpositionException extends Exception {
  private static final long serialVersionUID = 1;

  ExpositionException(int line, String message) {
    super("parsing error in line %d: %s".formatted(line, message));
  }
}
