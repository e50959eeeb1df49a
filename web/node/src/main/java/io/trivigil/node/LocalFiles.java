package io.trivigil.node;

import io.trivigil.config.version.ConfigBundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// This machine's files and environment, as a source of configuration. Relative paths start at the
/// working directory; `*`, `?` and `[…]` in a pattern match within one part of a path, as Go's
/// `filepath.Glob` does.
public final class LocalFiles implements ConfigBundle.Source {
  /// The largest file that is read, bytes.
  public static final long MAX_FILE_BYTES = 16L << 20;

  private final Map<String, String> environment;

  public LocalFiles(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public Optional<String> file(String path) {
    Path file = Path.of(path);
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new UncheckedIOException(
            new IOException("%s is larger than %d bytes".formatted(path, MAX_FILE_BYTES)));
      }
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  @Override
  public List<String> glob(String pattern) {
    Path path = Path.of(pattern);
    List<Path> found = new ArrayList<>();
    found.add(path.isAbsolute() ? path.getRoot() : Path.of(""));
    for (Path part : path) {
      List<Path> next = new ArrayList<>();
      for (Path directory : found) {
        expand(directory, part.toString(), next);
      }
      found = next;
    }
    return found.stream().map(Path::toString).sorted().toList();
  }

  private static void expand(Path directory, String part, List<Path> out) {
    if (part.chars().noneMatch(c -> c == '*' || c == '?' || c == '[')) {
      Path child = directory.resolve(part);
      if (Files.exists(child)) {
        out.add(child);
      }
      return;
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + part);
    Path listed = directory.toString().isEmpty() ? Path.of(".") : directory;
    if (!Files.isDirectory(listed)) {
      return;
    }
    try (Stream<Path> children = Files.list(listed)) {
      children
          .map(Path::getFileName)
          .filter(name -> matcher.matches(name))
          .forEach(name -> out.add(directory.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list %s: %s".formatted(listed, e.getMessage()), e);
    }
  }

  @Override
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name));
  }
}
