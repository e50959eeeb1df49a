package io.trivigil.chaos;

import io.trivigil.lab.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// See `deploy/chaos/run`.
public final class Main {
  private static final int SHORT_MINUTES = 5;
  private static final int MINUTES = 60;
  private static final int LEADER_KILLS = 60;
  private static final int SHORT_LEADER_KILLS = 10;

  private Main() {}

  public static void main(String[] arguments) throws IOException {
    List<String> given = Arrays.asList(arguments);
    boolean brief = given.contains("--short");
    int minutes = (int) number(given, "--minutes", brief ? SHORT_MINUTES : MINUTES);
    long seed = number(given, "--seed", Wait.nowMs() % 1_000_000);
    Path root = Path.of(System.getProperty("root", ".")).toAbsolutePath();
    Path here = Path.of(System.getProperty("here", ".")).toAbsolutePath();
    Path directory = Files.createDirectories(here.resolve("target/report-" + seed));
    System.out.printf("seed %d, %d minutes, files of this run: %s%n", seed, minutes, directory);
    int kills = (int) number(given, "--kills", brief ? SHORT_LEADER_KILLS : LEADER_KILLS);
    Settings settings =
        new Settings(root, directory, seed, minutes, brief, kills, System.getProperty("net", ""));
    try (Run run = new Run(settings)) {
      System.exit(run.execute());
    }
  }

  static long number(List<String> given, String flag, long otherwise) {
    int at = given.indexOf(flag);
    return at < 0 ? otherwise : Long.parseLong(given.get(at + 1));
  }

  /// What a run is told.
  ///
  /// @param kills how many kills of a leader there are to one of each other fault
  /// @param net the prefix of the namespaces; empty where there are none
  record Settings(
      Path root, Path directory, long seed, int minutes, boolean brief, int kills, String net) {}
}
