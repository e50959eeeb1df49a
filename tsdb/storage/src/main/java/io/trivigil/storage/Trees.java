package io.trivigil.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Deletes directories with what is in them.
final class Trees {
  private Trees() {}

  static void delete(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      try (Stream<Path> files = Files.list(path)) {
        for (Path file : files.toList()) {
          delete(file);
        }
      }
    }
    Files.deleteIfExists(path);
  }
}
