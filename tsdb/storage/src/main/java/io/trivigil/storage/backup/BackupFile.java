package io.trivigil.storage.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// One file of a store, as a backup names it.
///
/// @param name its name in the store, no directories
/// @param bytes its length
/// @param sha256 of its content, 64 hexadecimal digits; its name in the backup
public record BackupFile(String name, long bytes, String sha256) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}");
  private static final Pattern SHA = Pattern.compile("[0-9a-f]{64}");

  public BackupFile {
    if (!NAME.matcher(name).matches() || bytes < 0 || !SHA.matcher(sha256).matches()) {
      throw new IllegalArgumentException(
          "not a file of a backup: name=%s bytes=%d sha256=%s".formatted(name, bytes, sha256));
    }
  }

  /// Reads the whole file for its sum.
  public static BackupFile of(Path file, Throttle throttle) throws IOException {
    MessageDigest digest = newDigest();
    long bytes = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        bytes += read;
        throttle.took(read);
        if (Thread.currentThread().isInterrupted()) {
          throw new java.io.InterruptedIOException("stopped while reading " + file);
        }
      }
    }
    return new BackupFile(file.getFileName().toString(), bytes, hex(digest));
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
