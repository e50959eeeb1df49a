package io.trivigil.web.remote;

/// A write request that can not be taken, with the reason for its sender. Nothing of it is stored.
public final class RefusedWriteException extends Exception {
  private static final long serialVersionUID = 1;

  RefusedWriteException(String message) {
    super(message);
  }

  RefusedWriteException(String message, Throwable cause) {
    super(message, cause);
  }
}
