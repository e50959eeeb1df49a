package io.trivigil.storage.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One backup on disk: `files/<sha256>` and `MANIFEST`, which comes last, so that a directory
/// without one is no backup. A backup that was broken off goes on where it stopped.
///
/// Each directory is whole: an incremental backup links the files that an older one has too, and
/// either may be deleted.
///
/// @param path the directory
/// @param manifest what it holds
public record BackupDirectory(Path path, BackupManifest manifest) {
  private static final String MANIFEST = "MANIFEST";
  private static final String FILES = "files";

  /// Opens the content of a file that is to be backed up.
  @FunctionalInterface
  public interface Source {
    InputStream open(BackupFile file) throws IOException;
  }

  /// What writing a backup cost.
  ///
  /// @param copied bytes that were read from the node
  /// @param linked bytes that an older backup, or a broken off one, had already
  public record Written(BackupDirectory backup, long copied, long linked) {}

  /// Writes a backup into a directory that is new, empty, or left by one that was broken off.
  ///
  /// @param older whose files are linked, or copied where links are not possible
  public static Written write(
      Path path, BackupManifest manifest, Source source, Optional<BackupDirectory> older)
      throws IOException {
    requireFree(path);
    Path files = Files.createDirectories(path.resolve(FILES));
    long copied = 0;
    long linked = 0;
    for (BackupFile file : manifest.files()) {
      Path target = files.resolve(file.sha256());
      if (Files.exists(target)) {
        linked += file.bytes();
        continue;
      }
      Path known = older.map(o -> o.path.resolve(FILES).resolve(file.sha256())).orElse(target);
      if (Files.exists(known)) {
        link(known, target);
        linked += file.bytes();
      } else {
        try (InputStream in = source.open(file)) {
          fetch(in, file, target);
        }
        copied += file.bytes();
      }
    }
    deleteOthers(files, manifest);
    sync(files);
    Path fresh = path.resolve(MANIFEST + ".new");
    Files.writeString(fresh, manifest.text());
    sync(fresh);
    Files.move(fresh, path.resolve(MANIFEST), StandardCopyOption.ATOMIC_MOVE);
    sync(path);
    return new Written(new BackupDirectory(path, manifest), copied, linked);
  }

  private static void requireFree(Path path) throws IOException {
    if (Files.exists(path.resolve(MANIFEST))) {
      throw new BackupException("there is a backup already: dir=" + path);
    }
    if (Files.isDirectory(path)) {
      for (Path found : list(path)) {
        String name = found.getFileName().toString();
        if (!name.equals(FILES) && !name.equals(MANIFEST + ".new")) {
          throw new BackupException(
              "directory is not empty: dir=%s found=%s".formatted(path, name));
        }
      }
    }
  }

  private static void link(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (IOException | UnsupportedOperationException e) {
      Path part = to.resolveSibling(to.getFileName() + ".part");
      Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
      sync(part);
      Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static void fetch(InputStream in, BackupFile file, Path target) throws IOException {
    Path part = target.resolveSibling(file.sha256() + ".part");
    MessageDigest digest = BackupFile.newDigest();
    long bytes = 0;
    byte[] buffer = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(part)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        out.write(buffer, 0, read);
        bytes += read;
      }
    }
    String found = BackupFile.hex(digest);
    if (bytes != file.bytes() || !found.equals(file.sha256())) {
      throw new BackupException(
          "file changed on its way: name=%s expected=%d %s found=%d %s"
              .formatted(file.name(), file.bytes(), file.sha256(), bytes, found));
    }
    sync(part);
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void deleteOthers(Path files, BackupManifest manifest) throws IOException {
    List<String> wanted = manifest.files().stream().map(BackupFile::sha256).toList();
    for (Path file : list(files)) {
      if (!wanted.contains(file.getFileName().toString())) {
        Files.delete(file); // of a backup that was broken off
      }
    }
  }

  /// Opens a backup; its files are not read.
  ///
  /// @throws BackupException if there is none, or its manifest is damaged
  public static BackupDirectory open(Path path) throws IOException {
    Path manifest = path.resolve(MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      throw new BackupException(
          "no complete backup: dir=%s reason=there is no file %s".formatted(path, MANIFEST));
    }
    String text = Files.readString(manifest, StandardCharsets.UTF_8);
    return new BackupDirectory(path, BackupManifest.parse(text, manifest.toString()));
  }

  /// The newest complete backup of a cluster beside `path`.
  public static Optional<BackupDirectory> newestBeside(Path path, String cluster)
      throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    List<BackupDirectory> found = new ArrayList<>();
    if (parent != null && Files.isDirectory(parent)) {
      for (Path sibling : list(parent)) {
        if (Files.isRegularFile(sibling.resolve(MANIFEST))
            && !sibling.endsWith(path.getFileName())) {
          openable(sibling).ifPresent(found::add);
        }
      }
    }
    return found.stream()
        .filter(backup -> backup.manifest.cluster().equals(cluster))
        .max(Comparator.comparingLong(backup -> backup.manifest.logTimeMs()));
  }

  private static Optional<BackupDirectory> openable(Path path) throws IOException {
    try {
      return Optional.of(open(path));
    } catch (BackupException damaged) {
      return Optional.empty(); // it can not be built upon
    }
  }

  /// Reads every file and tells what is wrong with it; empty if nothing is.
  public List<String> problems(Throttle throttle) throws IOException {
    List<String> problems = new ArrayList<>();
    for (BackupFile file : manifest.files()) {
      Path on = path.resolve(FILES).resolve(file.sha256());
      if (!Files.isRegularFile(on)) {
        problems.add("file is missing: %s (%s)".formatted(on, file.name()));
      } else if (Files.size(on) != file.bytes()) {
        problems.add(
            "file has another length: %s (%s) expected=%d found=%d"
                .formatted(on, file.name(), file.bytes(), Files.size(on)));
      } else {
        String found = BackupFile.of(on, throttle).sha256();
        if (!found.equals(file.sha256())) {
          problems.add("file has another sum: %s (%s) found=%s".formatted(on, file.name(), found));
        }
      }
    }
    return problems;
  }

  /// Puts the store's files, under their own names, into a directory that is made.
  ///
  /// @param linkTables links those that never change instead of copying them, for a look at a store
  ///   that is deleted soon
  public void layOut(Path target, boolean linkTables) throws IOException {
    Files.createDirectories(target);
    for (BackupFile file : manifest.files()) {
      Path from = path.resolve(FILES).resolve(file.sha256());
      Path to = target.resolve(file.name());
      if (Files.exists(to)) {
        throw new BackupException("directory is not empty: found=" + to);
      }
      if (linkTables && file.name().endsWith(".sst")) {
        link(from, to);
      } else {
        Files.copy(from, to);
        sync(to);
      }
    }
    sync(target);
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
