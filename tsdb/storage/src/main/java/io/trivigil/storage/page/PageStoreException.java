package io.trivigil.storage.page;

/// The disk failed, its content is not ours, or the store was closed or replaced meanwhile.
public final class PageStoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean damage;

  public PageStoreException(String message) {
    super(message);
    this.damage = false;
  }

  public PageStoreException(String message, Throwable cause) {
    this(message, cause, cause instanceof PageStoreException inner && inner.isDamage());
  }

  private PageStoreException(String message, Throwable cause, boolean damage) {
    super(message, cause);
    this.damage = damage;
  }

  /// Says that what is on disk is not what was written.
  public static PageStoreException damaged(String message, Throwable cause) {
    return new PageStoreException(message, cause, true);
  }

  /// Whether the files themselves are damaged: trying again does not help, other files do.
  public boolean isDamage() {
    return damage;
  }
}
