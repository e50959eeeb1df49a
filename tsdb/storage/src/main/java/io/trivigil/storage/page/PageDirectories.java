package io.trivigil.storage.page;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// Which of the directories `pages-N` counts, and how another comes to count: by the rename of one
/// small file, so that a crash leaves either the old or the new.
final class PageDirectories {
  private static final String POINTER = "CURRENT";
  private static final String PREFIX = "pages-";

  private PageDirectories() {}

  /// The directory that counts; made if there is none. All others are deleted.
  static Path current(Path root) throws IOException {
    Files.createDirectories(root);
    Path pointer = root.resolve(POINTER);
    if (!Files.exists(pointer)) {
      Path first = root.resolve(PREFIX + 1);
      for (Path path : list(root)) {
        if (path.getFileName().toString().startsWith(PREFIX) && !list(path).isEmpty()) {
          throw new IOException("%s is missing beside %s: restore it".formatted(pointer, path));
        }
      }
      Files.createDirectories(first);
      switchTo(root, first);
    }
    Path current = look(root);
    deleteOthers(root, current);
    return current;
  }

  /// The directory that counts; changes nothing.
  static Path look(Path root) throws IOException {
    Path pointer = root.resolve(POINTER);
    if (!Files.isRegularFile(pointer)) {
      throw new IOException("%s is missing".formatted(pointer));
    }
    String name = Files.readString(pointer).strip();
    Path current = root.resolve(name);
    if (!name.startsWith(PREFIX) || !Files.isDirectory(current)) {
      throw new IOException("%s names no directory: found=%s".formatted(pointer, name));
    }
    return current;
  }

  /// Makes `source` the first content of a store that is not there yet; moves it.
  static void adopt(Path root, Path source) throws IOException {
    Files.createDirectories(root);
    Path first = root.resolve(PREFIX + 1);
    Files.move(source, first);
    switchTo(root, first);
  }

  /// Copies `source` into a fresh directory beside the one that counts. Files that never change are
  /// linked where the file system can.
  static Path prepare(Path root, Path source) throws IOException {
    String name = Files.readString(root.resolve(POINTER)).strip();
    int number = Integer.parseInt(name.substring(PREFIX.length()));
    Path next = root.resolve(PREFIX + (number + 1));
    deleteTree(next);
    Files.createDirectories(next);
    for (Path file : list(source)) {
      Path copy = next.resolve(file.getFileName());
      Files.copy(file, copy);
      sync(copy);
    }
    sync(next);
    return next;
  }

  static void switchTo(Path root, Path next) throws IOException {
    Path fresh = root.resolve(POINTER + ".new");
    Files.writeString(fresh, next.getFileName() + "\n");
    sync(fresh);
    Files.move(
        fresh,
        root.resolve(POINTER),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    sync(root);
    deleteOthers(root, next);
  }

  static void moveUp(Path inner, Path target) throws IOException {
    for (Path file : list(inner)) {
      Files.move(file, target.resolve(file.getFileName()));
    }
    Files.delete(inner);
  }

  private static void deleteOthers(Path root, Path kept) throws IOException {
    for (Path path : list(root)) {
      if (path.getFileName().toString().startsWith(PREFIX) && !path.equals(kept)) {
        deleteTree(path);
      }
    }
  }

  static void deleteTree(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      for (Path inner : list(path)) {
        deleteTree(inner);
      }
    }
    Files.deleteIfExists(path);
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
