package io.trivigil.storage.column;

/// A page that is not what was written: names what was expected and what was found.
public final class CorruptPageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CorruptPageException(String message) {
    super(message);
  }
}
