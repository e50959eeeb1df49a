package io.trivigil.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Small disks in memory for the data directories, so that they can be filled. They go with the
/// mount namespace of the run. Without one (plain processes) there are none.
final class Disks {
  private static final String FILLER = "filler";

  private Disks() {}

  /// Mounts a disk of this size at a directory.
  static void mount(Path directory, int megabytes) throws IOException {
    Process mount =
        new ProcessBuilder(
                "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", "" + directory)
            .redirectErrorStream(true)
            .start();
    try {
      String said = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (mount.waitFor() != 0) {
        throw new IOException("mount: " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Writes until nothing more fits.
  static void fill(Path directory) throws IOException {
    byte[] block = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(directory.resolve(FILLER))) {
      while (Files.getFileStore(directory).getUsableSpace() > 0) {
        out.write(block);
      }
    } catch (IOException full) {
      if (Files.getFileStore(directory).getUsableSpace() > block.length) {
        throw full;
      }
    }
  }

  /// Takes the filling away.
  static void free(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(FILLER));
  }

  /// Removes all that stands in a directory.
  static void wipe(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory)) {
      all = walk.sorted(Comparator.reverseOrder()).filter(p -> !p.equals(directory)).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
