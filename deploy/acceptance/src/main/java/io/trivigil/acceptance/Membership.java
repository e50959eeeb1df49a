package io.trivigil.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A node that lost its disk comes back without a vote first; a node of another cluster is refused
/// by name.
final class Membership {
  private final Cluster cluster;
  private final Report report;

  Membership(Cluster cluster, Report report) {
    this.cluster = cluster;
    this.report = report;
  }

  void blankNodeRejoins() throws IOException {
    Cluster.Node leader = cluster.leader().orElseThrow(() -> new IOException("no leader"));
    Cluster.Node victim =
        cluster.nodes().stream().filter(node -> !node.equals(leader)).findFirst().orElseThrow();
    long fromMs = Wait.nowMs() - 30_000;
    victim.process().kill();
    delete(victim.data());
    victim.process().start();
    boolean[] listened = {false};
    boolean voter =
        Wait.until(
            Duration.ofSeconds(90),
            () -> {
              String role = cluster.role(leader, victim.id());
              listened[0] |= role.equals("listener");
              return listened[0] && role.equals("follower");
            });
    report.check(listened[0], "%s with a blank disk came back without a vote", victim.id());
    report.check(voter, "%s has caught up and votes again", victim.id());
    report.check(cluster.awaitReady(victim, Duration.ofMinutes(1)), "%s is ready", victim.id());
    long toMs = Wait.nowMs() - 5_000;
    String expected = cluster.range(leader, "up", fromMs, toMs, 1);
    report.check(
        cluster.range(victim, "up", fromMs, toMs, 1).equals(expected) && expected.length() > 2,
        "%s has the samples from before",
        victim.id());
  }

  void strangerIsRefused(Path directory, Path config) throws IOException {
    Cluster.Node victim =
        cluster.nodes().stream()
            .filter(node -> !node.equals(cluster.leader().orElse(null)))
            .findFirst()
            .orElseThrow();
    victim.process().kill();
    Path data = directory.resolve("stranger");
    int port = Lab.freePorts(1)[0];
    Child stranger = cluster.server(victim.id(), "another", data, config, port);
    stranger.start();
    boolean refused =
        Wait.until(
            Duration.ofSeconds(30), () -> Files.readString(stranger.log()).contains("acceptance"));
    String log = Files.readString(stranger.log());
    report.check(
        refused,
        "a node of another cluster is refused by name: %s",
        log.lines()
            .filter(l -> l.contains("acceptance"))
            .reduce((_, b) -> b)
            .orElse("no word of it"));
    stranger.kill();
    victim.process().start();
    report.check(
        cluster.awaitReady(victim, Duration.ofMinutes(1)), "%s is ready again", victim.id());
  }

  private static void delete(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
