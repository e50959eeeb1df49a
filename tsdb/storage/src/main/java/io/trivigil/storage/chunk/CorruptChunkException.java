package io.trivigil.storage.chunk;

/// A chunk that is not what was written: names what was expected and what was found.
public final class CorruptChunkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CorruptChunkException(String message) {
    super(message);
  }
}
