package io.trivigil.storage.page;

/// The disk failed, its content is not ours, or the store was closed or replaced meanwhile.
public final class PageStoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public PageStoreException(String message) {
    super(message);
  }

  public PageStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
