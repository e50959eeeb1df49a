package io.trivigil.storage.backup;

import java.io.IOException;

/// A backup is damaged, not complete, or not to be used like this; the message names the file.
public final class BackupException extends IOException {
  private static final long serialVersionUID = 1;

  public BackupException(String message) {
    super(message);
  }

  public BackupException(String message, Throwable cause) {
    super(message, cause);
  }
}
