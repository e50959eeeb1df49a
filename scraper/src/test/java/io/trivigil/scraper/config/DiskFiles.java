package io.trivigil.scraper.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Files of the disk, for tests.
public final class DiskFiles implements ConfigFiles {
  @Override
  public Optional<String> read(String path) {
    try {
      return Files.isRegularFile(Path.of(path))
          ? Optional.of(Files.readString(Path.of(path)))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<String> glob(String pattern) {
    int slash = pattern.lastIndexOf('/');
    Path folder = Path.of(pattern.substring(0, slash));
    List<String> found = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return found;
    }
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(folder, pattern.substring(slash + 1))) {
      entries.forEach(entry -> found.add(entry.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.sort(String::compareTo);
    return found;
  }
}
