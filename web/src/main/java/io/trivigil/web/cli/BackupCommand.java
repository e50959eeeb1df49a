package io.trivigil.web.cli;

import io.trivigil.config.ByteSize;
import io.trivigil.storage.Restoring;
import io.trivigil.storage.backup.BackupDirectory;
import io.trivigil.storage.backup.BackupException;
import io.trivigil.storage.backup.BackupFile;
import io.trivigil.storage.backup.BackupManifest;
import io.trivigil.storage.backup.Throttle;
import io.trivigil.web.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trivigil backup`: fetches a backup of one node into a directory; `trivigil backup verify DIR`.
@Command(
    name = "trivigil backup",
    mixinStandardHelpOptions = true,
    description = "Takes a consistent backup of one node while it works, or verifies one.")
final class BackupCommand implements Callable<Integer> {
  private static final long POLL_NANOS = 200_000_000L;

  @Option(names = "--url", defaultValue = "http://127.0.0.1:9090", description = "Any node.")
  private String url = "";

  @Option(
      names = "--to",
      defaultValue = "",
      description = "A new directory, or one of a backup that" + " was broken off.")
  private String to = "";

  @Option(
      names = "--incremental-from",
      defaultValue = "",
      description = "An older backup, whose files are linked; auto: the newest one beside --to.")
  private String from = "";

  @Option(
      names = "--max-rate",
      defaultValue = "20MB",
      description = "How fast the node's disk is read, per second; 0 for any.")
  private String maxRate = "";

  @Parameters(arity = "0..2", description = "verify DIR")
  private java.util.List<String> words = java.util.List.of();

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() throws InterruptedException {
    try {
      if (words.size() == 2 && words.getFirst().equals("verify")) {
        verify(Path.of(words.getLast()));
        return 0;
      }
      if (!words.isEmpty() || to.isEmpty()) {
        throw new UsageException("backup wants --to DIR, or verify DIR");
      }
      take(Path.of(to));
      return 0;
    } catch (IOException e) {
      System.err.println("trivigil backup: " + e.getMessage());
      return 1;
    }
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  private void take(Path directory) throws IOException, InterruptedException {
    Client client = new Client(url);
    long rate = rate(maxRate);
    String id =
        client
            .post("/api/v1/admin/backup", Map.of("max_rate", Long.toString(rate)))
            .object("answer")
            .text("id", "");
    boolean complete = false;
    Thread aborted = new Thread(() -> end(client, id, false), "abort");
    Runtime.getRuntime().addShutdownHook(aborted);
    try {
      BackupManifest manifest = ready(client, id);
      Optional<BackupDirectory> older =
          switch (from) {
            case "" -> Optional.empty();
            case "auto" -> BackupDirectory.newestBeside(directory, manifest.cluster());
            default -> Optional.of(BackupDirectory.open(Path.of(from)));
          };
      BackupDirectory.Written written =
          BackupDirectory.write(directory, manifest, file -> stream(client, id, file), older);
      complete = true;
      System.out.printf(
          "backup of cluster %s node %s index %d: %d files, %d bytes copied, %d bytes linked%n",
          manifest.cluster(),
          manifest.node(),
          manifest.index(),
          manifest.files().size(),
          written.copied(),
          written.linked());
    } finally {
      Runtime.getRuntime().removeShutdownHook(aborted);
      end(client, id, complete);
    }
  }

  private static long rate(String text) {
    try {
      return text.equals("0") ? 0 : ByteSize.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--max-rate: " + e.getMessage());
    }
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  private static void end(Client client, String id, boolean complete) {
    try {
      var _ =
          client.post(
              "/api/v1/admin/backup/end", Map.of("id", id, "complete", Boolean.toString(complete)));
    } catch (IOException | UsageException e) {
      System.err.println("the node was not told of the end, and tidies up by itself: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static BackupManifest ready(Client client, String id)
      throws IOException, InterruptedException {
    while (true) {
      JsonValue.Fields status = client.get("/api/v1/admin/backup?id=" + id).object("answer");
      switch (status.text("state", "")) {
        case "ready" -> {
          return BackupManifest.parse(status.text("manifest", ""), "the node's answer");
        }
        case "failed" -> throw new BackupException(status.text("error", ""));
        default -> LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  /// A file, fetched piece by piece.
  private static InputStream stream(Client client, String id, BackupFile file) {
    return new InputStream() {
      private byte[] piece = {};
      private int at;
      private long offset;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        if (at == piece.length && offset < file.bytes()) {
          piece = fetch();
          at = 0;
          offset += piece.length;
        }
        int count = Math.min(length, piece.length - at);
        if (count == 0) {
          return length == 0 ? 0 : -1;
        }
        System.arraycopy(piece, at, into, from, count);
        at += count;
        return count;
      }

      private byte[] fetch() throws IOException {
        try {
          return client.bytes(
              "/api/v1/admin/backup/file?id=%s&name=%s&offset=%d"
                  .formatted(id, URLEncoder.encode(file.name(), StandardCharsets.UTF_8), offset));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
      }
    };
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  private static void verify(Path directory) throws IOException {
    BackupDirectory backup = BackupDirectory.open(directory);
    Path look = Files.createTempDirectory(directory, ".verify-");
    try {
      Restoring.restore(backup, look.resolve("store"), false, new Throttle(0, System::nanoTime));
    } finally {
      delete(look);
    }
    BackupManifest manifest = backup.manifest();
    System.out.printf(
        "backup is whole: cluster %s node %s index %d, %d files, %d bytes, content %s%n",
        manifest.cluster(),
        manifest.node(),
        manifest.index(),
        manifest.files().size(),
        manifest.bytes(),
        manifest.content());
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
