package io.trivigil.raft.ratis;

import io.trivigil.raft.StateMachine;
import io.trivigil.raft.StateMachine.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checkpoints as files, made for a peer and received from one. Ratis moves them between nodes in
/// chunks, checks each file's MD5, and publishes what it received by one rename.
///
/// ```
/// sm/checkpoint-<term>-<index>/MANIFEST      text, last line "crc32c <hex of the lines before>"
///                              state/…       what StateMachine.writeCheckpoint wrote
/// ```
///
/// The manifest names the position and every file with its length, so that half a checkpoint is
/// never taken for one. It comes first, so that a checkpoint without files can be sent too.
final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  static final String PREFIX = "checkpoint-";
  static final String MANIFEST = "MANIFEST";
  static final String STATE = "state";
  private static final String MAGIC = "trivigil-checkpoint 1";

  private Checkpoints() {}

  /// A complete checkpoint in `directory`.
  record Checkpoint(Position position, Path directory, List<Path> files) {
    Checkpoint {
      files = List.copyOf(files);
    }

    Path state() {
      return directory.resolve(STATE);
    }
  }

  /// Asks the machine for a checkpoint and puts it below `parent`.
  static Checkpoint make(StateMachine machine, Path parent) throws IOException {
    Path fresh = parent.resolve("making");
    delete(fresh);
    Path state = Files.createDirectories(fresh.resolve(STATE));
    Position position = machine.writeCheckpoint(state);
    List<Path> files = filesBelow(state);
    StringBuilder text = new StringBuilder(MAGIC).append('\n');
    text.append(
        "position %d %d %d\n".formatted(position.term(), position.index(), position.logTimeMs()));
    for (Path file : files) {
      text.append("file %d %s\n".formatted(Files.size(file), state.relativize(file)));
    }
    text.append("crc32c %08x\n".formatted(crc(text.toString())));
    writeDurably(fresh.resolve(MANIFEST), text.toString());
    Path done = parent.resolve(PREFIX + position.term() + "-" + position.index());
    delete(done);
    Files.move(fresh, done);
    return new Checkpoint(
        position, done, files.stream().map(f -> done.resolve(fresh.relativize(f))).toList());
  }

  /// The newest complete checkpoint below `parent`. What is damaged is logged and left out.
  static Optional<Checkpoint> newest(Path parent) throws IOException {
    Checkpoint newest = null;
    for (Path directory : directories(parent)) {
      try {
        Checkpoint found = open(directory);
        if (newest == null || found.position().index() > newest.position().index()) {
          newest = found;
        }
      } catch (IOException | IllegalArgumentException e) {
        LOG.warn("checkpoint set aside directory={} reason={}", directory, e.toString());
      }
    }
    return Optional.ofNullable(newest);
  }

  /// Reads the manifest and checks that every file is there with its length.
  static Checkpoint open(Path directory) throws IOException {
    String text = Files.readString(directory.resolve(MANIFEST), StandardCharsets.UTF_8);
    int last = text.lastIndexOf("crc32c ");
    if (last < 0
        || !text.substring(last)
            .strip()
            .equals("crc32c %08x".formatted(crc(text.substring(0, last))))) {
      throw new IOException("checkpoint manifest checksum mismatch: directory=" + directory);
    }
    List<String> lines = text.substring(0, last).lines().toList();
    if (!lines.getFirst().equals(MAGIC)) {
      throw new IOException(
          "checkpoint format \"%s\" is not known, this version reads \"%s\": directory=%s"
              .formatted(lines.getFirst(), MAGIC, directory));
    }
    String[] at = lines.get(1).split(" ");
    Position position =
        new Position(Long.parseLong(at[1]), Long.parseLong(at[2]), Long.parseLong(at[3]));
    List<Path> files = new ArrayList<>();
    for (String line : lines.subList(2, lines.size())) {
      String[] parts = line.split(" ", 3);
      Path file = directory.resolve(STATE).resolve(parts[2]);
      if (Files.size(file) != Long.parseLong(parts[1])) {
        throw new IOException(
            "checkpoint file length mismatch: file=%s wanted=%s found=%d"
                .formatted(file, parts[1], Files.size(file)));
      }
      files.add(file);
    }
    return new Checkpoint(position, directory, files);
  }

  /// Removes the MD5 files that Ratis puts beside each file it received.
  static void removeDigests(Checkpoint received) throws IOException {
    List<Path> known = received.files();
    for (Path file : filesBelow(received.state())) {
      if (!known.contains(file) && file.toString().endsWith(".md5")) {
        Files.delete(file);
      }
    }
  }

  static List<Path> directories(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(parent)) {
      return children
          .filter(p -> p.getFileName().toString().startsWith(PREFIX) && Files.isDirectory(p))
          .sorted()
          .toList();
    }
  }

  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException e) {
      LOG.debug("checkpoint vanished while it was deleted path={}", e.getFile());
    }
  }

  static List<Path> filesBelow(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  static void writeDurably(Path file, String text) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
  }

  static int crc(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }
}
