package io.trivigil.model.codec;

/// Bytes that are not what they should be. In `apply` this is a refusal; on disk it is corruption.
public final class MalformedBytesException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public MalformedBytesException(String message) {
    super(message);
  }
}
