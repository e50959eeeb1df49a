package io.trivigil.config.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads the files that a configuration names for secrets, keys and certificates. Each node reads
/// its own; they are read again on each use, so that they may be rotated.
@FunctionalInterface
public interface SecretFiles {
  /// The files of this node's disk.
  SecretFiles DISK = path -> Files.readString(Path.of(path));

  /// The whole text of a file.
  String read(String path) throws IOException;
}
