package io.trivigil.storage.frame;

/// A frame that is not what was written: names what was expected and what was found.
public final class CorruptFrameException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CorruptFrameException(String message) {
    super(message);
  }
}
