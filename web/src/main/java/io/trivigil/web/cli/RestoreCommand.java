package io.trivigil.web.cli;

import io.trivigil.raft.ratis.StartMarks;
import io.trivigil.storage.Restoring;
import io.trivigil.storage.backup.BackupDirectory;
import io.trivigil.storage.backup.BackupException;
import io.trivigil.storage.backup.Throttle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `trivigil restore`: makes a data directory of a backup, for a new cluster to begin with.
@Command(
    name = "trivigil restore",
    mixinStandardHelpOptions = true,
    description =
        "Makes a data directory of a backup; all first nodes of a new cluster get the same.")
final class RestoreCommand implements Callable<Integer> {
  @Option(names = "--from", required = true, description = "The backup.")
  private String from = "";

  @Option(
      names = "--storage.tsdb.path",
      defaultValue = "data",
      description = "The data directory: new or empty.")
  private String data = "";

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() {
    try {
      BackupDirectory backup = BackupDirectory.open(Path.of(from));
      restore(backup, Path.of(data));
      System.out.printf(
          "restored index %d of cluster %s into %s%n",
          backup.manifest().index(), backup.manifest().cluster(), data);
      System.out.println(
          "Restore it for every node in --cluster.peers, then start them: they found a cluster when"
              + " all hold this backup.");
      return 0;
    } catch (IOException e) {
      System.err.println("trivigil restore: " + e.getMessage());
      return 1;
    }
  }

  private static void restore(BackupDirectory backup, Path data) throws IOException {
    if (Files.exists(data)) {
      try (Stream<Path> files = Files.list(data)) {
        Path found = files.findFirst().orElse(null);
        if (found != null) {
          throw new BackupException(
              "data directory is not empty: dir=%s found=%s".formatted(data, found.getFileName()));
        }
      }
    }
    Files.createDirectories(data);
    Path making = data.resolve("restoring"); // left behind, it keeps the directory from being used
    Restoring.restore(backup, making.resolve("store"), true, new Throttle(0, System::nanoTime));
    Files.move(making.resolve("store"), data.resolve("store"));
    StartMarks.markRestored(data.resolve("log"), backup.manifest().id());
    Files.delete(making);
  }
}
