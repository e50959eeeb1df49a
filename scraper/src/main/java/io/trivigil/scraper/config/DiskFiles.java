package io.trivigil.scraper.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The files of this node's disk: for whoever proposes a configuration, and for discovery.
///
/// A file that is there but can not be read throws [UncheckedIOException].
public final class DiskFiles implements ConfigFiles {
  @Override
  public Optional<String> read(String path) {
    try {
      return Optional.of(Files.readString(Path.of(path)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<String> glob(String pattern) {
    Path path = Path.of(pattern);
    Path last = path.getFileName();
    if (!pattern.contains("*") || last == null) {
      return Files.isRegularFile(path) ? List.of(pattern) : List.of();
    }
    Path folder = path.getParent();
    Path searched = folder == null ? Path.of("") : folder;
    List<String> found = new ArrayList<>();
    if (!Files.isDirectory(searched)) {
      return found;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(searched, literal(last))) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry)) {
          found.add(entry.toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.sort(String::compareTo);
    return found;
  }

  /// The JDK's globs know braces too, Go's do not.
  private static String literal(Path last) {
    return last.toString().replace("{", "\\{").replace("}", "\\}");
  }
}
